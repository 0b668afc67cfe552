package client

import "strings"

// verdict says what to do about a request that was not answered.
type verdict int

const (
	retry  verdict = iota // it can pass
	later                 // throttled: it passes when asked later
	refuse                // the request is wrong, another may be right
	stop                  // no request can pass
)

// codes are prefixes of the API's error codes that decide by themselves; the
// first that matches counts. Those of the gateway are in Alibaba Cloud's list of
// common error codes; of others the HTTP status decides.
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

// judge decides by error code and HTTP status; a response with status 200 says
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
