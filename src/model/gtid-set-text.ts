/**
 * Oracle GTID sets as text: reading what servers and people write, printing what servers accept.
 *
 * Text is `uuid:1-3:5:tag:1-7,uuid:…`; intervals in front of any tag carry none (spec/topology-operations.md 1.3; MySQL 8.4 manual,
 * "GTID Format and Storage"). Servers put a newline behind each comma.
 */
import { type ServerUuid, serverUuid } from './brand.ts';
import { type GtidSet, gtidSetOf } from './gtid-set.ts';

export type GtidSetParse =
  | { readonly kind: 'ok'; readonly set: GtidSet }
  | { readonly kind: 'refused'; readonly reason: string };

export type NextGtid =
  | { readonly kind: 'ok'; readonly gtid: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Servers count up to 2^63 - 1; at a million transactions a second, numbers beyond this take 285 years. */
export const MAX_TRANSACTION_NUMBER = Number.MAX_SAFE_INTEGER;

const TAG = /^[a-z_][a-z0-9_]{0,31}$/;
const DIGIT_ZERO = 48;

/**
 * Reads a set. Spaces, newlines and empty pieces between commas do not count; UUIDs may be anything that is not empty; order, overlaps
 * and repetitions do not matter; `n-m` with n > m holds nothing. The first bad entry refuses the whole, and the reason names it.
 * Transaction numbers from 1 to 2^53 - 1.
 */
export function parseGtidSet(text: string): GtidSetParse {
  const entries: EntryInMaking[] = [];
  for (const piece of text.split(',')) {
    const entry = piece.trim();
    const problem = entry === '' ? null : readEntry(entry, entries);
    if (problem !== null)
      return { kind: 'refused', reason: `Cannot parse GTID set entry ${quoted(entry)}: ${problem}` };
  }
  return { kind: 'ok', set: gtidSetOf(entries) };
}

/** The set as servers print it, in their order, on one line: `,` without the newline. An empty set is ''. */
export function gtidSetText(set: GtidSet): string {
  const pieces: string[] = [];
  let uuid: ServerUuid | null = null;
  for (const entry of set.entries) {
    if (entry.uuid !== uuid) pieces.push(uuid === null ? entry.uuid : `,${entry.uuid}`);
    if (entry.tag !== '') pieces.push(`:${entry.tag}`);
    for (let i = 0; i < entry.bounds.length; i += 2) {
      const [first, last] = [entry.bounds[i], entry.bounds[i + 1]];
      pieces.push(first === last ? `:${first}` : `:${first}-${last}`);
    }
    uuid = entry.uuid;
  }
  return pieces.join('');
}

/**
 * Each transaction as `uuid:n` or `uuid:tag:n`, fit for `SET gtid_next`, in the set's order. One at a time: a set of few bytes can
 * hold billions, so ask `count` before collecting them.
 */
export function* explode(set: GtidSet): Generator<string> {
  for (const { uuid, tag, bounds } of set.entries) {
    const originator = tag === '' ? uuid : `${uuid}:${tag}`;
    for (let i = 0; i < bounds.length; i += 2) {
      const last = bounds[i + 1] ?? 0;
      for (let number = bounds[i] ?? 1; number <= last; number += 1) yield `${originator}:${number}`;
    }
  }
}

/**
 * The transaction after the last one executed, for skipping it with an empty one. `originator` is the source's UUID; without it the
 * set's last UUID is taken, as the contract does, which is right only by luck once several servers have been primary.
 * Tagged transactions are passed over. Refused for an empty set, and for one in which the originator has nothing untagged.
 */
export function nextGtid(executed: GtidSet, originator?: ServerUuid): NextGtid {
  const uuid = originator ?? executed.entries.at(-1)?.uuid;
  if (uuid === undefined) return { kind: 'refused', reason: 'No executed GTIDs' };
  const last = executed.entries.find((entry) => entry.uuid === uuid && entry.tag === '')?.bounds.at(-1);
  if (last === undefined) return { kind: 'refused', reason: `No executed GTIDs without tag of ${uuid}` };
  if (last >= MAX_TRANSACTION_NUMBER) return { kind: 'refused', reason: `No GTID after ${uuid}:${last}` };
  return { kind: 'ok', gtid: `${uuid}:${last + 1}` };
}

interface EntryInMaking {
  readonly uuid: ServerUuid;
  readonly tag: string;
  readonly bounds: number[];
}

/** Adds one `uuid:…` to `entries`, one element for each tag it names. Null, or what is wrong with it. */
function readEntry(text: string, entries: EntryInMaking[]): string | null {
  const items = text.split(':');
  const uuid = serverUuid(items[0]?.trim() ?? '');
  if (items.length < 2) return 'no colon';
  if (uuid === '') return 'no UUID';
  let current: EntryInMaking = { uuid, tag: '', bounds: [] };
  entries.push(current);
  for (let i = 1; i < items.length; i += 1) {
    const item = items[i] ?? '';
    const isTag = TAG.test(item);
    const problem = isTag ? missingInterval(current) : readInterval(item, current.bounds);
    if (problem !== null) return problem;
    if (!isTag) continue;
    current = { uuid, tag: item, bounds: [] };
    entries.push(current);
  }
  return missingInterval(current);
}

/** An entry may begin with a tag, so only the untagged part can be empty. */
function missingInterval(entry: EntryInMaking): string | null {
  return entry.tag !== '' && entry.bounds.length === 0 ? `no interval for the tag ${entry.tag}` : null;
}

/** Adds `n` or `n-m` to `bounds`. By character, not by pattern: a set of 1 MB has a hundred thousand of them. */
function readInterval(item: string, bounds: number[]): string | null {
  const dash = item.indexOf('-');
  const first = readNumber(item, 0, dash < 0 ? item.length : dash);
  const last = dash < 0 ? first : readNumber(item, dash + 1, item.length);
  if (first === null || last === null) return `${quoted(item)} is neither an interval nor a tag`;
  if (first === 0) return 'transaction numbers start at 1';
  if (first > MAX_TRANSACTION_NUMBER || last > MAX_TRANSACTION_NUMBER) {
    return `a transaction number beyond ${MAX_TRANSACTION_NUMBER}`;
  }
  bounds.push(first, last);
  return null;
}

/** The digits from one place up to another; null when there are none or something else. Beyond 2^53 only roughly. */
function readNumber(text: string, from: number, to: number): number | null {
  let number = 0;
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - DIGIT_ZERO;
    if (digit < 0 || digit > 9) return null;
    number = number * 10 + digit;
  }
  return from < to ? number : null;
}

/** A wrong text can be a megabyte long; a message must not. */
function quoted(text: string): string {
  const limitChars = 80;
  return text.length <= limitChars ? `"${text}"` : `"${text.slice(0, limitChars)}…"`;
}
