/**
 * Since when transactions are errant on a server, range by range. What is errant is told by `errant-gtid.ts`, of this moment alone; here it meets what is
 * remembered. Pure.
 */
import { type ServerUuid, type UnixMillis, unixMillis } from './brand.ts';
import { EMPTY_GTID_SET, type GtidSet, gtidSetOf, intersect, subtract, union } from './gtid-set.ts';

/** Transactions of one originator, first to last, that were first seen to be errant at one moment. */
export interface ErrantSighting {
  readonly uuid: ServerUuid;
  /** '' for transactions without tag. */
  readonly tag: string;
  readonly first: number;
  readonly last: number;
  readonly firstSeen: UnixMillis;
}

/** The same while nobody has seen it before. */
export type ErrantRange = Omit<ErrantSighting, 'firstSeen'> & { readonly firstSeen: UnixMillis | null };

/**
 * Ranges that are kept apart on one server although they touch. Somebody who writes to a replica all the time makes a range at every look: thousands in a
 * day. Beyond this, neighbours that were seen soonest after each other become one, of the earlier time.
 */
export const TOUCHING_RANGES_MAX = 100;

/** The range as an entry of a GTID set, tag included. */
export function errantRangeText({ uuid, tag, first, last }: Omit<ErrantSighting, 'firstSeen'>): string {
  const originator = tag === '' ? uuid : `${uuid}:${tag}`;
  return first === last ? `${originator}:${first}` : `${originator}:${first}-${last}`;
}

/**
 * What is to be remembered now: exactly the transactions that are errant, in order of originator and number, none twice. Those that were remembered keep their
 * time, or get an earlier one; the others are first seen `now`.
 */
export function mergeSightings(
  remembered: readonly ErrantSighting[],
  errant: GtidSet,
  now: UnixMillis,
): readonly ErrantSighting[] {
  const { seen, unseen } = split(remembered, errant);
  const times = new Map(seen);
  times.set(now, union(times.get(now) ?? EMPTY_GTID_SET, unseen));
  return coarsened(inOrder([...times].flatMap(([at, set]) => rangesOf(set, at))), TOUCHING_RANGES_MAX);
}

/** What is errant, with the time at which each range was first seen as far as that is remembered; in order of originator and number. */
export function errantRanges(remembered: readonly ErrantSighting[], errant: GtidSet): readonly ErrantRange[] {
  const { seen, unseen } = split(remembered, errant);
  return inOrder<ErrantRange>([...[...seen].flatMap(([at, set]) => rangesOf(set, at)), ...rangesOf(unseen, null)]);
}

export function sameSightings(one: readonly ErrantSighting[], other: readonly ErrantSighting[]): boolean {
  if (one.length !== other.length) return false;
  return one.every((range, i) => {
    const twin = other[i];
    return twin !== undefined && compareRanges(range, twin) === 0 && isAlike(range, twin);
  });
}

const isAlike = (one: ErrantSighting, other: ErrantSighting): boolean =>
  one.last === other.last && one.firstSeen === other.firstSeen;

/** What is errant, by when it was first seen. Where rows overlap, as nobody writes them, the earlier time counts. */
function split(
  remembered: readonly ErrantSighting[],
  errant: GtidSet,
): { readonly seen: ReadonlyMap<UnixMillis, GtidSet>; readonly unseen: GtidSet } {
  const seen = new Map<UnixMillis, GtidSet>();
  let unseen = errant;
  for (const [at, ranges] of [...byTime(remembered)].sort(([one], [other]) => one - other)) {
    const then = gtidSetOf(ranges.map(({ uuid, tag, first, last }) => ({ uuid, tag, bounds: [first, last] })));
    seen.set(at, intersect(unseen, then));
    unseen = subtract(unseen, then);
  }
  return { seen, unseen };
}

function byTime(sightings: readonly ErrantSighting[]): Map<UnixMillis, ErrantSighting[]> {
  const times = new Map<UnixMillis, ErrantSighting[]>();
  for (const sighting of sightings) {
    const ranges = times.get(sighting.firstSeen);
    if (ranges === undefined) times.set(sighting.firstSeen, [sighting]);
    else ranges.push(sighting);
  }
  return times;
}

function rangesOf<Time>(set: GtidSet, firstSeen: Time) {
  return set.entries.flatMap(({ uuid, tag, bounds }) =>
    Array.from({ length: bounds.length / 2 }, (_, i) => ({
      uuid,
      tag,
      first: bounds[2 * i] ?? 0,
      last: bounds[2 * i + 1] ?? 0,
      firstSeen,
    })),
  );
}

const inOrder = <Range extends ErrantRange>(ranges: readonly Range[]): readonly Range[] =>
  ranges.toSorted(compareRanges);

/** The order of GTID sets: by UUID, then tag, untagged first, then number. */
function compareRanges(one: ErrantRange, other: ErrantRange): number {
  if (one.uuid !== other.uuid) return one.uuid < other.uuid ? -1 : 1;
  if (one.tag !== other.tag) return one.tag < other.tag ? -1 : 1;
  return one.first - other.first;
}

const touches = (one: ErrantSighting, next: ErrantSighting): boolean =>
  one.uuid === next.uuid && one.tag === next.tag && one.last + 1 === next.first;

/** At most `most` ranges, as far as there are touching ones to make one of; `ranges` in order. */
function coarsened(ranges: readonly ErrantSighting[], most: number): readonly ErrantSighting[] {
  if (ranges.length <= most) return ranges;
  const closest = ranges
    .flatMap((range, i) => {
      const before = ranges[i - 1];
      if (before === undefined || !touches(before, range)) return [];
      return [{ i, apartMillis: Math.abs(range.firstSeen - before.firstSeen) }];
    })
    .sort((one, other) => one.apartMillis - other.apartMillis)
    .slice(0, ranges.length - most);
  const joins = new Set(closest.map(({ i }) => i));
  const joined: ErrantSighting[] = [];
  for (const [i, range] of ranges.entries()) {
    const before = joined.at(-1);
    if (before === undefined || !joins.has(i)) joined.push(range);
    else joined[joined.length - 1] = { ...before, last: range.last, firstSeen: earlier(before, range) };
  }
  return joined;
}

const earlier = (one: ErrantSighting, other: ErrantSighting): UnixMillis =>
  unixMillis(Math.min(one.firstSeen, other.firstSeen));
