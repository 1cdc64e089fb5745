import { describe, expect, it } from 'vitest';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { aPrimaryWith, down } from '../analysis/testing.ts';
import { Picture } from '../discovery/picture.ts';
import { ManualClock, RememberingStore } from '../discovery/testing.ts';
import type { ClusterName } from '../model/brand.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { NodeEvent } from './events.ts';
import { Watch } from './watch.ts';

const CLUSTERS = 300;
const FIRST_PORT = 10_001;

const ENTRY: AnalysisEntry = { ...aPrimaryWith(2).with(22293, down).entryOf(22293), code: 'DeadMaster' };

/** A fleet of clusters of two; `problems`: what the analysis of a cluster finds, by the port of its primary. */
function aFleet(problems: ReadonlyMap<number, AnalysisEntry> = new Map()) {
  const clock = new ManualClock();
  const picture = new Picture(new RememberingStore());
  for (let port = FIRST_PORT; port < FIRST_PORT + CLUSTERS; port++) {
    picture.topology.putAll([sampleServer(port), sampleReplica(port + CLUSTERS, port)]);
  }
  const looks: number[] = [];
  const handled: string[] = [];
  const audited: string[] = [];
  const events: NodeEvent[] = [];
  const watch = new Watch({
    picture,
    clock,
    analyst: {
      look: (name: ClusterName) => {
        const port = Number(name.split(':')[1]);
        looks.push(port);
        const problem = problems.get(port);
        return problem === undefined ? { entries: [], problems: [] } : { entries: [problem], problems: [problem] };
      },
    },
    emergencies: { respond: () => {}, isInGrace: () => false },
    suspectedLocks: { note: () => {} },
    recoveries: {
      isBusy: () => false,
      handle: async ({ code }, options) => {
        handled.push(`${code} ${options?.lastedMillis}`);
        return { kind: 'not-attempted', reason: 'a test' };
      },
    },
    store: {
      recordAnalysis: async () => true,
      appendAudit: async ({ type, message }) => void audited.push(`${type} ${message}`),
    },
    log: { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
    emit: (event) => events.push(event),
    isLeader: () => true,
    warmUpMillis: () => 0,
  });
  return { clock, picture, watch, looks, handled, audited, events };
}

describe('the watch over a fleet', () => {
  it('looks at a cluster that is well in its turn: at all of them within half a minute, at few at a time', async () => {
    const { clock, watch, looks } = aFleet();
    watch.start();
    await clock.advance(0);
    expect(looks).toHaveLength(CLUSTERS / 30);
    await clock.advance(29_000);
    watch.stop();
    expect(looks).toHaveLength(CLUSTERS);
    expect(new Set(looks).size).toBe(CLUSTERS);
  });

  it('looks at once at what changes, and at nothing else for it', async () => {
    const { clock, picture, watch, looks } = aFleet();
    watch.start();
    await clock.advance(0);
    looks.length = 0;
    picture.observed(sampleServer(FIRST_PORT + 200, { readOnly: false, version: '9.9.9' }));
    await clock.advance(0);
    expect(looks).toEqual([FIRST_PORT + 200]);
    watch.stop();
  });

  it('looks every second at what has a problem, and tells how long it has had it', async () => {
    const port = FIRST_PORT + 250;
    const { clock, picture, watch, looks, handled, audited } = aFleet(
      new Map([[port, { ...ENTRY, key: sampleKey(port) }]]),
    );
    watch.start();
    picture.observed(sampleServer(port, { readOnly: false, version: '9.9.9' }));
    await clock.advance(3_000);
    watch.stop();
    expect(looks.filter((one) => one === port)).toHaveLength(4);
    expect(handled).toEqual([0, 1_000, 2_000, 3_000].map((lasted) => `DeadMaster ${lasted}`));
    // The same reason is told once a minute.
    expect(audited).toEqual(['recovery-not-attempted DeadMaster: a test']);
  });
});
