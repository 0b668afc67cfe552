"""Reads everything through the vendor's own client, unchanged, and prints as
JSON what its typed models hold. Arguments: host:port, secret, security token
("" for none)."""
import json
import sys

from alibabacloud_outboundbot20191226 import models
from alibabacloud_outboundbot20191226.client import Client
from alibabacloud_tea_openapi import utils_models

endpoint, secret, token = sys.argv[1:]
client = Client(utils_models.Config(
    access_key_id="demo", access_key_secret=secret, security_token=token or None,
    endpoint=endpoint, protocol="http", region_id="cn-shanghai",
))
INSTANCE = "an-instance"


def pages(ask, first, size, part):
    """Yields the rows of all pages."""
    number = first
    while True:
        body = ask(number, size).body
        assert body.success is True and body.code == "OK" and body.http_status_code == 200, body
        rows, total = part(body)
        yield from rows
        number += 1
        if (number - first) * size >= total:
            return


def typed(value, kind):
    assert type(value) is kind, (value, kind)
    return value


def describe(job):
    return {
        "id": typed(job.job_id, str), "status": typed(job.status, str), "priority": typed(job.priority, int),
        "numbers": typed(job.calling_numbers, list),
        "contact": typed(job.contacts[0].contact_name, str), "phone": typed(job.contacts[0].phone_number, str),
        "extras": {typed(e.key, str): typed(e.value, str) for e in job.extras},
        "summaries": [[s.category, s.summary_name, typed(s.content, str)] for s in job.summary],
        "tasks": [{
            "id": typed(t.task_id, str), "status": typed(t.status, str), "planned": typed(t.planed_time, int),
            "actual": t.actual_time or 0, "call": t.call_id or "", "duration": typed(t.duration, int),
            "called": typed(t.called_number, str), "calling": typed(t.calling_number, str),
            "contact": typed(t.contact.phone_number, str),
            "turns": [[typed(c.speaker, str), typed(c.script, str), typed(c.timestamp, int)] for c in t.conversation],
        } for t in job.tasks],
    }


try:
    groups = list(pages(
        lambda n, size: client.list_job_groups(models.ListJobGroupsRequest(instance_id=INSTANCE, page_number=n, page_size=size)),
        1, 10, lambda b: (b.job_groups.list, b.job_groups.total_count)))
    found = [j.job_id for g in groups for j in pages(
        lambda n, size: client.list_jobs_by_group(models.ListJobsByGroupRequest(
            instance_id=INSTANCE, job_group_id=g.job_group_id, page_number=n, page_size=size)),
        1, 100, lambda b: (b.jobs.list, b.jobs.total_count))]
    jobs = []
    for i in range(0, len(found), 99):
        jobs += client.list_jobs(models.ListJobsRequest(instance_id=INSTANCE, job_id=found[i:i + 99])).body.jobs
    calls = list(pages(
        lambda n, size: client.search_task(models.SearchTaskRequest(
            instance_id=INSTANCE, page_index=n, page_size=size, sort_order="asc", task_status_string_list="SucceededFinish,NoAnswer")),
        0, 100, lambda b: (b.search_task_info_list, b.total)))
    json.dump({
        "groups": {typed(g.job_group_id, str): [typed(g.job_group_name, str), typed(g.progress.total_jobs, int),
                                                typed(g.creation_time, int), typed(g.modify_time, str)] for g in groups},
        "jobs": {j.job_id: describe(j) for j in jobs},
        "calls": {typed(c.task_id, str): [c.job_id, typed(c.actual_time, int), typed(c.call_duration, int),
                                          typed(c.recording_duration, int), typed(c.has_reached_end_of_flow, bool),
                                          typed(c.task_status_string, str), typed(c.dial_exception_codes, list)] for c in calls},
    }, sys.stdout, ensure_ascii=False)
except Exception as e:
    json.dump({"refused": getattr(e, "code", None) or repr(e), "status": getattr(e, "status_code", None)}, sys.stdout)
