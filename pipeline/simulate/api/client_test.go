package api_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// client signs and sends requests as the vendor's documentation describes,
// independently of the package. The vendor's own clients are tested elsewhere.
type client struct {
	url     string
	keyID   string
	secret  string
	token   string
	date    time.Time
	nonce   string
	version string
	form    bool // parameters in the body
	// change modifies a signed request.
	change func(*http.Request)
	// header is added before signing, unsigned afterwards.
	header, unsigned map[string]string
}

var nonce atomic.Int64

type failure interface{ Fatal(...any) }

func newWorld(t failure, o simulate.Options) *simulate.World {
	w, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// serve returns a client of an API on the loopback interface.
func serve(t testing.TB, w *simulate.World, o api.Options) (client, *api.Handler) {
	t.Helper()
	h, err := api.New(w, o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return client{url: server.URL, keyID: api.AccessKeyID, secret: api.AccessKeySecret}, h
}

// request makes a signed request.
func (c client) request(action string, parameters url.Values) *http.Request {
	query, body, values := parameters, "", maps.Clone(c.header)
	if values == nil {
		values = map[string]string{}
	}
	if c.form {
		query, body = nil, parameters.Encode()
		values["content-type"] = "application/x-www-form-urlencoded"
	}
	r, err := http.NewRequest(http.MethodPost, c.url+"/?"+query.Encode(), strings.NewReader(body))
	if err != nil {
		panic(err) // a mistake in the test
	}
	if c.date.IsZero() {
		c.date = time.Now()
	}
	if c.nonce == "" {
		c.nonce = fmt.Sprint("nonce-", nonce.Add(1))
	}
	if c.version == "" {
		c.version = api.Version
	}
	sum := sha256.Sum256([]byte(body))
	for name, value := range map[string]string{
		"x-acs-action": action, "x-acs-version": c.version, "x-acs-date": c.date.UTC().Format("2006-01-02T15:04:05Z"),
		"x-acs-signature-nonce": c.nonce, "x-acs-content-sha256": hex.EncodeToString(sum[:]), "host": r.Host,
	} {
		values[name] = value
	}
	if c.token != "" {
		values["x-acs-security-token"], values["x-acs-accesskey-id"] = c.token, c.keyID
	}
	names := slices.Sorted(maps.Keys(values))
	canonical := "POST\n/\n" + strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(query.Encode()) + "\n"
	for _, name := range names {
		canonical += name + ":" + values[name] + "\n"
		r.Header.Set(name, values[name])
	}
	canonical += "\n" + strings.Join(names, ";") + "\n" + values["x-acs-content-sha256"]
	hashed := sha256.Sum256([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(c.secret))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(hashed[:])))
	r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential="+c.keyID+",SignedHeaders="+strings.Join(names, ";")+",Signature="+hex.EncodeToString(mac.Sum(nil)))
	for name, value := range c.unsigned {
		r.Header.Set(name, value)
	}
	if c.change != nil {
		c.change(r)
	}
	return r
}

// send returns the answer, or an error if it is incomplete.
func (c client) send(action string, parameters url.Values) (*http.Response, []byte, error) {
	response, err := http.DefaultClient.Do(c.request(action, parameters))
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, body, err
}

// ask decodes the answer into v; a refusal fails the test.
func (c client) ask(t failure, action string, parameters url.Values, v any) {
	response, body, err := c.send(action, parameters)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatal(action, parameters, response.Status, string(body))
	}
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatal(action, parameters, err, string(body))
	}
}

// refused returns a refusal; an answer fails the test.
func (c client) refused(t failure, action string, parameters url.Values) (status int, body errorBody, header http.Header) {
	response, text, err := c.send(action, parameters)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode == http.StatusOK {
		t.Fatal(action, parameters, "is answered, want a refusal: ", string(text))
	}
	if err := json.Unmarshal(text, &body); err != nil {
		t.Fatal(action, parameters, err, string(text))
	}
	return response.StatusCode, body, response.Header
}

type errorBody struct{ RequestID, HostID, Code, Message, Recommend string }

// with returns parameters of an instance from pairs.
func with(pairs ...any) url.Values {
	values := url.Values{"InstanceId": {"an-instance"}}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return values
}

func withIDs(ids ...string) url.Values {
	values := with()
	for i, id := range ids {
		values.Set(fmt.Sprint("JobId.", i+1), id)
	}
	return values
}

// The fields of answers that tests use.
type (
	jobsAnswer struct {
		RequestID string
		Success   bool
		Jobs      []struct{ JobID, Status string }
	}
	tasksAnswer struct {
		Success                    bool
		PageIndex, PageSize, Total int
		SearchTaskInfoList         []taskRow
	}
	taskRow struct {
		JobID, TaskID, InstanceID, JobGroupID, JobGroupName, ScriptName        string
		CalledNumber, CallingNumber, UserID, TaskStatusString, JobStatusString string
		ActualTime, TaskCreateTime                                             int64
		CallDuration                                                           *int64
		RecordingDuration, TaskEndReason                                       *int32
		HasReachedEndOfFlow, HasLastPlaybackCompleted, HasHangUpByRejection    *bool
		DialExceptionCodes                                                     []string
	}
	groupsAnswer struct {
		JobGroups struct {
			page
			List []groupRow
		}
	}
	groupRow struct {
		JobGroupID, JobGroupName, Status, ScriptID, ScriptName, ScriptVersion, ModifyTime string
		CreationTime                                                                      int64
		TotalCallNum                                                                      int
		Progress                                                                          struct{ TotalJobs, TotalCompleted, TotalNotAnswered int }
	}
	groupJobsAnswer struct {
		Jobs struct {
			page
			List []struct {
				JobID, JobGroupID, Status, FailureReason string
				Tasks                                    []any
			}
		}
	}
	page struct{ PageNumber, PageSize, TotalCount int }
)
