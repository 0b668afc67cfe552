-- What campaigns and their scripts are called.
SELECT instance_id, job_group_id, coalesce(job_group_name, ''), coalesce(script_name, ''), coalesce(script_version, '')
FROM job_groups
