/** O38, O47: matching by pseudo-GTID over logs in memory (spec/topology-operations.md 4.4, 4.5). */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { correlate } from './correlate.ts';
import { correlated, OTHER, OWN, t, theWorld } from './correlate-testing.ts';
import {
  anonymous,
  aSearch,
  aServer,
  at,
  binaryLog,
  compressed,
  endOf,
  type Family,
  marker,
  markerInfo,
  PretendLogs,
  placeOf,
  relayLog,
  transaction,
  type Written,
} from './testing.ts';

describe('O47: where a server stands in the binary logs of another', () => {
  it.each<Family>(['mysql', 'mysql-56', 'mariadb'])('%s: files cut at different places', async (family) => {
    const stream = (own: number) => [marker(1, family), t(2, own, family), marker(3, family), t(4, own + 1, family)];
    const rest = t(5, 99, family);
    const { result, otherLog } = await correlated({
      own: [stream(10).slice(0, 3).flat(), stream(10).slice(3).flat()],
      other: [stream(50).slice(0, 1).flat(), [...stream(50).slice(1).flat(), ...rest]],
      ownMaking: { family },
      otherMaking: { family },
    });
    const expected = placeOf(otherLog, 'COMMIT /* xid=51 */').endPos;
    expect(result).toMatchObject({ kind: 'found', value: { coordinates: { file: 'binlog.000041', pos: expected } } });
  });

  it('the other has no more: the place is where it will go on', async () => {
    const stream = [...marker(1), ...t(2)];
    const { result, otherLog } = await correlated({ own: [stream], other: [stream] });
    expect(result).toMatchObject({ kind: 'found', value: { coordinates: endOf(otherLog) } });
  });

  it('nothing follows the marker', async () => {
    const { result, otherLog } = await correlated({ own: [marker(1)], other: [[...marker(1), ...t(2)]] });
    const expected = placeOf(otherLog, markerInfo(1)).endPos;
    expect(result).toMatchObject({ kind: 'found', value: { coordinates: { pos: expected }, matched: 1 } });
  });

  it('a file that begins in the middle of a transaction goes on with the same one', async () => {
    const stream = [...marker(1), ...t(2)];
    const { result } = await correlated({ own: [stream], other: [stream.slice(0, 4), [...stream.slice(4), ...t(3)]] });
    expect(result.kind).toBe('found');
  });

  it('the server has more than the other: refused, the other way round would do', async () => {
    const { result } = await correlated({ own: [[...marker(1), ...t(2)]], other: [marker(1)] });
    expect(result).toMatchObject({ kind: 'refused', code: 'more-advanced' });
  });

  it('a local write after the marker: refused, although it looks like what the other has', async () => {
    const local = transaction(2, 'mysql', OWN);
    const { result } = await correlated({ own: [[...marker(1), ...local]], other: [[...marker(1), ...t(2), ...t(3)]] });
    expect(result).toMatchObject({ kind: 'refused', code: 'mismatch' });
    expect(result.kind === 'refused' && result.text).toContain('of server 11: BEGIN; db:12 at');
  });

  it('texts that differ: refused with both', async () => {
    const drop = (name: string): Written[] => [anonymous(), { type: 'Query', info: `drop table ${name}`, serverId: 1 }];
    const { result } = await correlated({ own: [[...marker(1), ...drop('a')]], other: [[...marker(1), ...drop('b')]] });
    expect(result).toMatchObject({ kind: 'refused', code: 'mismatch' });
    expect(result.kind === 'refused' && result.text).toMatch(/drop table a; .*drop table b/);
  });

  it('without a marker: refused', async () => {
    const { result } = await correlated({ own: [t(2)], other: [[...marker(1), ...t(2)]] });
    expect(result).toMatchObject({ kind: 'refused', code: 'no-pseudo-gtid' });
  });

  it('the other has purged the marker: refused', async () => {
    const { result } = await correlated({ own: [[...marker(1), ...t(2)]], other: [[...t(2), ...t(3)]] });
    expect(result).toMatchObject({ kind: 'refused', code: 'entry-not-found' });
  });

  it('no pattern is configured: refused', async () => {
    const { result } = await correlated({ own: [marker(1)], other: [marker(1)], search: { rules: { markers: null } } });
    expect(result).toEqual({
      kind: 'refused',
      code: 'no-pattern',
      text: 'PseudoGTIDPattern not configured; cannot use Pseudo-GTID',
    });
  });

  it('the other is a binlog server, or writes no binary log: refused', async () => {
    const streams = { own: [marker(1)], other: [marker(1)] };
    for (const otherChange of [{ isBinlogServer: true }, { logBinEnabled: false }]) {
      const { result } = await correlated({ ...streams, otherChange });
      expect(result).toMatchObject({ kind: 'refused', code: 'no-logs' });
    }
  });

  it('the log ends before the place where the server says it is: refused', async () => {
    const change = { selfCoordinates: { file: 'binlog.000009', pos: 4, type: 'binary' } } as const;
    const { result } = await correlated({ own: [marker(1)], other: [marker(1)], change });
    expect(result).toMatchObject({ kind: 'refused', code: 'log-incomplete' });
  });

  it('what it has ends in the middle of a transaction: refused', async () => {
    const { result } = await correlated({
      own: [[...marker(1), ...t(2).slice(0, 3)]],
      other: [[...marker(1), ...t(2)]],
    });
    expect(result).toMatchObject({ kind: 'refused', code: 'log-incomplete' });
  });
});

describe('O47: with a maximum', () => {
  const own = [[...marker(1), ...t(2), ...marker(3)], [...t(4)]];
  const other = [[...marker(1), ...t(2, 70), ...marker(3), ...t(4, 71)]];
  const placed = (info: string, nth = 0) => placeOf(theWorld({ own, other }).ownLog, info, nth).coordinates;

  it('at an event: where the other has the same one', async () => {
    const { result, otherLog } = await correlated({ own, other, maximum: placed('table_id: 2 (demo.t)') });
    expect(result).toMatchObject({
      kind: 'found',
      value: { coordinates: placeOf(otherLog, 'table_id: 70 (demo.t)').coordinates },
    });
  });

  it('at an event of its own: behind the last one before it that both have', async () => {
    const { result, otherLog } = await correlated({
      own,
      other,
      maximum: { ...placed('COMMIT /* xid=2 */'), pos: 4, file: 'binlog.000002' },
    });
    expect(result).toMatchObject({
      kind: 'found',
      value: { coordinates: { pos: placeOf(otherLog, markerInfo(3)).endPos } },
    });
  });

  it('where its log ends: behind the last one', async () => {
    const { result, otherLog } = await correlated({ own, other, maximum: endOf(theWorld({ own, other }).ownLog) });
    expect(result).toMatchObject({ kind: 'found', value: { coordinates: endOf(otherLog) } });
  });

  it('behind a transaction that is in one event: what is in it is not taken for what follows', async () => {
    const payload = [[...marker(1), ...compressed(t(2)), ...t(4)]];
    const { ownLog } = theWorld({ own: payload, other });
    const behind = [...(ownLog.get('binlog.000001') ?? [])].findLast(({ type }) => type === 'Anonymous_Gtid');
    const { result, otherLog } = await correlated({
      own: payload,
      other: [[...marker(1), ...t(2, 70), ...t(4, 71)]],
      ...(behind === undefined ? {} : { maximum: behind.coordinates }),
    });
    const expected = placeOf(otherLog, 'COMMIT /* xid=70 */').endPos;
    expect(result).toMatchObject({ kind: 'found', value: { coordinates: { pos: expected } } });
  });

  it('where no event begins, or behind the end: refused', async () => {
    const between = { ...placed('table_id: 2 (demo.t)'), pos: placed('table_id: 2 (demo.t)').pos + 1 };
    const beyond = { file: 'binlog.000002', pos: 100_000, type: 'binary' } as const;
    for (const maximum of [between, beyond]) {
      const { result } = await correlated({ own, other, maximum });
      expect(result).toMatchObject({ kind: 'refused', code: 'no-such-place' });
    }
  });
});

describe('O38: 5.6 and 5.7 write GTIDs that name nothing, or none', () => {
  const streams = { new57: [...marker(1), ...t(2)], old56: [...marker(1, 'mysql-56'), ...t(2, 2, 'mysql-56')] };

  it.each<[string, Written[], Written[]]>([
    ['a 5.7 below a 5.6', streams.new57, streams.old56],
    ['a 5.6 below a 5.7', streams.old56, streams.new57],
    [
      'a 5.7 whose log ends in such a GTID',
      [...streams.new57, anonymous(), ...transaction(3).slice(1)],
      [...streams.old56, ...t(3, 3, 'mysql-56')],
    ],
  ])('%s', async (_name, own, other) => {
    const { result, otherLog } = await correlated({ own: [own], other: [other] });
    expect(result).toMatchObject({ kind: 'found', value: { coordinates: endOf(otherLog) } });
  });
});

describe('O38: what is skipped', () => {
  it('statements that MariaDB replicas log or do not log with their rows', async () => {
    const annotated = t(2, 2, 'mariadb').toSpliced(1, 0, { type: 'Annotate_rows', info: 'insert', serverId: 1 });
    const making = { ownMaking: { family: 'mariadb' }, otherMaking: { family: 'mariadb' } } as const;
    const plain = [...marker(1, 'mariadb'), ...t(2, 2, 'mariadb')];
    const rich = [...marker(1, 'mariadb'), ...annotated];
    expect((await correlated({ own: [plain], other: [rich], ...making })).result.kind).toBe('found');
    expect((await correlated({ own: [rich], other: [plain], ...making })).result.kind).toBe('found');
  });

  it('SkipBinlogEventsContaining: more of them in a row than a page has', async () => {
    const local = Array.from({ length: 25 }, () => ({ type: 'Query', info: 'flush meta.local', serverId: OWN }));
    const { result } = await correlated({
      own: [[...marker(1), ...local, ...t(2)]],
      other: [[...marker(1), ...t(2)]],
      search: { rules: { skippedTexts: ['meta.local'] } },
    });
    expect(result.kind).toBe('found');
  });
});

describe('O38: by relay logs', () => {
  const source = binaryLog([
    [...marker(1), ...t(2), ...marker(3)],
    [...t(4), ...t(5)],
  ]);
  const otherLog = binaryLog([[...marker(1), ...t(2, 80), ...marker(3), ...t(4, 81), ...t(5, 82)]], { salt: 11 });

  async function byRelayLogs(cuts: readonly number[], standsAt: string, change: Partial<Instance> = {}) {
    const logs = new PretendLogs();
    const relay = relayLog(source, cuts, { serverId: OWN });
    logs.set(at(OWN), { relay });
    logs.set(at(OTHER), { binary: otherLog });
    const own = aServer(OWN, {
      logReplicaUpdatesEnabled: false,
      relayLogCoordinates: placeOf(relay, standsAt).coordinates,
      ...change,
    });
    return correlate(aSearch(logs), { own, maximum: null, other: aServer(OTHER) });
  }

  it.each<[string, readonly number[]]>([
    ['in one file', [100]],
    ['cut between transactions', [7, 100]],
    ['cut in the middle of transactions', [4, 5, 3, 100]],
  ])('%s: its applier stands in the middle of a transaction: refused', async (_name, cuts) => {
    const result = await byRelayLogs(cuts, 'table_id: 5 (demo.t)', {});
    expect(result).toMatchObject({ kind: 'refused', code: 'log-incomplete' });
  });

  it.each<[string, readonly number[]]>([
    ['in one file', [100]],
    ['cut in the middle of transactions', [4, 5, 3, 100]],
  ])('%s: what is received and not applied does not count', async (_name, cuts) => {
    const relay = relayLog(source, cuts, { serverId: OWN });
    const events = [...relay.values()].flat();
    const last = events.findIndex(({ info }) => info === 'COMMIT /* xid=4 */');
    const stands = events[last + 1]?.coordinates;
    if (stands === undefined) throw new Error('something was received behind it');
    const result = await byRelayLogs(cuts, 'COMMIT /* xid=4 */', { relayLogCoordinates: stands });
    expect(result).toMatchObject({
      kind: 'found',
      value: { coordinates: { pos: placeOf(otherLog, 'COMMIT /* xid=81 */').endPos } },
    });
  });

  it('everything is applied: its relay log ends where it stands', async () => {
    const relay = relayLog(source, [8, 100], { serverId: OWN });
    const last = [...relay.values()].at(-1)?.at(-1);
    if (last === undefined) throw new Error('there are events');
    const relayLogCoordinates = { ...last.coordinates, pos: last.coordinates.pos + 30 };
    const result = await byRelayLogs([8, 100], 'BEGIN', { relayLogCoordinates });
    expect(result).toMatchObject({ kind: 'found', value: { coordinates: endOf(otherLog) } });
  });

  it('no event begins where its applier is said to stand: refused, since what follows is not applied', async () => {
    const stands = placeOf(relayLog(source, [100], { serverId: OWN }), 'COMMIT /* xid=4 */').coordinates;
    const result = await byRelayLogs([100], 'BEGIN', { relayLogCoordinates: { ...stands, pos: stands.pos + 1 } });
    expect(result).toMatchObject({ kind: 'refused', code: 'no-such-place' });
  });

  it('a marker that is received and not applied is not the last one', async () => {
    const result = await byRelayLogs([100], markerInfo(1));
    expect(result).toMatchObject({ kind: 'refused', code: 'no-pseudo-gtid' });
  });

  it('formats differ: its relay logs are read although it has a binary log', async () => {
    const relay = relayLog(source, [100], { serverId: OWN });
    const stands = endOf(relay);
    const result = await byRelayLogs([100], 'BEGIN', {
      logReplicaUpdatesEnabled: true,
      binlogFormat: 'STATEMENT',
      relayLogCoordinates: { ...stands, pos: stands.pos + 10_000 },
    });
    expect(result).toMatchObject({ kind: 'found', value: { coordinates: endOf(otherLog) } });
  });
});
