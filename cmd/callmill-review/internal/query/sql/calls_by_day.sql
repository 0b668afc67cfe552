-- How many calls were dialled on each day, and how many lines a person and a robot said in
-- them; calls without a day come last.
SELECT (call_date - DATE '1970-01-01')::INTEGER, count(*), coalesce(sum(turn_count) FILTER (answered), 0)::BIGINT
FROM dialled
GROUP BY call_date
ORDER BY call_date NULLS LAST
