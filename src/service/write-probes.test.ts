import { describe, expect, it } from 'vitest';
import { aPrimaryWith, at, down, NOW, type World } from '../analysis/testing.ts';
import { ManualClock, settled } from '../discovery/testing.ts';
import { sameKey } from '../model/instance-key.ts';
import type { WriteProbeResult } from '../mysql/write-probe.ts';
import { WriteProbes, type WriteProbesPolicy } from './write-probes.ts';

const PRIMARY = at(22293);
const writable = aPrimaryWith(2).with(22293, { readOnly: false });

interface Wishes {
  readonly policy?: Partial<WriteProbesPolicy>;
  readonly leads?: () => boolean;
  readonly busy?: () => boolean;
  readonly lost?: () => boolean;
}

function probing(
  start: World,
  { policy = {}, leads = () => true, busy = () => false, lost = () => false }: Wishes = {},
) {
  let world = start;
  const clock = new ManualClock(NOW);
  const [written, changes, warnings, ended]: [number[], string[], string[], number[]] = [[], [], [], []];
  let answer: () => Promise<WriteProbeResult> = async () => ({ kind: 'committed' });
  const probes = new WriteProbes({
    topology: {
      get: (key) => world.instances.find((instance) => sameKey(instance.key, key)),
      all: () => world.instances,
      replicasOf: (key) => world.instances.filter(({ sourceKey }) => sameKey(sourceKey, key)),
    },
    wasSeenHere: () => true,
    write: async ({ port }) => {
      written.push(port);
      return answer();
    },
    endWriting: ({ port }) => ended.push(port),
    policy: () => ({
      table: { schema: 'meta', table: 'probe' },
      everyMillis: 5_000,
      patienceMillis: 10_000,
      ...policy,
    }),
    clock,
    log: { debug: () => {}, info: () => {}, warning: (line) => warnings.push(line), error: () => {} },
    isLeader: leads,
    isBusy: busy,
    isLost: lost,
    onChange: (name) => changes.push(name),
  });
  probes.start();
  return {
    probes,
    clock,
    written,
    changes,
    warnings,
    ended,
    becomes: (next: World) => {
      world = next;
    },
    answers: (next: () => Promise<WriteProbeResult>) => {
      answer = next;
    },
    stuck: () => [...probes.stuck.values()].map(({ text }) => text),
  };
}

describe('write probes', () => {
  it('write on each primary that takes writes and has replicas, in their rhythm', async () => {
    const { clock, written, probes } = probing(writable);
    await clock.advance(11_000);
    expect(written).toEqual([22293, 22293, 22293]);
    expect(probes.stateOf(PRIMARY)).toEqual({ kind: 'committed', agoMillis: 500 });
    expect(probes.stateOf(at(22294))).toBeNull();
  });

  it.each<[string, World, Wishes]>([
    ['unless a table is named', writable, { policy: { table: null } }],
    ['where this node does not lead', writable, { leads: () => false }],
    ['while something is under way in the cluster', writable, { busy: () => true }],
    ['on one in whose place another was promoted', writable, { lost: () => true }],
    ['on a read-only primary', aPrimaryWith(2).with(22293, { readOnly: true }), {}],
    ['on one that does not answer', writable.with(22293, down), {}],
    ['on one without replicas', writable.without(22294).without(22295), {}],
    ['on a writable replica', writable.with(22293, { readOnly: true }).with(22294, { readOnly: false }), {}],
  ])('write nothing %s', async (_, world, wishes) => {
    const { clock, written } = probing(world, wishes);
    await clock.advance(20_000);
    expect(written).toEqual([]);
  });

  it('A11: a write that takes too long is told, and told to be over; nothing more is sent meanwhile', async () => {
    const { clock, written, changes, probes, answers, stuck } = probing(writable);
    const ends = Promise.withResolvers<WriteProbeResult>();
    answers(() => ends.promise);
    await clock.advance(10_400);
    expect([written.length, stuck(), changes]).toEqual([1, [], []]);
    await clock.advance(20_000);
    expect(stuck()).toEqual(['a write has waited for its commit for 10 s']);
    expect([written.length, changes.length]).toEqual([1, 1]);
    expect(probes.stateOf(PRIMARY)).toEqual({ kind: 'waiting', sinceMillis: 29_900 });
    answers(async () => ({ kind: 'committed' }));
    ends.resolve({ kind: 'committed' });
    await settled();
    expect([stuck(), changes.length]).toEqual([[], 2]);
  });

  it('A11: a lock that others hold counts as one wait, however often it is tried', async () => {
    const { clock, answers, stuck, changes } = probing(writable);
    answers(async () => ({ kind: 'locked', why: 'Lock wait timeout exceeded' }));
    await clock.advance(9_000);
    expect(stuck()).toEqual([]);
    await clock.advance(60_000);
    expect([stuck(), changes.length]).toEqual([['Lock wait timeout exceeded'], 1]);
    answers(async () => ({ kind: 'committed' }));
    await clock.advance(6_000);
    expect([stuck(), changes.length]).toEqual([[], 2]);
  });

  it('A11: a write that is refused is told at once', async () => {
    const { clock, answers, stuck } = probing(writable);
    const failure = { kind: 'server-error', phase: 'answer', number: 1114, sqlState: 'HY000', text: 'full' } as const;
    answers(async () => ({ kind: 'refused', failure }));
    await clock.advance(600);
    expect(stuck()).toEqual(['full']);
  });

  it('one that says nothing accuses nobody, and is told once an hour', async () => {
    const { clock, answers, stuck, warnings, probes } = probing(writable);
    answers(async () => ({ kind: 'unknown', why: 'no such table' }));
    await clock.advance(60_000);
    expect([stuck(), warnings]).toEqual([[], ['write probe of testhost:22293: no such table']]);
    expect(probes.stateOf(PRIMARY)).toEqual({ kind: 'unknown', why: 'no such table' });
  });

  it('nothing is known any more of who is no primary, or when this node leads no more', async () => {
    for (const change of ['demoted', 'deposed'] as const) {
      let leads = true;
      const { clock, answers, stuck, becomes, ended } = probing(writable, { leads: () => leads });
      const ends = Promise.withResolvers<WriteProbeResult>();
      answers(() => ends.promise);
      await clock.advance(12_000);
      expect(stuck()).toHaveLength(1);
      if (change === 'demoted') becomes(writable.with(22293, { readOnly: true }));
      else leads = false;
      await clock.advance(600);
      expect([stuck(), ended]).toEqual([[], [22293]]);
      ends.resolve({ kind: 'refused', failure: { kind: 'lost', phase: 'answer', text: 'late' } });
      await settled();
      expect(stuck()).toEqual([]);
    }
  });
});
