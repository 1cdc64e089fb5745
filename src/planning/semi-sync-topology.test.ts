/** Who acknowledges and who should (spec/topology-operations.md 5.6). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_SEMI_SYNC } from '../model/blank-instance.ts';
import type { Instance, SemiSync } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { type SemiSyncMode, semiSyncActions, semiSyncReplicas } from './semi-sync-topology.ts';
import { rules } from './testing.ts';

const SOURCE = 3301;
const neutral = rules({});
const has = (priority: number, enabled = false): SemiSync => ({ ...NO_SEMI_SYNC, priority, replicaEnabled: enabled });
const replica = (port: number, semiSync: SemiSync, changes: Partial<Instance> = {}): Instance =>
  sampleReplica(port, SOURCE, { semiSync, ...changes });
const source = (sourceWaitForReplicaCount: number, sourceClients = 0): Instance =>
  sampleServer(SOURCE, { semiSync: { ...NO_SEMI_SYNC, sourceWaitForReplicaCount, sourceClients } });
const portsOf = (instances: readonly Instance[]) => instances.map(({ key }) => key.port);

/** `+1`: switch the first on; `-3`: switch the third off. */
function actions(from: Instance, mode: SemiSyncMode, replicas: readonly Instance[], ruleOf = neutral): string[] {
  const found = semiSyncActions(from, semiSyncReplicas(replicas, ruleOf), mode, ruleOf);
  return found.map((action) => `${action.enabled ? '+' : '-'}${action.replica.key.port}`);
}

describe('semi-sync replicas', () => {
  it('equal priorities and rules are ordered by name', () => {
    expect(portsOf(semiSyncReplicas([replica(2, has(1)), replica(1, has(1))], neutral).possible)).toEqual([1, 2]);
  });

  it('the higher priority comes first, whatever the promotion rules', () => {
    const three = [replica(1, has(1)), replica(2, has(3)), replica(3, has(2))];
    const ruled = rules({ 1: 'prefer', 2: 'must_not', 3: 'neutral' });
    expect(portsOf(semiSyncReplicas(three, neutral).possible)).toEqual([2, 3, 1]);
    expect(portsOf(semiSyncReplicas(three, ruled).possible)).toEqual([2, 3, 1]);
  });

  it('the better promotion rule breaks a tie', () => {
    const two = [replica(1, has(1)), replica(2, has(1))];
    expect(portsOf(semiSyncReplicas(two, rules({ 2: 'prefer' })).possible)).toEqual([2, 1]);
  });

  it('who stands still or was not seen well is left out, in the order given; without a priority it never acknowledges', () => {
    const stopped = { receiverState: 'stopped', applierState: 'stopped' } as const;
    const unseen = replica(4, has(1), { lastSeen: null });
    const all = [replica(3, has(1), stopped), replica(1, has(1)), unseen, replica(2, has(0))];
    const found = semiSyncReplicas(all, neutral);
    expect([portsOf(found.possible), portsOf(found.excluded), portsOf(found.asynchronous)]).toEqual([[1], [3, 4], [2]]);
    expect(portsOf(semiSyncReplicas(all, neutral, sampleKey(3)).possible)).toEqual([1, 3]);
  });
});

describe('semi-sync actions', () => {
  it('exactly two of four: the second on, the third off, the asynchronous one off', () => {
    const five = [1, 2, 3, 4].map((port) => replica(port, has(5 - port, port % 2 === 1)));
    expect(actions(source(2), 'exact', [...five, replica(5, has(0, true))])).toEqual(['+2', '-3', '-5']);
  });

  it('exactly one, which is on: nothing', () => {
    const three = [1, 2, 3].map((port) => replica(port, has(4 - port, port === 1)));
    expect(actions(source(1), 'exact', three)).toEqual([]);
  });

  it('enough: nobody is switched off, although three acknowledge where one is waited for', () => {
    const three = [1, 2, 3].map((port) => replica(port, has(1, true)));
    expect(actions(source(1, 3), 'enough', three)).toEqual([]);
  });

  it('enough: one more where one is lacking', () => {
    const three = [1, 2, 3].map((port) => replica(port, has(4 - port, port === 2)));
    expect(actions(source(2, 1), 'enough', three)).toEqual(['+1']);
  });

  it('E3: who must not be promoted is never switched on, and off where there are to be exactly so many', () => {
    const two = [replica(1, has(2, true)), replica(2, has(1))];
    const ruled = rules({ 1: 'must_not' });
    expect(actions(source(1), 'exact', two, ruled)).toEqual(['+2', '-1']);
    expect(actions(source(1), 'enough', two, ruled)).toEqual(['+2']);
  });

  it('enough never switches on more than are lacking, nor anybody who is on', () => {
    const anyReplica = fc.record({ priority: fc.nat(3), enabled: fc.boolean() });
    const world = fc.tuple(fc.array(anyReplica, { maxLength: 8 }), fc.nat(4), fc.nat(8));
    fc.assert(
      fc.property(world, ([all, waits, clients]) => {
        const replicas = all.map(({ priority, enabled }, i) => replica(i + 1, has(priority, enabled)));
        const found = actions(source(waits, clients), 'enough', replicas);
        expect(found.length).toBeLessThanOrEqual(Math.max(0, waits - clients));
        expect(found.every((text) => text.startsWith('+') && !all[Number(text.slice(1)) - 1]?.enabled)).toBe(true);
      }),
    );
  });

  it('exact leaves as many on as the source waits for, and switches nobody off whom it lacks', () => {
    const anyReplica = fc.record({ priority: fc.nat(3), enabled: fc.boolean() });
    fc.assert(
      fc.property(fc.array(anyReplica, { maxLength: 8 }), fc.nat(4), (all, waits) => {
        const replicas = all.map(({ priority, enabled }, i) => replica(i + 1, has(priority, enabled)));
        const enabled = new Set(replicas.filter(({ semiSync }) => semiSync.replicaEnabled).map(({ key }) => key.port));
        for (const text of actions(source(waits), 'exact', replicas)) {
          if (text.startsWith('+')) enabled.add(Number(text.slice(1)));
          else enabled.delete(Number(text.slice(1)));
        }
        const wanted = Math.min(waits, all.filter(({ priority }) => priority > 0).length);
        const others = all.filter((one) => one.priority === 0 && one.enabled).length;
        expect(enabled.size).toBe(wanted + Math.min(waits - wanted, others));
      }),
    );
  });
});
