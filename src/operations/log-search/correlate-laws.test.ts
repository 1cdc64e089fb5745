/** What holds of every pair of logs: the exact place, or a refusal; never another place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { isStreamEvent } from '../../planning/log-search/event-kinds.ts';
import { correlate } from './correlate.ts';
import {
  aSearch,
  aServer,
  at,
  binaryLog,
  compressed,
  endOf,
  type Family,
  marker,
  PretendLogs,
  relayLog,
  transaction,
  type Written,
} from './testing.ts';

const OWN = 11;
const OTHER = 12;
const LOCAL = 'flush meta.local';
const RUNS = 300;

/** One transaction of the stream, as one of the two servers logs it: with its own numbers, and with what it alone has. */
interface Unit {
  readonly number: number;
  readonly isMarker: boolean;
}

interface Manner {
  readonly family: Family;
  readonly salt: number;
  readonly annotates: boolean;
  /** By transaction; MySQL alone does. */
  readonly compresses: readonly boolean[];
  /** By transaction: whether an event of its own comes before it, and whether a file begins there or after so many of its events. */
  readonly locals: readonly boolean[];
  readonly cuts: readonly (number | null)[];
}

const mannerOf = (family: fc.Arbitrary<Family>): fc.Arbitrary<Manner> =>
  fc.record({
    family,
    salt: fc.integer({ min: 0, max: 40 }),
    annotates: fc.boolean(),
    compresses: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
    locals: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
    cuts: fc.array(fc.option(fc.nat(3), { freq: 3 }), { minLength: 30, maxLength: 30 }),
  });

function written({ number, isMarker }: Unit, { family, salt, annotates, compresses }: Manner): Written[] {
  if (isMarker) return marker(number, family);
  const events = transaction(number, family, 1, 1000 * salt + number);
  if (family === 'mysql' && compresses[number % compresses.length] === true) return compressed(events);
  if (!annotates) return events;
  const statement = { type: family === 'mariadb' ? 'Annotate_rows' : 'Rows_query', info: 'insert into t', serverId: 1 };
  return events.flatMap((event) => (event.type === 'Table_map' ? [statement, event] : [event]));
}

/** The units in files, with the place behind each of them. */
function logOf(units: readonly Unit[], manner: Manner, serverId: number) {
  const files: Written[][] = [[]];
  let streamEvents = 0;
  const countAfter: number[] = [];
  for (const [index, unit] of units.entries()) {
    if (manner.locals[index] === true) files.at(-1)?.push({ type: 'Query', info: LOCAL, serverId });
    const events = written(unit, manner);
    const cut = manner.cuts[index] ?? null;
    // A file never ends within one event.
    const isWhole = events.some(({ isInner }) => isInner === true);
    const before = cut === null || isWhole ? events.length : cut;
    files.at(-1)?.push(...events.slice(0, before));
    if (cut !== null) files.push(events.slice(before));
    streamEvents += events.filter((event) => isStreamEvent({ ...event, coordinates: NOWHERE, endPos: 0 }, [])).length;
    countAfter.push(streamEvents);
  }
  const log = binaryLog(files, { family: manner.family, serverId, salt: manner.salt });
  const stream = [...log.values()].flat().filter((event) => isStreamEvent(event, [LOCAL]));
  const placeBehind = (unit: number) => placeAfter(stream[(countAfter[unit] ?? 0) - 1]);
  return { log, placeBehind };
}

const NOWHERE = { file: '', pos: 0, type: 'binary' } as const;

function placeAfter(event: BinlogEvent | undefined) {
  if (event === undefined) throw new Error('the stream has this event');
  return { ...event.coordinates, pos: event.endPos };
}

const unitsOf = (markers: readonly boolean[]): Unit[] =>
  markers.map((isMarker, index) => ({ number: index + 1, isMarker }));

const someUnits = fc.array(fc.boolean(), { minLength: 1, maxLength: 25 }).map(unitsOf);
const someFamily = fc.constantFrom<Family>('mysql', 'mysql-56', 'mariadb');

/** Of a pair, both of one family; MySQL 5.6 and later ones go together. */
const someManners = someFamily.chain((family) => {
  const others: readonly Family[] = family === 'mariadb' ? ['mariadb'] : ['mysql', 'mysql-56'];
  return fc.tuple(mannerOf(fc.constant(family)), mannerOf(fc.constantFrom(...others)));
});

async function correlated(logs: PretendLogs, own: Parameters<typeof correlate>[1]['own'], pageEvents: number) {
  const search = aSearch(logs, { rules: { pageEvents, skippedTexts: [LOCAL] } });
  return correlate(search, { own, maximum: null, other: aServer(OTHER) });
}

describe('two logs of one stream', () => {
  it('by binary logs: behind the last transaction of the first in the other, or refused', async () => {
    const inputs = [someUnits, someManners, fc.nat(25), fc.nat(25), fc.integer({ min: 1, max: 9 })] as const;
    await fc.assert(
      fc.asyncProperty(...inputs, async (units, [ownManner, otherManner], ownCount, otherCount, pageEvents) => {
        const [own, other] = [units.slice(0, ownCount + 1), units.slice(0, otherCount + 1)];
        const [ownLog, otherLog] = [logOf(own, ownManner, OWN), logOf(other, otherManner, OTHER)];
        const logs = new PretendLogs();
        logs.set(at(OWN), { binary: ownLog.log });
        logs.set(at(OTHER), { binary: otherLog.log });
        const result = await correlated(logs, aServer(OWN, { selfCoordinates: endOf(ownLog.log) }), pageEvents);
        if (own.some(({ isMarker }) => isMarker) && own.length <= other.length) {
          expect(result).toMatchObject({ kind: 'found', value: { coordinates: otherLog.placeBehind(own.length - 1) } });
        } else expect(result.kind).toBe('refused');
      }),
      { numRuns: RUNS },
    );
  });

  it('a transaction that the first one alone has: refused, wherever it is behind the last marker', async () => {
    const inputs = [someUnits, someManners, fc.nat(25)] as const;
    await fc.assert(
      fc.asyncProperty(...inputs, async (units, [ownManner, otherManner], where) => {
        const marked = units.findLastIndex(({ isMarker }) => isMarker);
        fc.pre(marked >= 0);
        const logs = new PretendLogs();
        const local = transaction(999, ownManner.family, OWN);
        const index = marked + 1 + (where % (units.length - marked));
        const files = [...units.slice(0, index).map((unit) => written(unit, ownManner)), local];
        const ownLog = binaryLog([[...files, ...units.slice(index).map((unit) => written(unit, ownManner))].flat()], {
          family: ownManner.family,
          serverId: OWN,
        });
        logs.set(at(OWN), { binary: ownLog });
        logs.set(at(OTHER), { binary: logOf([...units, ...unitsOf([false, false])], otherManner, OTHER).log });
        const result = await correlated(logs, aServer(OWN, { selfCoordinates: endOf(ownLog) }), 4);
        expect(result).toMatchObject({ kind: 'refused', code: 'mismatch' });
      }),
      { numRuns: RUNS },
    );
  });

  it('by relay logs: behind what is applied, whatever is received', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 });
    const inputs = [someUnits, someManners, cuts, fc.nat(25), fc.integer({ min: 1, max: 9 })] as const;
    await fc.assert(
      fc.asyncProperty(...inputs, async (units, [sourceManner, otherManner], eventsAFile, applied, pageEvents) => {
        const source = logOf(units, { ...sourceManner, locals: [], compresses: [] }, 1);
        const relay = relayLog(source.log, [...eventsAFile, 1_000], { family: sourceManner.family, serverId: OWN });
        const behind = source.placeBehind(applied % units.length);
        const events = [...relay.values()].flat();
        const last = events.findLastIndex(
          (event) => event.endPos === behind.pos && event.serverId === 1 && isStreamEvent(event, []),
        );
        fc.pre(events.filter((event) => event.endPos === behind.pos && isStreamEvent(event, [])).length === 1);
        const stands = events[last + 1]?.coordinates ?? { ...endOf(relay), pos: Number.MAX_SAFE_INTEGER };
        const logs = new PretendLogs();
        const other = logOf(units, otherManner, OTHER);
        logs.set(at(OWN), { relay });
        logs.set(at(OTHER), { binary: other.log });
        const own = aServer(OWN, { logReplicaUpdatesEnabled: false, relayLogCoordinates: stands });
        const result = await correlated(logs, own, pageEvents);
        if (units.slice(0, (applied % units.length) + 1).some(({ isMarker }) => isMarker)) {
          expect(result).toMatchObject({
            kind: 'found',
            value: { coordinates: other.placeBehind(applied % units.length) },
          });
        } else expect(result.kind).toBe('refused');
      }),
      { numRuns: RUNS },
    );
  });
});
