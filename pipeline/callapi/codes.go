package callapi

import (
	"fmt"
	"strings"
	"time"
)

// verdict says what to do about a request that was not answered.
type verdict int

const (
	retry  verdict = iota // it can pass
	later                 // throttled: it passes when asked later
	refuse                // the request is wrong, another may be right
	stop                  // no request can pass
)

// codes are the beginnings of the API's error codes that decide by themselves,
// the first that fits. Those of the gateway are in Alibaba Cloud's list of
// common error codes; what is on no list can pass when the status says so.
var codes = []struct {
	prefix  string
	verdict verdict
	kind    Kind
}{
	{"SignatureNonceUsed", retry, Unavailable}, // a retry beneath us; the next has a nonce of its own
	{"SignatureDoesNotMatch", stop, Credentials},
	{"IncompleteSignature", stop, Credentials},
	{"InvalidSignature", stop, Credentials},
	{"InvalidAccessKeyId", stop, Credentials},
	{"InvalidAccessKeySecret", stop, Credentials},
	{"MissingAccessKeyId", stop, Credentials},
	{"InvalidSecurityToken", stop, Credentials},
	{"MissingSecurityToken", stop, Credentials},
	{"InvalidTimeStamp", stop, Clock},
	{"InvalidTimestamp", stop, Clock},
	{"IllegalTimestamp", stop, Clock},
	{"RequestTimeTooSkewed", stop, Clock},
	{"NoPermission", stop, Permission},
	{"Forbidden", stop, Permission},
	{"AccessDenied", stop, Permission},
	{"Unauthorized", stop, Permission},
	{"InvalidRegion", stop, Endpoint},
	{"InvalidAction", stop, Endpoint},
	{"InvalidVersion", stop, Endpoint},
	{"InvalidApi", stop, Endpoint},
	{"InvalidProduct", stop, Endpoint},
	{"UnsupportedHTTPMethod", stop, Endpoint},
	{"NotExist.Instance", stop, Instance},
	{"InstanceNotExist", stop, Instance},
	{"InvalidInstance", stop, Instance},
	{"InternalError", retry, Unavailable},
	{"ServiceUnavailable", retry, Unavailable},
	{"RequestTimeout", retry, Unavailable},
	{"NotExist", refuse, Refused},
	{"InvalidParameter", refuse, Refused},
	{"Invalid", refuse, Refused},
	{"Missing", refuse, Refused},
	{"Parameter", refuse, Refused},
}

// judge decides by code and status of HTTP; status 200 is an answer that says
// Success:false.
func judge(code string, status int) (verdict, Kind) {
	if strings.Contains(code, "Throttling") || status == 429 {
		return later, Throttled
	}
	for _, known := range codes {
		if strings.HasPrefix(code, known.prefix) {
			return known.verdict, known.kind
		}
	}
	if code != "" && status >= 400 && status < 500 {
		return refuse, Refused
	}
	return retry, Unavailable
}

// hintFor is the advice that goes with a kind of trouble.
func (c *Client) hintFor(kind Kind, code, action string) string {
	switch kind {
	case Credentials:
		if strings.Contains(code, "SecurityToken") {
			return "the temporary credentials have expired or do not belong to the access key: get new ones, or let the machine's RAM role give them"
		}
		if strings.Contains(code, "AccessKeyId") {
			return "the access key does not exist or is disabled: look at ALIBABA_CLOUD_ACCESS_KEY_ID or the profile file"
		}
		return "the secret does not belong to the access key: look at ALIBABA_CLOUD_ACCESS_KEY_SECRET or the profile file"
	case Permission:
		return fmt.Sprintf("let the RAM user or role do outboundbot:%s on this instance; the README prints the least policy that is enough", action)
	case Clock:
		if skew := c.Skew(); skew.Abs() > time.Minute {
			return fmt.Sprintf("the clock of this machine is %s the API's: set it, and keep it right with NTP", describeSkew(skew))
		}
		return "set the clock of this machine, and keep it right with NTP; the API takes 15 minutes at most"
	case Instance:
		return fmt.Sprintf("look at --instance and at the region of --endpoint, which is %s: instances are known in their own region only", c.endpoint.host)
	case Endpoint:
		return fmt.Sprintf("look at --endpoint, which is %s: %s is where most instances are", c.endpoint.host, DefaultEndpoint)
	case Throttled:
		return fmt.Sprintf("the account's quota is used up by others or smaller than --qps %d: lower it, or ask for more quota", c.o.QPS)
	case Unavailable:
		if !c.answered.Load() {
			return fmt.Sprintf("look at --endpoint, which is %s; if that is right, run the same command again later", c.endpoint.host)
		}
		return "what was received is kept: run the same command again later, and it goes on from there"
	case Refused:
		return "the API does not accept what was asked; if it was right yesterday, it may have changed"
	}
	return ""
}

// describeSkew says how far this machine's clock is from the API's.
func describeSkew(ahead time.Duration) string {
	side := "ahead of"
	if ahead < 0 {
		side = "behind"
	}
	return fmt.Sprintf("%s %s", ahead.Abs().Round(time.Second), side)
}
