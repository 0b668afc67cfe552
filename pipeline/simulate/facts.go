package simulate

import (
	"strings"

	"callmill/pipeline/simulate/dialogue"
	"callmill/schema"
)

// endReasons are SearchTask's codes for how a connected call ended
// (TaskEndReason; alibabacloud-outboundbot20191226 2.2.1,
// models/_search_task_response_body.py).
var endReasons = map[string]int32{
	"SucceededFinish": 1, "SucceededChatbotHangUpAfterNoAnswer": 2, "SucceededChatbotHangUpAfterSilence": 3,
	"SucceededClientHangUpAfterNoAnswer": 4, "SucceededClientHangUp": 5, "SucceededTransferByIntent": 6,
	"SucceededTransferAfterNoAnswer": 7, "SucceededInoInterAction": 8, "SucceededError": 9,
	"SucceededSpecialInterceptVoiceAssistant": 10, "SucceededSpecialInterceptExtensionNumberTransfer": 11,
}

func connected(status string) bool { return strings.HasPrefix(status, "Succeeded") }

// answeredFacts returns the facts of an answered call.
func answeredFacts(f schema.Facts, t *dialogue.Dialogue, a *attempt, status string) schema.Facts {
	f.CallMS = new(t.Clock - a.ringingEnd())
	f.RingingS = new(int32(a.ringing))
	if reason, ok := endReasons[status]; ok {
		f.EndReason = &reason
	}
	f.ReachedEnd, f.LastPlaybackCompleted = new(t.ReachedEnd), new(t.Played)
	f.HungUpByRejection = new(status == "SucceededChatbotHangUpAfterNoAnswer" || status == "SucceededClientHangUpAfterNoAnswer")
	return f
}

// unansweredFacts returns the facts of an unanswered attempt. A dialled call has
// rung; a SIP code (RFC 3261, section 21) says why it failed.
func unansweredFacts(f schema.Facts, a *attempt) schema.Facts {
	if a.actual == 0 || a.status == "Executing" {
		return f
	}
	f.CallMS = new(int64(0))
	f.RingingS = new(int32(a.ringing))
	f.ReachedEnd, f.LastPlaybackCompleted, f.HungUpByRejection = new(false), new(false), new(false)
	if code, ok := sipCodes[a.status]; ok {
		f.DialExceptions = []string{code}
	}
	return f
}

var sipCodes = map[string]string{
	"NoAnswer": "408", "Busy": "486", "NotConnected": "480", "PoweredOff": "480",
	"NotExist": "404", "OutOfService": "403", "InArrears": "403", "Failed": "503",
}
