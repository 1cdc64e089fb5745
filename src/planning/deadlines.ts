/** How long steps may take. Milliseconds unless the name says otherwise. */

/** Stopping a receiver waits for nothing but its network read. */
export const STOP_RECEIVER_MILLIS = 5_000;

/**
 * So long the freeze waits for the first answer of a replica that did not answer its last check either: nobody takes writes meanwhile. One that gave acknowledgements gets
 * the full time, since it may be all that has what its primary said was safe.
 */
export const SILENT_REPLICA_MILLIS = 500;

/** Forgetting a source and becoming writable; `SET GLOBAL read_only` waits for running statements. */
export const PROMOTE_MILLIS = 10_000;

/** The same where the relay log ends with half a transaction: a server that refuses to end it waits a minute for the rest (D15). */
export const PROMOTE_HALF_TRANSACTION_MILLIS = 75_000;

/** Stop, CHANGE, start of one replica. Stopping the applier waits for the transaction it is in. */
export const FOLLOW_MILLIS = 60_000;

/** Making a primary read-only in a switchover: past this the switchover is given up and the primary stays writable. */
export const DEMOTE_MILLIS = 5_000;

/** On top of the server's own wait, for the answer to come back. */
export const WAIT_MARGIN_MILLIS = 2_000;

/** So long a server waits by itself until it has applied what it is to apply, and answers in that moment; past this it is looked at: an applier that breaks is seen. Seconds. */
export const DRAIN_WAIT_SECONDS = 1;

/** An applier that is told to stop may have to roll back the transaction that it is in. */
export const STOP_APPLIER_MILLIS = 10_000;

/** A lost replica applies what it alone received before it is detached; in the background, nobody waits for it. Seconds. */
export const LOST_APPLY_SECONDS = 60;

/** For one statement of an operation that waits for nothing. */
export const STATEMENT_MILLIS = 30_000;

/** A replica that is to be moved applies what it has received, or catches up with another server; past this the move is undone. */
export const CATCH_UP_MILLIS = 30_000;

/** The new source of a replica executes what the replica has. */
export const ALIGN_MILLIS = 20_000;

/** Both threads of a started replica run, its receiver connected. */
export const START_MILLIS = 5_000;

/** A replica that is stopped nicely applies what it has received: at most a day, which is also what 0 means (contract, O2). Seconds. */
export const NICE_STOP_SECONDS_MAX = 86_400;

/** A candidate gets so long what another replica has received and it has not (C10); then it is done without, or somebody else is chosen. Seconds. */
export const FEED_SECONDS = 10;

/** For so long one that is fed by a binlog server may get nothing: a place that the server has not got any more is answered at once. Seconds. */
export const FEED_STALL_SECONDS = 2;

/** A server begins file after file of its binary log, to come to the number of another one's; nobody takes writes meanwhile. */
export const FLUSH_LOGS_MILLIS = 60_000;

/** One batch of empty transactions: each is written to disk. */
export const INJECT_BATCH_MILLIS = 60_000;

/** From the statement until the recipient deletes its own data: it waits for locks of others before, and asks the donor. */
export const BEGIN_CLONE_MILLIS = 120_000;

/** A clone copies as long as it copies; past this nobody waits for it any more, and it goes on by itself. */
export const CLONE_MILLIS = 2 * 24 * 3_600_000;

/** A cloned server restarts by itself, or is started by a supervisor or by people; for so long it is waited for. */
export const RETURN_MILLIS = 3_600_000;

/** A server with new data connects to its source; a first attempt may have failed, and the next one comes a minute later. */
export const JOIN_MILLIS = 90_000;

/** A primary fetches what a former one alone has, and applies it. */
export const RESCUE_MILLIS = 600_000;

/** An errant server sees that its source has got what was errant. */
export const ERRANT_GONE_MILLIS = 30_000;

/** Reading binary logs of another server, file by file; also bounded by what searches them. */
export const SEARCH_MILLIS = 600_000;
