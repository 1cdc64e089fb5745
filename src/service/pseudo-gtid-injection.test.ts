import { describe, expect, it } from 'vitest';
import { aPrimaryWith, down, NOW, type World } from '../analysis/testing.ts';
import { ManualClock } from '../discovery/testing.ts';
import type { ClusterName } from '../model/brand.ts';
import type { InjectionResult } from '../mysql/inject-marker.ts';
import { PseudoGtidInjection } from './pseudo-gtid-injection.ts';

const writable = aPrimaryWith(1).with(22293, { readOnly: false, serverId: 17 });
const DENIED: InjectionResult = {
  kind: 'not-allowed',
  failure: { kind: 'server-error', phase: 'answer', number: 1142, sqlState: '42000', text: 'DROP command denied' },
};

interface Wishes {
  readonly enabled?: () => boolean;
  readonly leads?: () => boolean;
  readonly busy?: () => boolean;
  readonly lost?: () => boolean;
  readonly may?: () => boolean | null;
  readonly inject?: () => Promise<InjectionResult>;
}

function injecting(world: World, wishes: Wishes = {}) {
  const clock = new ManualClock(NOW);
  const [markers, recorded, lines]: [string[], ClusterName[], string[]] = [[], [], []];
  let asked = 0;
  const say = (line: string): void => {
    lines.push(line);
  };
  const injection = new PseudoGtidInjection({
    isEnabled: wishes.enabled ?? (() => true),
    primaries: () => world.instances.filter(({ key }) => key.port === 22293),
    wasSeenHere: () => true,
    isLeader: wishes.leads ?? (() => true),
    isBusy: wishes.busy ?? (() => false),
    isLost: wishes.lost ?? (() => false),
    mayInject: async () => {
      asked += 1;
      return wishes.may === undefined ? true : wishes.may();
    },
    inject: async ({ port }, marker) => {
      markers.push(`${port} ${marker}`);
      return wishes.inject === undefined ? { kind: 'injected' } : wishes.inject();
    },
    clusters: {
      record: async (cluster) => {
        recorded.push(cluster);
      },
    },
    clock,
    log: { debug: say, info: say, warning: say, error: say },
    randomHex: (bytes) => 'ab'.repeat(bytes),
  });
  injection.start();
  return { clock, markers, recorded, lines, asked: () => asked, injection };
}

describe('O50: injection of markers', () => {
  it('writes one every five seconds, and records the cluster', async () => {
    const { clock, markers, recorded, injection } = injecting(writable);
    await clock.advance(15_500);
    expect(markers).toHaveLength(3);
    expect(markers[0]).toMatch(/^22293 _asc:[0-9a-f]{8}:00000011:abababababababab$/);
    expect([...markers].sort()).toEqual(markers);
    expect(recorded).toHaveLength(3);
    injection.stop();
    await clock.advance(15_000);
    expect(markers).toHaveLength(3);
  });

  it.each<[string, World, Wishes]>([
    ['unless it is switched on', writable, { enabled: () => false }],
    ['where this node does not lead', writable, { leads: () => false }],
    ['while something is under way in the cluster', writable, { busy: () => true }],
    ['G3: on one in whose place another was promoted', writable, { lost: () => true }],
    ['on a read-only primary', writable.with(22293, { readOnly: true }), {}],
    ['on one that does not answer', writable.with(22293, down), {}],
    ['where it cannot be told whether it may', writable, { may: () => null }],
  ])('writes nothing %s', async (_name, world, wishes) => {
    const { clock, markers } = injecting(world, wishes);
    await clock.advance(20_000);
    expect(markers).toEqual([]);
  });

  it('a missing privilege is told once, asked for once a minute, and told when it is there', async () => {
    let may = false;
    const { clock, markers, lines, asked } = injecting(writable, { may: () => may });
    await clock.advance(180_000);
    expect([markers.length, lines.length]).toEqual([0, 1]);
    expect(asked()).toBeLessThanOrEqual(4);
    may = true;
    await clock.advance(66_000);
    expect(lines).toEqual([expect.stringContaining('not granted DROP'), expect.stringContaining('again')]);
    expect(markers.length).toBeGreaterThan(0);
  });

  it('a server that denies it all the same counts as one that never allowed it', async () => {
    const { clock, markers, lines } = injecting(writable, { inject: async () => DENIED });
    await clock.advance(55_000);
    expect([markers.length, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toContain('DROP command denied');
  });

  it('A11: a primary that cannot commit gets no second marker meanwhile', async () => {
    const ends = Promise.withResolvers<InjectionResult>();
    const { clock, markers, recorded } = injecting(writable, { inject: () => ends.promise });
    await clock.advance(60_000);
    expect([markers.length, recorded.length]).toEqual([1, 0]);
    ends.resolve({ kind: 'injected' });
    await clock.advance(5_500);
    expect(markers.length).toBeGreaterThan(1);
  });

  it('leadership that was lost while grants were read counts', async () => {
    let leads = true;
    const { clock, markers } = injecting(writable, {
      leads: () => leads,
      may: () => {
        leads = false;
        return true;
      },
    });
    await clock.advance(20_000);
    expect(markers).toEqual([]);
  });

  it('what a server answers is told once an hour', async () => {
    const failure = { kind: 'timeout', phase: 'answer', text: 'i/o timeout' } as const;
    const { clock, markers, lines } = injecting(writable, { inject: async () => ({ kind: 'failed', failure }) });
    await clock.advance(60_000);
    expect(markers.length).toBeGreaterThan(5);
    expect(lines).toHaveLength(1);
  });
});
