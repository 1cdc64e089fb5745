import { describe, expect, it } from 'vitest';
import { blankInstance, NO_SEMI_SYNC } from './blank-instance.ts';
import { unixMillis } from './brand.ts';
import type { Instance } from './instance.ts';
import {
  hasReasonableMaintenanceLag,
  isApplierCaughtUp,
  isDescendantOf,
  isDetached,
  isDowntimeActive,
  isGroupPrimary,
  isGroupSecondary,
  isLastCheckValid,
  isPrimary,
  isRecentlyChecked,
  isReplica,
  isReplicaRunning,
  isSiblingOf,
  isSourceDetached,
  isSourceOf,
  isUpToDate,
  secondsSinceLastCheck,
  secondsSinceLastSeen,
  threadsExist,
  threadsStopped,
} from './instance-status.ts';
import { hasListedProblem, instanceProblems } from './instance-status-problems.ts';
import {
  bracketedDescription,
  descriptionTokens,
  lagText,
  statusText,
  tabulatedDescription,
} from './instance-status-text.ts';
import {
  SAMPLE_NOW,
  SAMPLE_SETTINGS,
  sampleGroup,
  sampleKey,
  sampleReplica,
  sampleServer,
  sampleUuid,
} from './topology-samples.ts';

const later = (milliseconds: number) => unixMillis(SAMPLE_NOW + milliseconds);
const stopped: Partial<Instance> = { receiverState: 'stopped', applierState: 'stopped', secondsBehindSource: null };

describe('a replica', () => {
  it('is one whether its threads run or not', () => {
    expect(isReplica(sampleReplica(2, 1))).toBe(true);
    expect(isReplica(sampleReplica(2, 1, stopped))).toBe(true);
    expect(isReplica(sampleServer(1))).toBe(false);
  });

  it.each([
    ['the placeholder of a reset', sampleKey(3306, '_')],
    ['an empty host', sampleKey(3306, '')],
    ['port 0', sampleKey(0)],
  ])('is none with %s as its source', (_, sourceKey) => {
    expect(isReplica(sampleReplica(2, 1, { sourceKey }))).toBe(false);
  });

  it('without GTID needs a file it has read from', () => {
    const byFile = { usingOracleGtid: false };
    expect(isReplica(sampleReplica(2, 1, byFile))).toBe(false);
    const readCoordinates = { file: 'binlog.000001', pos: 4, type: 'binary' } as const;
    expect(isReplica(sampleReplica(2, 1, { ...byFile, readCoordinates }))).toBe(true);
    expect(isReplica(sampleReplica(2, 1, { ...byFile, usingMariadbGtid: true }))).toBe(true);
  });

  it('runs only with both threads, and a connecting receiver does not run', () => {
    expect(isReplicaRunning(sampleReplica(2, 1))).toBe(true);
    expect(isReplicaRunning(sampleReplica(2, 1, { applierState: 'stopped' }))).toBe(false);
    expect(isReplicaRunning(sampleReplica(2, 1, { receiverState: 'other' }))).toBe(false);
  });

  it('has threads or not, stopped or not', () => {
    expect(threadsExist(sampleReplica(2, 1, stopped))).toBe(true);
    expect(threadsExist(sampleReplica(2, 1, { receiverState: 'none' }))).toBe(false);
    expect(threadsStopped(sampleReplica(2, 1, stopped))).toBe(true);
    expect(threadsStopped(sampleReplica(2, 1, { applierState: 'stopped' }))).toBe(false);
  });

  it('has applied what it fetched when both coordinates agree', () => {
    const at = (pos: number) => ({ file: 'binlog.000001', pos, type: 'binary' }) as const;
    expect(isApplierCaughtUp(sampleReplica(2, 1, { readCoordinates: at(9), execCoordinates: at(9) }))).toBe(true);
    expect(isApplierCaughtUp(sampleReplica(2, 1, { readCoordinates: at(9), execCoordinates: at(8) }))).toBe(false);
  });

  it('is detached by coordinates or by the host of its source', () => {
    const execCoordinates = { file: '//binlog.000001:4', pos: 4, type: 'binary' } as const;
    expect(isDetached(sampleReplica(2, 1, { execCoordinates }))).toBe(true);
    expect(isDetached(sampleReplica(2, 1))).toBe(false);
    expect(isSourceDetached(sampleReplica(2, 1, { sourceKey: sampleKey(1, '//127.0.0.1') }))).toBe(true);
    expect(isSourceDetached(sampleReplica(2, 1))).toBe(false);
  });
});

describe('kinship', () => {
  it('siblings replicate from the same server, and nobody is its own', () => {
    expect(isSiblingOf(sampleReplica(2, 1), sampleReplica(3, 1))).toBe(true);
    expect(isSiblingOf(sampleReplica(2, 1), sampleReplica(2, 1))).toBe(false);
    expect(isSiblingOf(sampleReplica(2, 1), sampleReplica(3, 2))).toBe(false);
    expect(isSiblingOf(sampleServer(2), sampleServer(3))).toBe(false);
  });

  it('a source is the one its replica names', () => {
    expect(isSourceOf(sampleServer(1), sampleReplica(2, 1))).toBe(true);
    expect(isSourceOf(sampleReplica(2, 1), sampleServer(1))).toBe(false);
    expect(isSourceOf(sampleReplica(1, 1), sampleReplica(1, 1))).toBe(false);
  });

  it('descent is by whole UUIDs of the ancestry, anywhere in it', () => {
    const instance = sampleReplica(1003, 1002, { ancestryUuid: [1001, 1002, 1003].map(sampleUuid).join(',') });
    expect(isDescendantOf(instance, sampleServer(1001))).toBe(true);
    expect(isDescendantOf(instance, instance)).toBe(true);
    expect(isDescendantOf(instance, sampleServer(1004))).toBe(false);
    expect(isDescendantOf({ ...instance, ancestryUuid: '' }, blankInstance(sampleKey(1)))).toBe(false);
  });
});

describe('a primary', () => {
  it('is who replicates from nobody, in a group only who has that role', () => {
    expect(isPrimary(sampleServer(1))).toBe(true);
    expect(isPrimary(sampleReplica(2, 1))).toBe(false);
    expect(isPrimary(sampleServer(1, { group: sampleGroup(1, 1) }))).toBe(true);
    expect(isPrimary(sampleServer(2, { group: sampleGroup(1, 2) }))).toBe(false);
  });

  it('of a group is told by key; an expelled member that knows of none is a secondary', () => {
    const expelled = sampleServer(2, { group: { ...sampleGroup(1, 2), primaryKey: null } });
    expect(isGroupPrimary(sampleServer(1, { group: sampleGroup(1, 1) }))).toBe(true);
    expect(isGroupSecondary(sampleServer(2, { group: sampleGroup(1, 2) }))).toBe(true);
    expect(isGroupSecondary(expelled)).toBe(true);
    expect(isGroupSecondary(sampleServer(1))).toBe(false);
  });
});

describe('freshness', () => {
  it('a check is valid when the last one was good', () => {
    expect(isLastCheckValid(sampleServer(1))).toBe(true);
    expect(isLastCheckValid(sampleServer(1, { lastChecked: later(1) }))).toBe(false);
    expect(isLastCheckValid(sampleServer(1, { lastSeen: null }))).toBe(false);
    expect(isLastCheckValid(sampleServer(1, { lastChecked: null }))).toBe(true);
    expect(isLastCheckValid(sampleServer(1, { lastChecked: null, lastSeen: null }))).toBe(false);
  });

  it('is up to date for one poll and recent for five, in whole seconds', () => {
    expect(isUpToDate(sampleServer(1), later(5999), SAMPLE_SETTINGS)).toBe(true);
    expect(isUpToDate(sampleServer(1), later(6000), SAMPLE_SETTINGS)).toBe(false);
    expect(isRecentlyChecked(sampleServer(1), later(25_999), SAMPLE_SETTINGS)).toBe(true);
    expect(isRecentlyChecked(sampleServer(1), later(26_000), SAMPLE_SETTINGS)).toBe(false);
    expect(isRecentlyChecked(blankInstance(sampleKey(1)), SAMPLE_NOW, SAMPLE_SETTINGS)).toBe(false);
  });

  it('counts seconds, none for what never was, never below 0', () => {
    expect(secondsSinceLastSeen(sampleServer(1), later(3500))).toBe(3);
    expect(secondsSinceLastCheck(sampleServer(1), later(-3500))).toBe(0);
    expect(secondsSinceLastSeen(blankInstance(sampleKey(1)), SAMPLE_NOW)).toBeNull();
  });

  it('downtime ends strictly at its end', () => {
    const downtime = { key: sampleKey(1), owner: 'o', reason: 'r', begin: SAMPLE_NOW, end: later(1000) };
    expect(isDowntimeActive(downtime, later(999))).toBe(true);
    expect(isDowntimeActive(downtime, later(1000))).toBe(false);
    expect(isDowntimeActive(undefined, SAMPLE_NOW)).toBe(false);
  });
});

describe('lag for maintenance', () => {
  const reasonable = (changes: Partial<Instance>) =>
    hasReasonableMaintenanceLag(sampleReplica(2, 1, changes), SAMPLE_SETTINGS);

  it('is reasonable up to the limit, unknown lag counting as none', () => {
    expect(reasonable({ secondsBehindSource: 20 })).toBe(true);
    expect(reasonable({ secondsBehindSource: 21 })).toBe(false);
    expect(reasonable({ secondsBehindSource: null })).toBe(true);
  });

  it('of a delayed replica is the distance from its delay, either way', () => {
    expect(reasonable({ sqlDelaySeconds: 3600, secondsBehindSource: 3620 })).toBe(true);
    expect(reasonable({ sqlDelaySeconds: 3600, secondsBehindSource: 3579 })).toBe(false);
    expect(reasonable({ sqlDelaySeconds: 3600, secondsBehindSource: null })).toBe(false);
  });
});

describe('the description of an instance', () => {
  const tokens = (instance: Instance) => descriptionTokens(instance, SAMPLE_NOW, SAMPLE_SETTINGS, null);
  const bare = { ...blankInstance(sampleKey(1)), version: '5.7.8-log' };
  const logging = {
    ...bare,
    logBinEnabled: true,
    binlogFormat: 'ROW',
    logReplicaUpdatesEnabled: true,
    usingPseudoGtid: true,
  };

  it('of a server never checked (spec/topology-operations.md 5.4)', () => {
    expect(bracketedDescription(tokens(bare))).toBe('[unknown,invalid,5.7.8-log,rw,nobinlog]');
    expect(bracketedDescription(tokens(logging))).toBe('[unknown,invalid,5.7.8-log,rw,ROW,>>,P-GTID]');
    expect(tabulatedDescription(tokens(bare))).toBe('unknown|invalid|5.7.8-log|rw|nobinlog|');
    expect(tabulatedDescription(tokens(logging))).toBe('unknown|invalid|5.7.8-log|rw|ROW|>>,P-GTID');
  });

  it('names extras in the contract’s order', () => {
    const semiSync = { ...NO_SEMI_SYNC, sourceStatus: true, replicaStatus: true };
    const all = sampleReplica(2, 1, { gtidErrant: 'x:1', usingPseudoGtid: true, semiSync });
    const downtime = { key: all.key, owner: 'o', reason: 'r', begin: SAMPLE_NOW, end: later(1) };
    const [, , , , , extras] = descriptionTokens(all, SAMPLE_NOW, SAMPLE_SETTINGS, downtime);
    expect(extras).toBe('>>,GTID:errant,P-GTID,semi:master,semi:replica,downtimed');
  });

  it.each<[string, Instance, number, string, string]>([
    ['a primary', sampleServer(1), 0, '0s', 'ok'],
    ['a server long not checked', sampleServer(1), 30_000, 'unknown', 'unchecked'],
    ['a replica whose checks fail', sampleReplica(2, 1, { lastSeen: null }), 0, 'unknown', 'invalid'],
    ['a stopped replica', sampleReplica(2, 1, stopped), 0, 'null', 'nonreplicating'],
    ['a replica that does not know its lag', sampleReplica(2, 1, { secondsBehindSource: null }), 0, 'null', 'ok'],
    // Status goes by the server's own lag, the first token by the queried one.
    ['a lagging replica', sampleReplica(2, 1, { secondsBehindSource: 21, replicationLagSeconds: 7 }), 0, '7s', 'lag'],
    [
      'a detached replica',
      sampleReplica(2, 1, { execCoordinates: { file: '//b.1:4', pos: 4, type: 'binary' }, lastSeen: null }),
      0,
      'detached',
      'invalid',
    ],
  ])('%s', (_, instance, ageMillis, lag, status) => {
    expect(lagText(instance, later(ageMillis), SAMPLE_SETTINGS)).toBe(lag);
    expect(statusText(instance, later(ageMillis), SAMPLE_SETTINGS)).toBe(status);
  });
});

describe('problems', () => {
  const problems = (instance: Instance, ageMillis = 0) => instanceProblems(instance, later(ageMillis), SAMPLE_SETTINGS);
  const listed = (instance: Instance) => hasListedProblem(instance, SAMPLE_NOW, SAMPLE_SETTINGS);

  it('of a healthy server are none', () => {
    expect(problems(sampleServer(1))).toEqual([]);
    expect(problems(sampleReplica(2, 1))).toEqual([]);
    expect(listed(sampleServer(1))).toBe(false);
    expect(listed(sampleReplica(2, 1))).toBe(false);
  });

  it('name the first of four that exclude each other', () => {
    const lagging = { replicationLagSeconds: 11 };
    expect(problems(sampleReplica(2, 1, lagging))).toEqual(['replication_lag']);
    expect(problems(sampleReplica(2, 1, { ...lagging, ...stopped }))).toEqual(['not_replicating']);
    expect(problems(sampleReplica(2, 1, { ...lagging, ...stopped }), 30_000)).toEqual(['not_recently_checked']);
    expect(problems(sampleReplica(2, 1, { ...lagging, lastSeen: null }), 30_000)).toEqual(['last_check_invalid']);
  });

  it('add errant transactions and group members that are not online', () => {
    const group = { ...sampleGroup(1, 2), memberState: 'RECOVERING' };
    const instance = sampleServer(2, { gtidErrant: 'x:1', group, lastSeen: null });
    expect(problems(instance)).toEqual(['last_check_invalid', 'errant_gtid', 'group_replication_member_not_online']);
  });

  it('measure lag against the configured delay', () => {
    expect(problems(sampleReplica(2, 1, { sqlDelaySeconds: 60, replicationLagSeconds: 65 }))).toEqual([]);
    expect(problems(sampleReplica(2, 1, { sqlDelaySeconds: 60, replicationLagSeconds: 0 }))).toEqual([
      'replication_lag',
    ]);
  });

  it('are listed also for the server’s own lag and for a single thread that does not run', () => {
    expect(listed(sampleReplica(2, 1, { secondsBehindSource: 11 }))).toBe(true);
    expect(listed(sampleReplica(2, 1, { receiverState: 'other', applierState: 'none' }))).toBe(true);
  });
});
