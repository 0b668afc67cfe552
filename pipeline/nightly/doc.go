// Package nightly computes what a night has to search and to read, and what is
// covered afterwards. It is pure: it reads no clock, no file and no API. The
// command fills its values from the manifest and from what a run saw. Which jobs
// are asked for again is not decided here, but by what is pending, see
// dataset/reconcile.
//
// # The rules
//
// Coverage is kept for each way in which jobs are found: by calls and by campaigns.
//
//	a day is searched        when it is over and not covered, as far back as the run
//	                         catches up; of what was covered once, older holes are gaps
//	it is searched again     within the lookback, counted from the last night that was
//	                         not lost, without asking again for jobs that are published
//	                         with their last call; and so is the hour around a call that
//	                         SearchTask has not named
//	it is covered by calls   when it was over by both clocks, all of it was seen whole,
//	                         enough calls came, and it is not doubted
//	it is covered by groups  when it was over and the list of campaigns was seen whole;
//	                         where they alone are read, if enough calls came
//	it is doubted            when no call is listed, and the same weekday of the four
//	                         weeks before had 50 or more; if it is still empty 20 hours
//	                         later it is believed
//	a campaign is read       when it never was and is young, goes on or has changed, or
//	                         could not be read when it was to be; when its jobs, its
//	                         status or its time of change differ from its stamp; and
//	                         once a week until 30 days after its last change
//
// Days that are named are searched whole, whether they are covered or not, and so
// are the campaigns that may have calls in them.
//
// Days are those of the dataset's time zone; what is covered is kept as
// intervals of UTC, so that a dataset may change its time zone.
package nightly
