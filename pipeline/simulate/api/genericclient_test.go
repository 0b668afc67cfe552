package api_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	openapiutil "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
)

// generic sends requests with Alibaba Cloud's generic Go client.
type generic struct{ *openapi.Client }

func newGeneric(t *testing.T, c client, secret, token string) generic {
	t.Helper()
	made, err := openapi.NewClient(&openapiutil.Config{
		AccessKeyId: new(api.AccessKeyID), AccessKeySecret: &secret, SecurityToken: &token,
		Endpoint: new(strings.TrimPrefix(c.url, "http://")), Protocol: new("http"),
	})
	if err != nil {
		t.Fatal(err)
	}
	made.DisableSDKError = new(true) // the error as its own type
	return generic{made}
}

// call returns the body of an answer; parameters are in the query or in a form.
func (g generic) call(action string, form bool, parameters map[string]any) ([]byte, error) {
	request := &openapiutil.OpenApiRequest{Query: openapiutil.Query(parameters)}
	if form {
		request = &openapiutil.OpenApiRequest{Body: parameters}
	}
	result, err := g.CallApi(&openapiutil.Params{
		Action: &action, Version: new(api.Version), Protocol: new("HTTP"), Pathname: new("/"), Method: new("POST"),
		AuthType: new("AK"), Style: new("RPC"), ReqBodyType: new("formData"), BodyType: new("binary"),
	}, request, &dara.RuntimeOptions{ReadTimeout: new(5000), ConnectTimeout: new(2000)})
	if err != nil {
		return nil, err
	}
	body, ok := result["body"].(io.ReadCloser)
	if !ok {
		return nil, fmt.Errorf("the client gives a body of type %T", result["body"])
	}
	defer body.Close()
	return io.ReadAll(body)
}

// The official generic client for Go gets jobs, by query and form, with a
// secret alone and with a token.
func TestGenericGoClient(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 120})
	c, _ := serve(t, w, api.Options{})
	var ids []string
	for i := range api.MaxIDs {
		ids = append(ids, w.JobID(i))
	}
	for _, token := range []string{"", "CAIS of a role"} {
		for _, form := range []bool{false, true} {
			parameters := map[string]any{"InstanceId": "an instance+~*'()/中", "JobId": ids}
			body, err := newGeneric(t, c, api.AccessKeySecret, token).call("ListJobs", form, parameters)
			if err != nil {
				t.Fatalf("token %q, form %t: %v", token, form, err)
			}
			compare(t, w, ids, decoded(t, w, [][]byte{body}))
		}
	}
}

// Refusals arrive as the client's typed errors, with the code, the request id
// and how long to wait.
func TestGenericGoClientErrors(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 60})
	c, h := serve(t, w, api.Options{Quota: 0.01, Instances: []string{"here"}})
	parameters := map[string]any{"InstanceId": "elsewhere", "JobId": []string{"x"}}

	_, err := newGeneric(t, c, "wrong", "").call("ListJobs", false, parameters)
	var refused *openapi.ClientError
	if !errors.As(err, &refused) || *refused.Code != "SignatureDoesNotMatch" || *refused.RequestId == "" {
		t.Fatalf("a wrong secret: %#v", err)
	}
	g := newGeneric(t, c, api.AccessKeySecret, "")
	if _, err = g.call("ListJobs", false, parameters); !errors.As(err, &refused) || *refused.Code != "NotExist.Instance" || *refused.StatusCode != 404 {
		t.Fatalf("an unknown instance: %#v", err)
	}
	_, err = g.call("ListJobs", false, parameters)
	var throttled *openapi.ThrottlingError
	if !errors.As(err, &throttled) || *throttled.Code != "Throttling.User" || throttled.RetryAfter == nil || *throttled.RetryAfter < 90_000 || *throttled.RetryAfter > 100_000 {
		t.Fatalf("beyond the quota: %#v", err)
	}
	if got := h.Counts(); got.Received != 3 || got.Refused != 2 || got.Throttled != 1 || got.Peak != 3 || got.Actions["ListJobs"] != 3 {
		t.Errorf("%+v", got)
	}
}
