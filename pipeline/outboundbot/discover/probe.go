package discover

import (
	"context"
	"errors"
	"strings"

	"callmill/pipeline/outboundbot/client"
)

// unusedID is the id of no job and no campaign.
const unusedID = "00000000-0000-0000-0000-000000000000"

// alive returns nil when the API answers a request for a job that does not
// exist: the failure is then not part of an outage, the end of which alive waits
// for. Where that job is refused for the same reason, all jobs are: the failure
// is then about none of them, and is returned.
func (d *discovery) alive(ctx context.Context, failed *client.Failure) error {
	_, err := d.client.Do(ctx, d.jobsRequest([]string{unusedID}, client.Insistent), nil)
	f, ok := errors.AsType[*client.Failure](err)
	switch {
	case !ok || !f.Refused:
		return err
	case f.Cause.Code == failed.Cause.Code && !strings.HasPrefix(f.Cause.Code, "NotExist"):
		return &f.Cause
	}
	return nil // it answers
}

// someAccepted returns nil when a batch was refused for ids in it, as far as
// can be told without asking for its halves: where all jobs are refused, those
// would be hundreds of requests. A code that once was about ids is not looked
// at again until a single id is refused.
func (d *discovery) someAccepted(ctx context.Context, f *client.Failure) error {
	if !f.Refused {
		return nil
	}
	if _, known := d.aboutIDs.Load(f.Cause.Code); known {
		return nil
	}
	if err := d.alive(ctx, f); err != nil {
		return err
	}
	d.aboutIDs.Store(f.Cause.Code, nil)
	return nil
}
