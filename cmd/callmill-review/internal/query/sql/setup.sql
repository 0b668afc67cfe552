-- Whether scripts of the robot have names; where none has, its chatbots or scenarios
-- stand for scripts, without versions.
CREATE TABLE naming AS SELECT
    EXISTS (SELECT 1 FROM tasks WHERE script_name IS NOT NULL)
    OR EXISTS (SELECT 1 FROM job_groups WHERE script_name IS NOT NULL) AS by_name;

-- Call attempts with the names that filters are about.
CREATE VIEW called AS SELECT
    t.job_date, t.instance_id, t.job_id, t.task_id, t.call_date, t.attempt, t.outcome, t.turn_count,
    coalesce(t.job_group_name, g.job_group_name, t.job_group_id, '') AS campaign,
    coalesce(t.job_group_id, '') AS job_group_id, t.job_group_name IS NOT NULL AS own_campaign, t.script_name IS NOT NULL AS own_script,
    CASE WHEN (SELECT by_name FROM naming) THEN coalesce(t.script_name, g.script_name, '')
        ELSE coalesce(t.chatbot_id, t.task_scenario_id, '') END AS script_name,
    coalesce(g.script_version, '') AS script_version,
    coalesce(t.calling_number, '') AS calling_number,
    coalesce(t.contact_key, '') AS contact_key,
    coalesce(epoch_ms(coalesce(t.actual_time, t.planned_time)), 0) AS start_ms,
    coalesce(t.call_hour, -1) AS call_hour,
    coalesce(t.connected, false) AS connected,
    coalesce(t.answered, false) AS answered,
    t.failed_dialogue,
    coalesce(t.not_understood, false) AS not_understood,
    coalesce(t.flow_ended, false) AS flow_ended,
    t.flow_ended_source, t.spoke, t.is_last_task
FROM tasks t
LEFT JOIN job_groups g ON g.instance_id = t.instance_id AND g.job_group_id = t.job_group_id;

-- Those that were dialled.
CREATE VIEW dialled AS FROM called WHERE attempt IS NOT NULL;
