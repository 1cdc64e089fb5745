/** Writing down the topology, by order and by the clock, and finding a cluster in what was written. */
import { describe, expect, it } from 'vitest';
import { blankInstance } from '../model/blank-instance.ts';
import { clusterName, unixMillis } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { Topology } from '../model/topology.ts';
import { key, newBackend, noon } from '../store/temporary-backend.ts';
import { type NamingCalls, ok, refused } from './calls.ts';
import { historyCalls } from './history-calls.ts';
import { systemClock } from './system-clock.ts';
import { takeSnapshotWhenDue } from './topology-snapshots.ts';

const HOUR = 3600;

/** A topology of servers and their sources, a backend, and a clock that is set by hand: seconds after noon. */
async function aHistory({ hours = 0, leads = true } = {}) {
  const { backend } = await newBackend();
  const world = { seconds: 0, leads, known: new Map<string, string>() };
  const topology = new Topology();
  const put = (server: InstanceKey, sourceKey: InstanceKey | null) =>
    topology.put({ ...blankInstance(server), sourceKey, receiverRunning: true, applierRunning: true });
  const clusterByHint: NamingCalls['clusterByHint'] = (hint) => {
    const name = world.known.get(hint);
    return name === undefined ? refused('unknown-cluster', 'unknown') : ok(clusterName(name));
  };
  const parts = {
    topology,
    store: backend,
    leadership: { isLeader: () => world.leads, renew: async () => {}, grab: async () => {} },
    settings: () => ({ SnapshotTopologiesIntervalHours: hours }),
    clock: { ...systemClock, now: () => noon(world.seconds) },
    naming: { clusterByHint },
    changelog: backend,
  };
  put(key('a'), null);
  put(key('b'), key('a'));
  return { world, topology, put, backend, parts, calls: historyCalls(parts) };
}

const secondOf = (afterSeconds: number) => unixMillis(Math.floor(noon(afterSeconds) / 1000) * 1000);

describe('a snapshot by order', () => {
  it('holds the topology as it is known now', async () => {
    const { calls } = await aHistory();
    expect(await calls.snapshotTopologies()).toEqual(ok(2));
    expect(await calls.topologyAt('a:3306', noon(), 'plain')).toEqual(
      ok({ clusterName: 'a:3306', takenAt: secondOf(0), text: 'a:3306\n- b:3306' }),
    );
  });

  it('is refused with the words of the backend when that cannot write', async () => {
    const { calls, backend } = await aHistory();
    await backend.close();
    expect(await calls.snapshotTopologies()).toMatchObject({ kind: 'refused', refusal: { code: 'backend' } });
  });
});

describe('snapshots by the clock', () => {
  it('are taken when the newest is old enough, whoever took it', async () => {
    const { parts, world, calls, backend } = await aHistory({ hours: 2 });
    for (const seconds of [0, 60, HOUR]) {
      world.seconds = seconds;
      await takeSnapshotWhenDue(parts);
    }
    expect(await backend.snapshotTimes()).toEqual([secondOf(0)]);
    await calls.snapshotTopologies();
    for (const seconds of [2 * HOUR, 3 * HOUR]) {
      world.seconds = seconds;
      await takeSnapshotWhenDue(parts);
    }
    expect(await backend.snapshotTimes()).toEqual([0, HOUR, 3 * HOUR].map(secondOf));
  });

  it('are taken by the leader alone, and not at all without an interval', async () => {
    for (const { parts, backend } of [await aHistory({ hours: 1, leads: false }), await aHistory({ hours: 0 })]) {
      await takeSnapshotWhenDue(parts);
      expect(await backend.snapshotTimes()).toEqual([]);
    }
  });
});

describe('a cluster of the past', () => {
  it('is shown by the newest snapshot that is not later', async () => {
    const { calls, world, put } = await aHistory();
    await calls.snapshotTopologies();
    put(key('c'), key('b'));
    world.seconds = HOUR;
    await calls.snapshotTopologies();
    const text = async (seconds: number) => {
      const outcome = await calls.topologyAt('a:3306', noon(seconds), 'plain');
      return outcome.kind === 'ok' ? outcome.value.text : outcome.refusal.message;
    };
    expect(await text(HOUR - 1)).toBe('a:3306\n- b:3306');
    expect(await text(HOUR)).toBe('a:3306\n- b:3306\n  - c:3306');
  });

  it('is found under its present alias although a failover has renamed it since', async () => {
    const { calls, world, topology, put } = await aHistory();
    put(key('c'), key('a'));
    await calls.snapshotTopologies();
    topology.remove(key('a'));
    put(key('b'), null);
    put(key('c'), key('b'));
    world.known.set('pay', 'b:3306');
    expect(await calls.topologyAt('pay', noon(), 'plain')).toMatchObject({ value: { clusterName: 'a:3306' } });
  });

  it('is refused, with the reason, where there is no snapshot or no such cluster in it', async () => {
    const { calls } = await aHistory();
    const message = async (hint: string, seconds: number) => {
      const outcome = await calls.topologyAt(hint, noon(seconds), 'plain');
      return outcome.kind === 'refused' ? outcome.refusal.message : 'found';
    };
    expect(await message('a:3306', 0)).toMatch(/^No snapshot of the topology has been taken yet/);
    await calls.snapshotTopologies();
    expect(await message('a:3306', -HOUR)).toBe(
      'No snapshot of the topology as early as 2026-03-01 11:00:00 UTC: the oldest is of 2026-03-01 12:00:00 UTC',
    );
    expect(await message('nosuch', HOUR)).toBe('No cluster nosuch in the snapshot of 2026-03-01 12:00:00 UTC');
  });
});
