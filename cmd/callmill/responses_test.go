package main

import (
	"encoding/json"
	"fmt"
	"testing"
)

// object is a JSON object of a response.
type object = map[string]any

// response is a ListJobs response with jobs, as the API spells it.
func response(t testing.TB, requestID string, jobs []any) string {
	t.Helper()
	text, err := json.Marshal(object{
		"RequestId": requestID, "Success": true, "Code": "OK", "HttpStatusCode": 200, "Jobs": jobs,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rushHour are files of responses with n jobs each, over five days, with
// everything that ListJobs may say of a job; no job is in two of them.
func rushHour(t testing.TB, files, n int) map[string]string {
	list := map[string]string{}
	for f := range files {
		var jobs []any
		for i := range n {
			jobs = append(jobs, fullJob(f*n+i))
		}
		list[fmt.Sprintf("resp-%04d.json", f)] = response(t, fmt.Sprintf("request-%d", f), jobs)
	}
	return list
}

// fullJob is a job in which no field is left out. Its number says who is
// called when, and how the call ends.
func fullJob(number int) object {
	id := fmt.Sprintf("job-%05d", number)
	statuses := []string{"SucceededFinish", "NoAnswer", "SucceededClientHangUp", "PoweredOff", "SucceededChatbotHangUpAfterSilence"}
	day := int64(1769000000000) + int64(number%5)*86_400_000
	contact := object{
		"ContactId": "c" + id, "ContactName": "王小明", "Honorific": "王先生", "JobId": id, "PhoneNumber": fmt.Sprintf("1381234%04d", number%10_000),
		"ReferenceId": "ref-" + id, "Role": "本人", "State": "Available",
	}
	summary := []any{object{"Category": "{}", "SummaryName": "score", "Content": fmt.Sprint(number % 7)}}
	var tasks []any
	for n := range 1 + number%3 {
		at := day + int64(n)*3_600_000
		tasks = append(tasks, object{
			"TaskId": fmt.Sprintf("%s-task-%d", id, n), "JobId": id, "CallId": fmt.Sprint(at), "ChatbotId": "9382", "ScenarioId": "scenario",
			"Status": statuses[(number+n)%len(statuses)], "Brief": "1", "PlanedTime": at - 60_000, "ActualTime": at, "Duration": 40,
			"CallingNumber": "057126883106", "CalledNumber": contact["PhoneNumber"], "Contact": contact,
			"Conversation": []any{
				object{"Speaker": "Robot", "Script": "您好，请问是王先生吗？", "Timestamp": at + 1000, "Summary": summary},
				object{"Speaker": "Contact", "Script": fmt.Sprintf("是的，我的编号是%d。", number), "Timestamp": at + 5000},
				object{"Speaker": "Robot", "Script": "您在2026年1月21日的账单为￥128.50元，请及时处理。", "Timestamp": at + 9000},
			},
		})
	}
	return object{
		"JobId": id, "JobGroupId": "spring", "ReferenceId": "ref-" + id, "ScenarioId": "scenario", "StrategyId": "strategy",
		"Status": "Succeeded", "FailureReason": "NoAnswer", "Priority": 5, "SystemPriority": 1, "CallingNumbers": []string{"057126883106"},
		"Contacts": []any{contact}, "Extras": []any{object{"Key": "djrq", "Value": "2026-01-21"}}, "Summary": summary, "Tasks": tasks,
	}
}
