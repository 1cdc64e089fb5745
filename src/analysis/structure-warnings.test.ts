/** A18: warnings before anything fails, each where it holds and where it just does not. */
import { describe, expect, it } from 'vitest';
import {
  aPrimaryWith,
  type Change,
  down,
  groupMember,
  readOnly,
  receiverStopped,
  semiSyncSource,
  specFixture,
  type World,
} from './testing.ts';

const world = aPrimaryWith(2);
const noLog: Change = { logReplicaUpdatesEnabled: false };
const noGtid: Change = { usingOracleGtid: false };
const format = (binlogFormat: string): Change => ({ binlogFormat });
const semiSync = (status: boolean, wants: number, clients: number) => semiSyncSource({ status, wants, clients });

const warningsOf = (situation: World, port = 22293) => situation.entryOf(port).structureWarnings;

describe('structure warnings (spec section 9)', () => {
  it.each<[string, World, string[]]>([
    ['none for a healthy primary', world, []],
    ['1: several replicas, none logs', world.withAll(noLog), ['NoLoggingReplicasStructureWarning']],
    ['1 misses with one that logs', world.with(22294, noLog), []],
    ['1 misses with a single replica', aPrimaryWith(1).withAll(noLog), []],
    ['2: no way to repoint', world.withAll(noGtid), ['NoFailoverSupportStructureWarning']],
    ['2: one replica without GTID is enough', world.with(22294, noGtid), ['NoFailoverSupportStructureWarning']],
    ['2 misses with MariaDB GTID', world.withAll(noGtid, { usingMariadbGtid: true }), []],
    ['2 misses with binlog servers', world.withAll(noGtid).withEach([22294, 22295], { isBinlogServer: true }), []],
    ['2 misses with pseudo-GTID on the primary', world.withAll(noGtid).with(22293, { usingPseudoGtid: true }), []],
    ['2 misses with a single replica', aPrimaryWith(1).withAll(noGtid), []],
    [
      '3: STATEMENT and MIXED',
      world.with(22294, format('STATEMENT')).with(22295, format('MIXED')),
      ['StatementAndMixedLoggingReplicasStructureWarning'],
    ],
    [
      '4: STATEMENT and ROW',
      world.with(22294, format('STATEMENT')),
      ['StatementAndRowLoggingReplicasStructureWarning'],
    ],
    ['4 misses where one does not log', world.with(22294, format('STATEMENT'), noLog), []],
    ['5: MIXED and ROW', world.with(22294, format('MIXED')), ['MixedAndRowLoggingReplicasStructureWarning']],
    [
      '6: two major versions',
      world.with(22294, { version: '9.0.1' }),
      ['MultipleMajorVersionsLoggingReplicasStructureWarning'],
    ],
    ['6 misses with two patch releases', world.with(22294, { version: '8.4.9' }), []],
    ['6 misses where the other one does not log', world.with(22294, { version: '9.0.1' }, noLog), []],
    [
      '7: a replica in another GTID mode',
      world.with(22294, { gtidMode: 'OFF' }),
      ['DifferentGTIDModesStructureWarning'],
    ],
    ['7: the primary in another one', world.with(22293, { gtidMode: 'OFF' }), ['DifferentGTIDModesStructureWarning']],
    ['8: an errant replica', world.with(22294, { gtidErrant: 'aa:1' }), ['ErrantGTIDStructureWarning']],
    ['8 misses when that one is downtimed', world.with(22294, { gtidErrant: 'aa:1' }).downtimed(22294), []],
    ['9: a read-only primary', world.with(22293, readOnly), ['NoWriteableMasterStructureWarning']],
    [
      '10: fallen back to asynchronous',
      world.with(22293, semiSync(false, 2, 1)),
      ['NotEnoughValidSemiSyncReplicasStructureWarning'],
    ],
    ['10 misses while semi-sync is active', world.with(22293, semiSync(true, 2, 1)), []],
    ['10 misses with enough clients', world.with(22293, semiSync(false, 2, 2)), []],
    ['10 misses when none is wanted', world.with(22293, semiSync(false, 0, 0)), []],
  ])('%s', (_situation, situation, expected) => {
    expect(warningsOf(situation)).toEqual(expected);
  });

  it('come in the contract’s order', () => {
    const everything = world
      .withAll(noGtid)
      .with(22294, noLog, { gtidErrant: 'aa:1', gtidMode: 'OFF' })
      .with(22295, noLog)
      .with(22293, readOnly, semiSync(false, 1, 0));
    expect(warningsOf(everything)).toEqual([
      'NoLoggingReplicasStructureWarning',
      'NoFailoverSupportStructureWarning',
      'DifferentGTIDModesStructureWarning',
      'ErrantGTIDStructureWarning',
      'NoWriteableMasterStructureWarning',
      'NotEnoughValidSemiSyncReplicasStructureWarning',
    ]);
  });

  it('3, 4 and 5 hold together for three formats', () => {
    const three = aPrimaryWith(3).with(22294, format('STATEMENT')).with(22295, format('MIXED'));
    expect(warningsOf(three)).toEqual([
      'StatementAndMixedLoggingReplicasStructureWarning',
      'StatementAndRowLoggingReplicasStructureWarning',
      'MixedAndRowLoggingReplicasStructureWarning',
    ]);
  });

  it('7 and 8 apply to an intermediate primary, the others do not', () => {
    const below = specFixture()
      .with(22294, readOnly, semiSync(false, 1, 0))
      .with(22295, { gtidErrant: 'aa:1', gtidMode: 'ON' });
    expect(warningsOf(below, 22294)).toEqual(['DifferentGTIDModesStructureWarning', 'ErrantGTIDStructureWarning']);
  });

  it('do not ask whether anybody is reachable, and stand beside the code', () => {
    const dead = world.with(22293, readOnly, down).withEach([22294, 22295], receiverStopped);
    expect(dead.entryOf(22293)).toMatchObject({
      code: 'DeadMaster',
      structureWarnings: ['NoWriteableMasterStructureWarning'],
    });
  });

  it('are given for group members too', () => {
    expect(warningsOf(world.with(22293, groupMember('PRIMARY'), readOnly))).toEqual([
      'NoWriteableMasterStructureWarning',
    ]);
  });
});
