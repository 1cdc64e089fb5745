/**
 * How a search in binary or relay logs ends without finding: a stable code, and a line for people.
 */
export type SearchRefusalCode =
  /** No pattern of markers is configured. */
  | 'no-pattern'
  /** No marker is in the logs of the server that was asked for its last one. */
  | 'no-pseudo-gtid'
  /** The text that was searched for is not in the logs. */
  | 'entry-not-found'
  /** Two logs differ where they have to be the same. */
  | 'mismatch'
  /** The server has more than its intended source. */
  | 'more-advanced'
  /** Nothing of the two logs could be compared. */
  | 'nothing-matched'
  /** A place that was given is none of an event, or the logs do not reach it. */
  | 'no-such-place'
  /** The log ends before the place where the server says it stands, or in the middle of a transaction. */
  | 'log-incomplete'
  /** It has no logs that could be searched: none are written, or it is a binlog server. */
  | 'no-logs'
  /** The two do not replicate from the same source. */
  | 'not-siblings'
  /** There is nothing to look for. */
  | 'nothing-errant'
  /** A GTID set that has to be known is not, or part of it is in no log any more. */
  | 'gtid-unknown'
  | 'gtid-purged'
  /** The other one stays behind for too long. */
  | 'other-lags'
  /** A limit of the search was reached. */
  | 'too-long'
  /** This node may not go on. */
  | 'called-off'
  /** A server did not answer, or not in a way that makes sense. */
  | 'unreadable';

export interface SearchRefusal {
  readonly kind: 'refused';
  readonly code: SearchRefusalCode;
  readonly text: string;
}

export type Search<Value> = { readonly kind: 'found'; readonly value: Value } | SearchRefusal;

export const found = <Value>(value: Value): { readonly kind: 'found'; readonly value: Value } => ({
  kind: 'found',
  value,
});

export const refuse = (code: SearchRefusalCode, text: string): SearchRefusal => ({ kind: 'refused', code, text });

/** Statements of megabytes are no text for a log or a page. Characters. */
const SHOWN_TEXT_MAX = 200;

export const shownText = (text: string): string =>
  text.length <= SHOWN_TEXT_MAX ? text : `${text.slice(0, SHOWN_TEXT_MAX)}…`;
