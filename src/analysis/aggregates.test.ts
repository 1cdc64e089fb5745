import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import { seconds } from '../model/brand.ts';
import { failsToConnect } from './receiver-failure.ts';
import {
  aPrimaryWith,
  applierStopped,
  at,
  type Change,
  delayed,
  down,
  failingToConnect,
  groupMember,
  lagging,
  NOW,
  neverSeen,
  receiverStopped,
  secondsBefore,
  semiSyncReplica,
  specFixture,
} from './testing.ts';

const world = aPrimaryWith(3);

describe('validity of the last check', () => {
  const valid = (lastChecked: number, lastAttempted: number, lastSeen: number) =>
    world
      .with(22293, {
        lastChecked: secondsBefore(NOW, lastChecked),
        lastAttemptedCheck: secondsBefore(NOW, lastAttempted),
        lastSeen: secondsBefore(NOW, lastSeen),
      })
      .entryOf(22293).validity;

  it('is valid when seen at the check, even years ago', () => {
    expect(valid(1e8, 1e8, 1e8)).toBe('valid');
  });
  it('is invalid when seen before the last check', () => {
    expect(valid(10, 10, 11)).toBe('invalid');
  });
  it('A10: allows an attempt to run for the poll interval and a reasonable check, 6 s here', () => {
    expect(valid(20, 14, 20)).toBe('valid');
  });
  it('A10: takes a longer one for hanging', () => {
    expect(valid(20, 13, 20)).toBe('invalid');
  });
  it('is unknown, and not valid, for a server never seen', () => {
    const entry = world.with(22293, neverSeen).entryOf(22293);
    expect(entry).toMatchObject({ validity: 'unknown', lastCheckValid: false });
  });
  it('is valid for one that was seen and, by its row, never checked: never is before any time', () => {
    expect(world.with(22293, { lastChecked: null }).entryOf(22293).validity).toBe('valid');
    expect(world.with(22294, { lastChecked: null }).entryOf(22293).countValid).toBe(3);
  });
  it('judges replicas without regard to hanging attempts (contract)', () => {
    const hanging = world.with(22294, {
      lastAttemptedCheck: NOW,
      lastChecked: secondsBefore(NOW, 60),
      lastSeen: secondsBefore(NOW, 60),
    });
    expect(hanging.entryOf(22293).countValid).toBe(3);
  });
});

describe('role of the analysed server', () => {
  const isPrimary = (sourceHostname: string, port = 3306) =>
    world.with(22293, { sourceKey: { hostname: sourceHostname, port } }).entryOf(22293).isPrimary;

  it.each(['', '_', '//elsewhere'])('source host "%s" is no source: a primary', (hostname) => {
    expect(isPrimary(hostname)).toBe(true);
  });
  it('source port 0 is no source', () => expect(isPrimary('elsewhere', 0)).toBe(true));
  it('any other source makes it a replica', () => expect(isPrimary('elsewhere')).toBe(false));
  it('a group primary is a primary, a secondary is not', () => {
    expect(world.with(22293, groupMember('PRIMARY')).entryOf(22293).isPrimary).toBe(true);
    expect(world.with(22293, groupMember('SECONDARY')).entryOf(22293).isPrimary).toBe(false);
  });
  it('a member expelled in ERROR is still one, one that is OFFLINE is not', () => {
    expect(world.with(22293, groupMember('PRIMARY', 'ERROR')).entryOf(22293).isGroupMember).toBe(true);
    expect(world.with(22293, groupMember('PRIMARY', 'OFFLINE')).entryOf(22293).isGroupMember).toBe(false);
  });
  it('A15: is co-primary when itself or any replica says so', () => {
    expect(world.with(22294, { isCoPrimary: true }).entryOf(22293).isCoPrimary).toBe(true);
    expect(world.with(22293, { isCoPrimary: true }).entryOf(22293).isCoPrimary).toBe(true);
    expect(world.entryOf(22293).isCoPrimary).toBe(false);
  });
});

describe('what is counted of the replicas', () => {
  it('replicating means valid with both threads running', () => {
    const entry = world.with(22294, receiverStopped).with(22295, applierStopped).with(22296, down).entryOf(22293);
    expect(entry).toMatchObject({ countReplicas: 3, countValid: 2, countValidReplicating: 0 });
  });
  it('failing to connect counts valid ones only', () => {
    const failing = world.withEach([22294, 22295], failingToConnect('source'));
    expect(failing.entryOf(22293).countFailingToConnect).toBe(2);
    expect(failing.with(22295, down).entryOf(22293).countFailingToConnect).toBe(1);
  });
  it('lagging means above the limit, valid or not; unknown lag is none', () => {
    const entry = world
      .with(22294, lagging(11), down)
      .with(22295, lagging(10))
      .with(22296, { replicationLagSeconds: null })
      .entryOf(22293);
    expect(entry.countLagging).toBe(1);
  });
  it('delayed and semi-sync ones count, valid or not', () => {
    const entry = world.with(22294, delayed(1), semiSyncReplica, down).with(22295, delayed(0)).entryOf(22293);
    expect(entry).toMatchObject({ countDelayed: 1, countSemiSyncEnabled: 1 });
  });
  it('downtime counts while it lasts', () => {
    expect(world.downtimed(22294).downtimed(22295, 0).entryOf(22293).countDowntimed).toBe(1);
  });
  it('logging ones need a binary log and what they replicate in it', () => {
    const entry = specFixture()
      .with(22294, { binlogFormat: 'MIXED' })
      .with(22297, { binlogFormat: 'ROW', version: '8.0.36' })
      .entryOf(22293);
    expect(entry).toMatchObject({
      countLogging: 2,
      countStatementLogging: 0,
      countMixedLogging: 1,
      countRowLogging: 1,
      countDistinctMajorVersionsLogging: 2,
    });
  });
  it('a topology has what all its valid replicas have', () => {
    const mixed = world.with(22294, { usingOracleGtid: false });
    expect(world.entryOf(22293).isAllOracleGtid).toBe(true);
    expect(mixed.entryOf(22293).isAllOracleGtid).toBe(false);
    expect(mixed.with(22294, down).entryOf(22293).isAllOracleGtid).toBe(true);
    expect(world.withEach([22294, 22295, 22296], down).entryOf(22293)).toMatchObject({
      isAllOracleGtid: false,
      isAllMariadbGtid: false,
      isAllBinlogServers: false,
    });
    expect(world.withAll({ usingMariadbGtid: true, isBinlogServer: true }).entryOf(22293)).toMatchObject({
      isAllMariadbGtid: true,
      isAllBinlogServers: true,
    });
  });
  it('GTID modes and errant sets are compared as text; a downtimed replica is not errant', () => {
    const errant = world
      .with(22294, { gtidMode: 'ON_PERMISSIVE', gtidErrant: 'bb:1' })
      .with(22295, { gtidMode: 'OFF', gtidErrant: 'aa:1' });
    expect(errant.entryOf(22293)).toMatchObject({
      minGtidMode: 'OFF',
      maxGtidMode: 'ON_PERMISSIVE',
      maxGtidErrant: 'bb:1',
    });
    expect(errant.downtimed(22294).entryOf(22293).maxGtidErrant).toBe('aa:1');
  });
  it('has neutral values without replicas', () => {
    const entry = aPrimaryWith(0).entryOf(22293, { reduceReplicationAnalysisCount: false });
    expect(entry).toMatchObject({ minGtidMode: '', maxGtidMode: '', maxGtidErrant: '', isAllOracleGtid: false });
  });
});

describe('A12: stale coordinates', () => {
  const isStale = (staleSeconds: number, limitSeconds = 0) =>
    world.staleFor(22293, staleSeconds).entryOf(22293, { reasonableLockedSemiSyncMasterSeconds: seconds(limitSeconds) })
      .hasStaleCoordinates;

  it('are older than the limit', () => {
    expect(isStale(30, 30)).toBe(false);
    expect(isStale(31, 30)).toBe(true);
  });
  it('take the reasonable lag, 10 s here, for a limit of 0', () => {
    expect(isStale(10)).toBe(false);
    expect(isStale(11)).toBe(true);
  });
  it('are those where the server still stands', () => {
    const moved = world.staleFor(22293, 60).with(22293, ({ selfCoordinates }) => ({
      selfCoordinates: { ...selfCoordinates, pos: selfCoordinates.pos + 1 },
    }));
    expect(moved.entryOf(22293).hasStaleCoordinates).toBe(false);
  });
});

describe('a receiver that fails to connect', () => {
  const withText = (lastIoError: string) =>
    failsToConnect(world.with(22294, receiverStopped, { lastIoError }).at(22294));

  it.each([
    ["error connecting to master 'r@h:1'", true],
    ["Error connecting to source 'r@h:1'", true],
    ["error reconnecting to master 'r@h:1'", true],
    ['ERROR 2003: while CONNECTING TO SOURCE', true],
    ['an error of two lines\nand connecting to source', true],
    ['error:connecting to source', false],
    ['errors connecting to source', false],
    ['connecting to source', false],
    ['connecting to source: error 1', false],
    ['#HY000 Lost connection to backend server.', true],
    ['Got fatal error 1236 from source when reading data from binary log', false],
    ['', false],
  ])('judges the stored text "%s" as %s', (text, expected) => {
    expect(withText(text)).toBe(expected);
  });

  it('has its receiver not running and its applier running', () => {
    const failing = world.with(22294, failingToConnect('source'));
    expect(failsToConnect(failing.at(22294))).toBe(true);
    expect(failsToConnect(failing.with(22294, applierStopped).at(22294))).toBe(false);
    expect(failsToConnect(failing.with(22294, { receiverRunning: true }).at(22294))).toBe(false);
  });

  it.each([0, 2003, 1045, 13114])(
    'is one by the text of a row, although a probe brought error %i',
    (lastErrorNumber) => {
      const evidence = { ...NO_EVIDENCE, lastErrorNumber };
      const live = (change: Change) => failsToConnect(world.with(22294, change, { evidence }).at(22294));
      expect(live(failingToConnect('source'))).toBe(true);
      expect(live(receiverStopped)).toBe(false);
    },
  );
});

describe('whose replicas they are', () => {
  it('goes by what the replicas claim, not by the list of the source', () => {
    const moved = world.with(22293, { replicas: [at(22294)] }).with(22296, { sourceKey: at(22294) });
    expect(moved.entryOf(22293).replicas).toEqual([at(22294), at(22295)]);
    expect(moved.entryOf(22294).replicas).toEqual([at(22296)]);
  });
  it('finds the source under the name it resolves to', () => {
    const renamed = world.withPicture({ resolve: (hostname) => (hostname === 'alias' ? 'testhost' : hostname) });
    const entry = renamed.with(22293, { key: { hostname: 'alias', port: 22293 } }).entryOf(22293);
    expect(entry.countReplicas).toBe(3);
  });
  it('a detached replica is nobody’s', () => {
    const detached = world.with(22294, { sourceKey: { hostname: '//testhost', port: 22293 } });
    expect(detached.entryOf(22293).countReplicas).toBe(2);
  });
});
