/** O45 to O49 over logs in memory. */
import { describe, expect, it } from 'vitest';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { correlateRelayLogs } from './correlate-relay-logs.ts';
import { findEntry } from './find-entry.ts';
import { lastExecutedEntry } from './last-executed-entry.ts';
import { lastMarker } from './last-marker.ts';
import { placeFinder } from './place-finder.ts';
import {
  aSearch,
  aServer,
  at,
  binaryLog,
  endOf,
  marker,
  markerInfo,
  PretendLogs,
  placeOf,
  relayLog,
  transaction,
} from './testing.ts';

const [ONE, TWO] = [11, 12];
const NEWEST = { allLogs: false, otherFormat: null, maximum: null } as const;

const source = binaryLog([
  [...marker(1), ...transaction(2)],
  [...marker(1), ...transaction(2), ...transaction(3)],
]);

/** Where a relay log ends cannot be told from its events. */
function behind(relay: ReadonlyMap<string, readonly BinlogEvent[]>) {
  const last = [...relay.values()].at(-1)?.at(-1);
  if (last === undefined) throw new Error('a log has events');
  return { ...last.coordinates, pos: last.coordinates.pos + 31 };
}

function siblings(oneCuts: readonly number[], otherCuts: readonly number[]) {
  const logs = new PretendLogs();
  const [one, two] = [
    relayLog(source, oneCuts, { serverId: ONE, firstFile: 7 }),
    relayLog(source, otherCuts, { serverId: TWO, firstFile: 30 }),
  ];
  logs.set(at(ONE), { relay: one });
  logs.set(at(TWO), { relay: two });
  const replica = (port: number, relay: typeof one) =>
    aServer(port, { sourceKey: at(1), relayLogCoordinates: behind(relay) });
  return { logs, one, two, own: replica(ONE, one), other: replica(TWO, two) };
}

describe('O48: the same event in two replicas’ relay logs', () => {
  it('the last one, and where the other goes on', async () => {
    const { logs, one, two, own, other } = siblings([5, 4, 100], [100]);
    const result = await correlateRelayLogs(aSearch(logs), own, null, other);
    const correlated = placeOf(two, 'COMMIT /* xid=3 */').coordinates;
    expect(result).toEqual({
      kind: 'found',
      value: { own: placeOf(one, 'COMMIT /* xid=3 */').coordinates, correlated, next: other.relayLogCoordinates },
    });
  });

  it('a place that is given: the event behind it in the other’s next file', async () => {
    const { logs, one, two, own, other } = siblings([100], [7, 100]);
    const place = placeOf(one, 'COMMIT /* xid=2 */').coordinates;
    const result = await correlateRelayLogs(aSearch(logs), own, place, other);
    const next = { file: 'relay.000030', type: 'relay' } as const;
    expect(result).toMatchObject({
      kind: 'found',
      value: { correlated: placeOf(two, 'COMMIT /* xid=2 */').coordinates, next },
    });
  });

  it('the same offset and text in two files of the source: the right one', async () => {
    const twice = placeOf(source, 'BEGIN', 0);
    expect(placeOf(source, 'BEGIN', 1).endPos).toBe(twice.endPos);
    const { logs, one, two, own, other } = siblings([100], [9, 100]);
    for (const nth of [0, 1]) {
      const place = placeOf(one, 'BEGIN', nth).coordinates;
      const result = await correlateRelayLogs(aSearch(logs), own, place, other);
      if (result.kind === 'refused') throw new Error(result.text);
      expect(result.value.correlated).toEqual(placeOf(two, 'BEGIN', nth).coordinates);
    }
  });

  it('not the same source, a place without event, an event that is gone: refused', async () => {
    const { logs, one, own, other } = siblings([100], [100]);
    const elsewhere = { ...other, sourceKey: at(2) };
    expect(await correlateRelayLogs(aSearch(logs), own, null, elsewhere)).toMatchObject({ code: 'not-siblings' });
    const between = { ...placeOf(one, 'COMMIT /* xid=3 */').coordinates, pos: 5 };
    expect(await correlateRelayLogs(aSearch(logs), own, between, other)).toMatchObject({ code: 'no-such-place' });
    logs.set(at(TWO), { relay: relayLog(binaryLog([marker(1)]), [100], { serverId: TWO, firstFile: 30 }) });
    expect(await correlateRelayLogs(aSearch(logs), own, null, other)).toMatchObject({ code: 'entry-not-found' });
  });
});

describe('O49: what was applied last', () => {
  it('the event before the place where the applier stands, in whichever file it is', async () => {
    const { logs, one, own } = siblings([7, 100], [100]);
    const stands = one.get('relay.000008')?.[0]?.coordinates;
    if (stands === undefined) throw new Error('there is a second file');
    const last = await lastExecutedEntry(aSearch(logs), { ...own, relayLogCoordinates: stands });
    expect(last).toMatchObject({ kind: 'found', value: { info: 'COMMIT /* xid=2 */' } });
  });

  it('it is gone, or there never was a relay log: refused', async () => {
    const { logs, own } = siblings([100], [100]);
    const first = { file: 'relay.000007', pos: 4, type: 'relay' } as const;
    expect(await lastExecutedEntry(aSearch(logs), { ...own, relayLogCoordinates: first })).toMatchObject({
      code: 'entry-not-found',
    });
    const none = { file: '', pos: 0, type: 'relay' } as const;
    expect(await lastExecutedEntry(aSearch(logs), { ...own, relayLogCoordinates: none })).toMatchObject({
      code: 'no-logs',
    });
  });
});

describe('O45, O46: markers and entries', () => {
  const binary = binaryLog([[...marker(1), ...marker(2), ...transaction(3)], transaction(4)], { serverId: ONE });
  const logs = new PretendLogs();
  logs.set(at(ONE), { binary });
  const own = aServer(ONE, { selfCoordinates: endOf(binary) });

  it('O45: the newest log alone has none, all logs have one', async () => {
    expect(await lastMarker(aSearch(logs), own, NEWEST)).toMatchObject({ code: 'no-pseudo-gtid' });
    const all = await lastMarker(aSearch(logs), own, { ...NEWEST, allLogs: true });
    expect(all).toMatchObject({ kind: 'found', value: { info: markerInfo(2) } });
  });

  it('O45: none behind the maximum counts', async () => {
    const maximum = placeOf(binary, markerInfo(1)).coordinates;
    const last = await lastMarker(aSearch(logs), own, { ...NEWEST, maximum });
    expect(last).toMatchObject({ kind: 'found', value: { info: markerInfo(1) } });
  });

  it('O45: --skip-binlog-search reads no binary log', async () => {
    expect(
      await lastMarker(aSearch(logs, { rules: { relayLogsOnly: true } }), own, { ...NEWEST, allLogs: true }),
    ).toMatchObject({
      code: 'no-pseudo-gtid',
    });
  });

  it('O46: by its exact text', async () => {
    const wish = { key: at(ONE), text: markerInfo(1), ascendingBy: null, beforeFile: async () => null };
    const place = placeOf(binary, markerInfo(1)).coordinates;
    expect(await findEntry(aSearch(logs), wish)).toEqual({ kind: 'found', value: place });
    expect(await findEntry(aSearch(logs), { ...wish, text: 'drop' })).toMatchObject({ code: 'entry-not-found' });
  });

  it('O38: a plan’s place is that of the server that is read just then', async () => {
    const other = binaryLog([[...marker(2), ...transaction(3), ...transaction(4)]], { salt: 9 });
    logs.set(at(TWO), { binary: other });
    const find = placeFinder({
      servers: { observe: async () => ({ kind: 'observed', instance: aServer(TWO) }) },
      beginSearch: (mayGoOn) => aSearch(logs, { mayGoOn }),
    });
    expect(await find(own, at(TWO), () => true)).toEqual({ kind: 'found', coordinates: endOf(other) });
    expect(await find(own, at(TWO), () => false)).toEqual({ kind: 'failed', reason: 'this node may not go on' });
  });
});
