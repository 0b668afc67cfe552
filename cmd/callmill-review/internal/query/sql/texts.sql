-- What is said in these calls, each once, under the hash that lines.sql has of it: patterns of the robot,
-- with what it said if that is wanted; what all others said. The words of contacts are
-- joined by a unit separator, or, where the text has one itself, given by their lengths.
-- $1, $2, $3 and the template: as in lines.sql.
SELECT DISTINCT
    CASE speaker WHEN 'Robot' THEN 0 WHEN 'Contact' THEN 1 ELSE 2 END,
    CASE WHEN speaker <> 'Robot' THEN hash(script) WHEN $3 THEN hash(coalesce(pattern, ''), script) ELSE hash(coalesce(pattern, '')) END,
    CASE speaker WHEN 'Robot' THEN coalesce(pattern, '') WHEN 'Contact' THEN array_to_string(tokens, chr(31)) ELSE script END,
    CASE WHEN speaker = 'Robot' AND $3 THEN script END,
    CASE WHEN speaker = 'Contact' AND contains(script, chr(31)) THEN array_to_string(list_transform(tokens, lambda w: strlen(w)), ',') END
FROM turns
WHERE answered
    AND ($1::INTEGER IS NULL OR call_date >= DATE '1970-01-01' + $1::INTEGER)
    AND ($2::INTEGER IS NULL OR call_date <= DATE '1970-01-01' + $2::INTEGER) AND {{.Jobs}}
