-- What a condition of a filter is about: an expression over the view called for each
-- key, and for each fact that a call may have.
-- script
script_name
-- version
script_version
-- campaign
campaign
-- number
calling_number
-- outcome
outcome
-- instance
instance_id
-- contact
contact_key
-- job
job_id
-- task
task_id
-- day
(call_date - DATE '1970-01-01')::INTEGER
-- hour
call_hour
-- attempt
attempt
-- result
EXISTS (
    SELECT 1 FROM summaries s
    WHERE s.job_date = called.job_date AND s.instance_id = called.instance_id AND s.job_id = called.job_id
        AND (s.task_id IS NULL OR s.task_id = called.task_id)
        AND (list_contains(?::VARCHAR[], s.summary_name) OR list_contains(?::VARCHAR[], s.summary_name || '=' || coalesce(s.content, ''))))
-- is connected
connected
-- is answered
answered
-- is failed
coalesce(failed_dialogue, false)
-- is hung_up
outcome = 'hung_up'
-- is not_understood
not_understood
-- is transferred
outcome = 'transferred'
-- is flow_ended
flow_ended
-- is spoke
spoke
-- is last
is_last_task
