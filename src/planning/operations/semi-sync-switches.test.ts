/** Semi-sync switched by a person (O62, O63). */
import { describe, expect, it } from 'vitest';
import { NO_SEMI_SYNC } from '../../model/blank-instance.ts';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { atPosition, TEST_POLICY } from '../testing.ts';
import { planSemiSyncReplica, planSemiSyncSource } from './semi-sync-switches.ts';
import {
  aReplicaWith,
  at,
  aWorld,
  bothStopped,
  PRIMARY,
  planOf,
  REPLICA,
  refusalOf,
  seenBy,
  sentBy,
  stepsOf,
  undoneBy,
} from './testing.ts';

const on = {
  ...NO_SEMI_SYNC,
  sourceEnabled: true,
  replicaEnabled: true,
  sourceWaitForReplicaCount: 1,
  sourceClients: 1,
};

describe('semi-sync of a source', () => {
  const source = (enabled: boolean, changes: Partial<Instance> = {}) =>
    planSemiSyncSource(
      { kind: 'set-semi-sync-source', key: at(PRIMARY), enabled },
      aWorld([sampleServer(PRIMARY, changes)]),
    );

  it('O62: it is switched, seen, and undone to what it was', () => {
    const result = source(true);
    expect(sentBy(result)).toEqual(['wait for acknowledgements']);
    expect(seenBy(result)).toEqual(['semi-sync-source']);
    expect(undoneBy(result)).toEqual(['wait for no acknowledgements']);
  });

  it('O62: as wanted already: nothing is sent', () => {
    expect(stepsOf(source(true, { semiSync: on }))).toEqual([]);
    expect(planOf(source(true, { semiSync: on })).because).toBe(
      'semi-sync of 127.0.0.1:3301 as a source is on already',
    );
  });

  it('O62, G4: what sessions hear whose commit waits is said before', () => {
    expect(planOf(source(false, { semiSync: on })).warnings[0]).toContain('hear "committed"');
  });
});

describe('semi-sync of a replica', () => {
  const replica = (enabled: boolean, changes: Partial<Instance> = {}, world: Parameters<typeof aReplicaWith>[1] = {}) =>
    planSemiSyncReplica({ kind: 'set-semi-sync-replica', key: at(REPLICA), enabled }, aReplicaWith(changes, world));

  it('O63: a receiver that runs is started anew; one that stands is left standing', () => {
    expect(stepsOf(replica(true))[0]?.commands).toEqual([
      { kind: 'set-semi-sync-replica', enabled: true, restartReceiver: true },
    ]);
    expect(stepsOf(replica(true, bothStopped))[0]?.commands).toEqual([
      { kind: 'set-semi-sync-replica', enabled: true, restartReceiver: false },
    ]);
  });

  it('O63: as wanted already: nothing is sent', () => {
    expect(stepsOf(replica(true, { semiSync: on }))).toEqual([]);
    expect(stepsOf(replica(false))).toEqual([]);
  });

  it('O63, D4: MariaDB by GTID: a receiver is not started anew beside a standing applier where its relay log would be lost', () => {
    const broken = { ...atPosition('0-1-10', '0-1-4'), applierState: 'stopped', applierRunning: false } as const;
    expect(refusalOf(replica(true, broken, { silent: [PRIMARY] }))).toContain('relay-log-lost');
    expect(refusalOf(replica(true, broken))).toBe('');
  });

  it('O63, D4: MariaDB by GTID: that its applier has stopped meanwhile is looked at before the receiver starts anew', () => {
    const bySource = { kind: 'executed-by', server: at(PRIMARY) };
    const result = replica(true, atPosition('0-1-10', '0-1-4'));
    expect(stepsOf(result)[0]?.commands).toMatchObject([
      { kind: 'when-safe', besideApplier: true, relayLog: bySource },
    ]);
    expect(stepsOf(result)[0]?.undo).toMatchObject([{ kind: 'when-safe', besideApplier: true }]);
  });

  it('O63, E3: that a server which must not be promoted may hold the only copy is said before', () => {
    const rules = { promotion: { ...TEST_POLICY, promotionRule: () => 'must_not' as const } };
    expect(planOf(replica(true, {}, { rules })).warnings[0]).toContain('only copy');
  });

  it('O63: that its source would wait for nobody is said before', () => {
    const world = aWorld([sampleServer(PRIMARY, { semiSync: on }), sampleReplica(REPLICA, PRIMARY, { semiSync: on })]);
    const result = planSemiSyncReplica({ kind: 'set-semi-sync-replica', key: at(REPLICA), enabled: false }, world);
    expect(planOf(result).warnings[0]).toContain('127.0.0.1:3301 will wait');
  });
});
