// Package reconcile decides what is pending: it compares what lists named with what
// came, job by job. It reads nothing, knows no clock, and does not decide between
// versions: which one is published and which is held is said to it.
//
// An entry is about a job, or one of its calls. It changes only when its reason or
// its columns do; a run that does not meet a job, in a list or in an answer, leaves
// its entries as they are. What makes an entry, after everything of a run is in the
// tables:
//
//	reason        row   is there while
//	missing       call  SearchTask named it, and the job is not in the tables
//	              job   no call is named, and it was asked for or a campaign lists it, and it is not
//	                    in the tables; or the last answer about it, in or out of the tables, came without it
//	rejected      both  instead of missing: it came last as a reject, or in an answer that cannot be read
//	unfetched     both  instead of missing: the API answered its id with errors only
//	incomplete    call  SearchTask named it, and the job is in the tables without it; or an
//	                    answer showed it connected and without a line, of which no later sighting
//	                    of the same content, Settle after the first, says that it has none
//	not_final     job   the published version is not final
//	settling      job   it is final, and was not seen yet Settle after its last call, or after
//	                    the run in which a call came that lists had named before; without
//	                    a call, after it was first seen so: it may have some
//	shrunk        job   a version is held, see package verdict
//	confirmed     job   a version that was held is published; also of jobs that nobody expects
//	without_facts call  an answer showed it in a window that was searched, and SearchTask has not
//	                    named it
//	given_up      both  instead of any other but confirmed, once an operator said so: of a job until
//	                    an answer has it, of a call until nothing is wrong with it
//
// A job that nobody asked for, that no list named and that has no entries gets none
// of them but shrunk and confirmed, which do not make others: it came in a plain file.
// Nor does an answer that nobody asked for make entries of its calls, but of those that
// lists named. not_final and settling are not made of a job whose Since is already older
// than Refetch: nothing is wrong with it.
//
// Since is that of an entry about the same job and call with a reason of the same
// kind; else when the call was, of a job its last one, but not later than the trouble
// was noticed. Of shrunk it is when the version was first seen.
//
// In a pull an entry goes once its Since is older than Refetch, of one that was given
// up Refetch and Lookback; but not in the run that makes it, so that everything is
// asked for at least once more, nor in one whose lists name the job or the call, so
// that the same run twice makes the same entries.
package reconcile
