/** One order at a time in a cluster, also while its primary, and with it its name, is replaced. */
import { describe, expect, it } from 'vitest';
import { clusterName, millis } from '../model/brand.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { at, PRIMARY_PORT } from '../planning/testing.ts';
import { deadPrimary } from './hook-testing.ts';
import { AUTOMATED, isPassing, Recoveries } from './recoveries.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const [BEFORE, AFTER] = [clusterName('old:3306'), clusterName('new:3306')];

/** Gives what an order in the cluster with the new name gets while `begin` has happened in the cluster with the old one. */
async function meanwhile(begin: (recoveries: Recoveries) => Promise<void> | void) {
  const recoveries = new Recoveries(new RecoveryWorld([]).ports);
  const order = (urgent: boolean) => recoveries.clusters.alone(AFTER, 'an order', async () => 'done', { urgent });
  const during = await recoveries.clusters.alone(BEFORE, 'finishing', async () => {
    await begin(recoveries);
    return [await order(false), await order(true)];
  });
  return { during, after: await order(false) };
}

it('whoever finishes a cut recovery holds the cluster under its new name too, but for the death of the new primary', async () => {
  const moved = await meanwhile(({ ports }) => ports.moveAlias(BEFORE, AFTER, ''));
  expect(moved).toEqual({ during: [null, 'done'], after: 'done' });
});

it('also where the name had been moved before the cut', async () => {
  const held = await meanwhile((recoveries) => recoveries.clusters.holdAlso(BEFORE, AFTER));
  expect(held).toEqual({ during: [null, 'done'], after: 'done' });
});

it('A6: a death in the moments after receivers were restarted is registered, and not acted on', async () => {
  const world = new RecoveryWorld([]);
  const registered: boolean[] = [];
  const store = {
    ...world.ports.store,
    registerDetection: async (_: unknown, isActionable: boolean) => {
      registered.push(isActionable);
      return false;
    },
  };
  const recoveries = new Recoveries({ ...world.ports, store });
  const result = await recoveries.handle(deadPrimary(), { ...AUTOMATED, isInGrace: true });
  expect(result).toEqual({ kind: 'not-attempted', reason: 'receivers of its replicas were restarted a moment ago' });
  expect(registered).toEqual([false]);
});

it('B12: a person who asks for a recovery waits for short work in the cluster, and not for ever', async () => {
  for (const [lasts, reason] of [
    [1_000, 'no recovery for UnreachableMaster'],
    [60_000, 'busy with bringing along'],
  ] as const) {
    const world = new RecoveryWorld([]);
    const store = { ...world.ports.store, registerDetection: async () => false };
    const recoveries = new Recoveries({ ...world.ports, store });
    const entry = { ...deadPrimary(), code: 'UnreachableMaster' as const };
    const { clock } = world.ports;
    const ends = clock.monotonic() + lasts;
    // The clock of this world goes while somebody sleeps: the one who waits.
    const work = async () => {
      while (clock.monotonic() < ends) await Promise.resolve();
    };
    const working = recoveries.clusters.alone(entry.cluster.clusterName, 'bringing along', work, { isShort: true });
    expect(await recoveries.handle(entry, { ...AUTOMATED, forced: true })).toEqual({ kind: 'not-attempted', reason });
    expect(clock.monotonic() - ends + lasts).toBeLessThanOrEqual(10_020);
    await clock.sleep(millis(60_000));
    await working;
  }
});

it('B6: nobody waits for a recovery that is under way: afterwards everything is different', async () => {
  const world = new RecoveryWorld([]);
  const recoveries = new Recoveries(world.ports);
  const ends = Promise.withResolvers<void>();
  const working = recoveries.clusters.alone(deadPrimary().cluster.clusterName, 'recovery of it', () => ends.promise);
  const before = world.ports.clock.monotonic();
  const result = await recoveries.handle(deadPrimary(), { ...AUTOMATED, forced: true });
  expect(result).toEqual({ kind: 'not-attempted', reason: 'busy with recovery of it' });
  expect(world.ports.clock.monotonic()).toBe(before);
  ends.resolve();
  await working;
});

describe('a repair', () => {
  /** An intermediate primary that is dead, with somebody above it; everybody may be registered. */
  function aDeadIntermediate() {
    const [top, dead, orphan] = [PRIMARY_PORT, PRIMARY_PORT + 1, PRIMARY_PORT + 2];
    const servers = [sampleServer(top), sampleReplica(dead, top, { lastSeen: null }), sampleReplica(orphan, dead)];
    const world = new RecoveryWorld(servers, { silent: [dead] });
    const store: RecoveryPorts['store'] = {
      ...world.ports.store,
      registerDetection: async () => false,
      registerRecovery: async () => ({ kind: 'registered', record: aRecord() }),
      activeRecoveries: async () => [],
      unfinishedRecoveries: async () => [],
    };
    const entry = { ...deadPrimary(), key: at(dead), code: 'DeadIntermediateMaster' as const, replicas: [at(orphan)] };
    return { world, entry, store };
  }

  const FORCED = { forced: true, designated: null, skipHooks: true };

  it('B6: one at a time in a cluster; what is moved meanwhile is no incident', async () => {
    const ends = Promise.withResolvers<void>();
    const { world, entry, store } = aDeadIntermediate();
    const operate: RecoveryPorts['operate'] = async () => {
      await ends.promise;
      return { done: [], problems: [], promoted: null, method: '' };
    };
    const recoveries = new Recoveries({ ...world.ports, store, operate });
    const first = recoveries.handle(entry, FORCED);
    await new Promise((resolve) => setImmediate(resolve));
    const second = await recoveries.handle(entry, FORCED);
    expect(second).toEqual({ kind: 'not-attempted', reason: 'its cluster is being repaired' });
    expect(second.kind === 'not-attempted' && isPassing(second)).toBe(true);
    // The death of a primary does not wait for it.
    expect(recoveries.clusters.isBusy(entry.cluster.clusterName)).toBe(false);
    ends.resolve();
    expect((await first).kind).toBe('attempted');
  });

  it('12.2 #12: is not begun beside a recovery that another process has not finished', async () => {
    const { world, entry, store } = aDeadIntermediate();
    const unfinished = aRecord({ digest: { ...aRecord().digest, clusterName: entry.cluster.clusterName } });
    const ports = { ...world.ports, store: { ...store, unfinishedRecoveries: async () => [unfinished] } };
    const result = await new Recoveries(ports).handle(entry, FORCED);
    expect(result).toEqual({ kind: 'not-attempted', reason: 'recovery 1:aa of its cluster is not finished' });
  });

  it('is not begun where a setting switches it off, and then nothing is recorded', async () => {
    const { world, entry, store } = aDeadIntermediate();
    const recoveries = new Recoveries({ ...world.ports, store });
    const result = await recoveries.handle({ ...entry, code: 'LockedSemiSyncMaster' }, FORCED);
    expect(result).toEqual({
      kind: 'not-attempted',
      reason: 'neither EnforceExactSemiSyncReplicas nor RecoverLockedSemiSyncMaster is set',
    });
    expect(world.resolved).toEqual([]);
  });

  it('A5: is called off when the primary of its cluster is replaced, and is left to be begun anew', async () => {
    const begun = Promise.withResolvers<void>();
    const { world, entry, store } = aDeadIntermediate();
    const operate: RecoveryPorts['operate'] = async () => {
      begun.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      return { done: [], problems: [{ server: null, text: 'called off' }], promoted: null, method: '' };
    };
    const never = (): Promise<void> => new Promise(() => {});
    const recoveries = new Recoveries({
      ...world.ports,
      store,
      operate,
      clock: { ...world.ports.clock, sleep: never },
    });
    const repairing = recoveries.handle(entry, FORCED);
    await begun.promise;
    const replaced = await recoveries.clusters.alone(entry.cluster.clusterName, 'a recovery', async () => 'done', {
      callsOffOperations: true,
    });
    expect(replaced).toBe('done');
    const result = await repairing;
    expect(result.kind === 'attempted' && result.run.isUnfinished).toBe(true);
    expect(world.resolved).toEqual([]);
  });
});

it('B7: a dead primary for which it is not the turn yet waits, and is asked for once; what people order does not wait', async () => {
  const { ports } = new RecoveryWorld([]);
  const [ends, asked] = [Promise.withResolvers<void>(), [] as string[]];
  const store: RecoveryPorts['store'] = {
    ...ports.store,
    registerDetection: async () => false,
    recoveriesDisabled: async () => {
      await ends.promise;
      return true;
    },
  };
  const log = { ...ports.log, info: (line: string) => void asked.push(line) };
  // Whoever sleeps would let time go at once, as a process does that has nothing to do.
  const clock = { ...ports.clock, sleep: () => ends.promise };
  const recoveries = new Recoveries({ ...ports, store, log, clock });
  const entries = Array.from({ length: 9 }, (_, index) => {
    const key = at(PRIMARY_PORT + 100 * index);
    return { ...deadPrimary(), key, cluster: { ...deadPrimary().cluster, clusterName: clusterName(`c${index}`) } };
  });
  const handled = entries.map((entry) => recoveries.handle(entry));
  await new Promise((resolve) => setImmediate(resolve));
  const last = entries.at(-1) ?? deadPrimary();
  expect(asked).toEqual([`recovery of ${instanceKeyText(last.key)}: waits until others have ended`]);
  expect(recoveries.looksAfter(last.cluster.clusterName)).toBe('witnesses');
  const again = await recoveries.handle(last);
  expect(again.kind === 'not-attempted' && isPassing(again)).toBe(true);
  const forced = recoveries.handle({ ...last, code: 'LockedSemiSyncMaster' }, { ...AUTOMATED, forced: true });
  expect(await forced).toMatchObject({ reason: expect.stringContaining('EnforceExactSemiSyncReplicas') });
  ends.resolve();
  const reason = 'recoveries are disabled globally';
  expect(await Promise.all(handled)).toEqual(entries.map(() => ({ kind: 'not-attempted', reason })));
  expect(recoveries.looksAfter(last.cluster.clusterName)).toBe('nobody');
});
