-- The contact keys of those who have a number, in one of the spellings $1; none where the
-- number is not in the dataset, '' where those who have it have no key.
SELECT DISTINCT coalesce(contact_key, '')
FROM tasks
WHERE called_number IN (SELECT unnest($1::VARCHAR[])) OR contact_phone_number IN (SELECT unnest($1::VARCHAR[]))
ORDER BY 1 DESC
