package client

import (
	"fmt"
	"strings"
	"time"
)

// advice is what to do about a kind of trouble, in one line.
func (c *Client) advice(kind Kind, code, action string) string {
	switch kind {
	case Credentials:
		if strings.Contains(code, "SecurityToken") {
			return "the temporary credentials have expired or do not belong to the access key: get new ones, or use the machine's RAM role"
		}
		if strings.Contains(code, "AccessKeyId") {
			return "the access key does not exist or is disabled: look at ALIBABA_CLOUD_ACCESS_KEY_ID or the profile file"
		}
		return "the secret does not belong to the access key: look at ALIBABA_CLOUD_ACCESS_KEY_SECRET or the profile file"
	case Permission:
		return fmt.Sprintf("let the RAM user or role do outboundbot:%s on this instance; OPERATE.md prints the least policy that is enough", action)
	case Clock:
		if skew, _ := c.Skew(); skew.Abs() > time.Minute {
			return fmt.Sprintf("the clock of this machine is %s the API's: set it, and keep it right with NTP", DescribeSkew(skew))
		}
		return "set the clock of this machine, and keep it right with NTP; the API takes 15 minutes at most"
	case Instance:
		return fmt.Sprintf("look at --instance and at the region of --endpoint, which is %s: an instance exists in its own region only", c.endpoint.host)
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
		return "the API does not accept the request; if it did before, the API may have changed"
	}
	return ""
}

// DescribeSkew spells how far this machine's clock is ahead of another, such as
// "3s behind".
func DescribeSkew(ahead time.Duration) string {
	side := "ahead of"
	if ahead < 0 {
		side = "behind"
	}
	return fmt.Sprintf("%s %s", ahead.Abs().Round(time.Second), side)
}
