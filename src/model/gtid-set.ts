/**
 * Oracle GTID sets, with tags, as immutable values and their arithmetic: what a server has executed, received or purged.
 *
 * Calculated here and not with `gtid_subtract()` on a server, so that it works while that server is down
 * (spec/topology-operations.md 1.3). Reading and printing: `gtid-set-text.ts`.
 * Reads well with `import * as gtids from './gtid-set.ts'`: `gtids.subtract(received, executed)`.
 */
import type { Brand, ServerUuid } from './brand.ts';
import {
  type Bounds,
  containsBounds,
  countBounds,
  equalBounds,
  intersectBounds,
  normaliseBounds,
  subtractBounds,
  unionBounds,
} from './gtid-set-intervals.ts';

/** The transactions of one originator. A tag makes an originator of its own: `u:1` and `u:tag:1` have nothing in common. */
export interface GtidSetEntry {
  /** Lower case; MySQL compares UUIDs without case. */
  readonly uuid: ServerUuid;
  /** '' for transactions without tag. */
  readonly tag: string;
  /** Never empty. */
  readonly bounds: Bounds;
}

/** Entries sorted by UUID, then tag, untagged first; each pair once. So equal sets have equal entries. Made by `gtidSetOf`. */
export type GtidSet = Brand<{ readonly entries: readonly GtidSetEntry[] }, 'GtidSet'>;

interface RawEntry {
  readonly uuid: ServerUuid;
  readonly tag: string;
  readonly bounds: readonly number[];
}

export const EMPTY_GTID_SET: GtidSet = sorted([]);

/** A set of entries in any order, with repeated originators, bounds as pairs in any order, overlapping or empty. */
export function gtidSetOf(entries: readonly RawEntry[]): GtidSet {
  const normal: GtidSetEntry[] = [];
  // What a server prints is in order already, thirty thousand originators in 1 MB: no need to collect them.
  for (const { uuid, tag, bounds } of isAscending(entries) ? entries : collect(entries)) {
    pushUnlessEmpty(normal, { uuid, tag, bounds: normaliseBounds(bounds) });
  }
  return sorted(normal);
}

export function isEmpty(set: GtidSet): boolean {
  return set.entries.length === 0;
}

/** How many transactions; exact up to 2^53. */
export function count(set: GtidSet): number {
  return set.entries.reduce((sum, entry) => sum + countBounds(entry.bounds), 0);
}

export function equals(one: GtidSet, other: GtidSet): boolean {
  if (one.entries.length !== other.entries.length) return false;
  return one.entries.every((entry, i) => {
    const twin = other.entries[i];
    return twin !== undefined && compareOriginators(entry, twin) === 0 && equalBounds(entry.bounds, twin.bounds);
  });
}

/** What is in either. */
export function union(one: GtidSet, other: GtidSet): GtidSet {
  const entries: GtidSetEntry[] = [];
  for (const [left, right] of paired(one, other)) {
    if (left === null || right === null) pushUnlessEmpty(entries, left ?? right);
    else entries.push({ ...left, bounds: unionBounds(left.bounds, right.bounds) });
  }
  return sorted(entries);
}

/** What is in `one` and not in `other`. */
export function subtract(one: GtidSet, other: GtidSet): GtidSet {
  const entries: GtidSetEntry[] = [];
  for (const [left, right] of paired(one, other)) {
    if (left === null || right === null) pushUnlessEmpty(entries, left);
    else pushUnlessEmpty(entries, { ...left, bounds: subtractBounds(left.bounds, right.bounds) });
  }
  return sorted(entries);
}

/** What is in both. */
export function intersect(one: GtidSet, other: GtidSet): GtidSet {
  const entries: GtidSetEntry[] = [];
  for (const [left, right] of paired(one, other)) {
    if (left === null || right === null) continue;
    pushUnlessEmpty(entries, { ...left, bounds: intersectBounds(left.bounds, right.bounds) });
  }
  return sorted(entries);
}

/** `outer` has every transaction of `inner`; so it has those of an empty set. */
export function contains(outer: GtidSet, inner: GtidSet): boolean {
  for (const [left, right] of paired(outer, inner)) {
    if (right !== null && (left === null || !containsBounds(left.bounds, right.bounds))) return false;
  }
  return true;
}

/** The UUIDs that occur, sorted, each once. */
export function uuidsOf(set: GtidSet): ServerUuid[] {
  return [...new Set(set.entries.map((entry) => entry.uuid))];
}

/** The UUIDs that occur in both, sorted, each once. */
export function sharedUuids(one: GtidSet, other: GtidSet): ServerUuid[] {
  const known = new Set(uuidsOf(one));
  return uuidsOf(other).filter((uuid) => known.has(uuid));
}

/** Only what these servers originated, with and without tags ("retain"). The same object when nothing had to go. */
export function ofServers(set: GtidSet, ...uuids: readonly ServerUuid[]): GtidSet {
  return keep(set, (entry) => uuids.includes(entry.uuid));
}

/** Without what these servers originated, with and without tags ("remove"). The same object when nothing had to go. */
export function withoutServers(set: GtidSet, ...uuids: readonly ServerUuid[]): GtidSet {
  return keep(set, (entry) => !uuids.includes(entry.uuid));
}

function keep(set: GtidSet, wanted: (entry: GtidSetEntry) => boolean): GtidSet {
  const entries = set.entries.filter(wanted);
  return entries.length === set.entries.length ? set : sorted(entries);
}

/** Walks both sets along their common order; null where only the other one has the originator. */
function* paired(one: GtidSet, other: GtidSet): Generator<readonly [GtidSetEntry | null, GtidSetEntry | null]> {
  let i = 0;
  let j = 0;
  for (;;) {
    const left = one.entries[i] ?? null;
    const right = other.entries[j] ?? null;
    if (left === null && right === null) return;
    const order = left === null ? 1 : right === null ? -1 : compareOriginators(left, right);
    yield [order <= 0 ? left : null, order >= 0 ? right : null];
    if (order <= 0) i += 1;
    if (order >= 0) j += 1;
  }
}

function isAscending(entries: readonly RawEntry[]): boolean {
  return entries.every((entry, i) => {
    const before = entries[i - 1];
    return before === undefined || compareOriginators(before, entry) < 0;
  });
}

/** One entry for each originator, in order. */
function collect(entries: readonly RawEntry[]): RawEntry[] {
  const collected = new Map<string, { uuid: ServerUuid; tag: string; bounds: number[] }>();
  for (const { uuid, tag, bounds } of entries) {
    const originator = `${uuid}:${tag}`;
    const known = collected.get(originator);
    if (known === undefined) collected.set(originator, { uuid, tag, bounds: [...bounds] });
    else for (const bound of bounds) known.bounds.push(bound);
  }
  return [...collected.values()].sort(compareOriginators);
}

/** The order of MySQL's own output: by UUID, then by tag, which puts the empty one first. */
function compareOriginators(one: RawEntry, other: RawEntry): number {
  if (one.uuid !== other.uuid) return one.uuid < other.uuid ? -1 : 1;
  if (one.tag !== other.tag) return one.tag < other.tag ? -1 : 1;
  return 0;
}

function pushUnlessEmpty(entries: GtidSetEntry[], entry: GtidSetEntry | null): void {
  if (entry !== null && entry.bounds.length > 0) entries.push(entry);
}

function sorted(entries: readonly GtidSetEntry[]): GtidSet {
  return { entries } as GtidSet;
}
