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

interface Wishes {
  readonly graceMillis?: number;
  readonly leads?: boolean;
}

/** A fleet of clusters of two; `problems`: what the analysis of a cluster finds, by the port of its primary. */
function aFleet(problems: ReadonlyMap<number, AnalysisEntry> = new Map(), wishes: Wishes = {}) {
  const clock = new ManualClock();
  const picture = new Picture(new RememberingStore());
  for (let port = FIRST_PORT; port < FIRST_PORT + CLUSTERS; port++) {
    picture.topology.putAll([sampleServer(port), sampleReplica(port + CLUSTERS, port)]);
  }
  const looks: number[] = [];
  const handled: string[] = [];
  const audited: string[] = [];
  const events: NodeEvent[] = [];
  const responded: string[] = [];
  const recorded: string[] = [];
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
    emergencies: { respond: ({ code }) => void responded.push(code), graceMillis: () => wishes.graceMillis ?? 0 },
    suspectedLocks: { note: () => {} },
    recoveries: {
      looksAfter: () => 'nobody',
      handle: async ({ code }, options) => {
        handled.push(`${code} ${options?.lastedMillis}${options?.isInGrace ? ' in grace' : ''}`);
        return { kind: 'not-attempted', reason: 'a test' };
      },
    },
    store: {
      recordAnalysis: async (_, code) => {
        recorded.push(code);
        return true;
      },
      appendAudit: async ({ type, message }) => void audited.push(`${type} ${message}`),
    },
    log: { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
    emit: (event) => events.push(event),
    isLeader: () => wishes.leads ?? true,
    warmUpMillis: () => 0,
  });
  return { clock, picture, watch, looks, handled, audited, events, responded, recorded };
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

  const port = FIRST_PORT + 250;
  const aProblem = async (entry: Partial<AnalysisEntry>, wishes: Wishes = {}) => {
    const fleet = aFleet(new Map([[port, { ...ENTRY, key: sampleKey(port), ...entry }]]), wishes);
    fleet.watch.start();
    fleet.picture.observed(sampleServer(port, { readOnly: false, version: '9.9.9' }));
    await fleet.clock.advance(3_000);
    fleet.watch.stop();
    return fleet;
  };

  it('B2: leaves alone what is downtimed: it is shown, and neither nudged nor handed over', async () => {
    const { handled, responded, recorded, audited } = await aProblem({ isSkippableDueToDowntime: true });
    expect([handled, responded, recorded]).toEqual([[], [], ['DeadMaster']]);
    expect(audited).toEqual(['recovery-not-attempted DeadMaster: downtimed']);
  });

  it('A6: a death in the moments after receivers were restarted is a suspicion, and must stand for a second', async () => {
    const { handled } = await aProblem({}, { graceMillis: 5_000 });
    expect(handled).toEqual(['DeadMaster 1000 in grace', 'DeadMaster 2000 in grace', 'DeadMaster 3000 in grace']);
  });

  it('a node that does not lead looks, and neither writes nor acts', async () => {
    const { handled, responded, recorded, events } = await aProblem({}, { leads: false });
    expect([handled, responded, recorded]).toEqual([[], [], []]);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'analysis-changed', code: 'DeadMaster' }));
  });

  it('tells why it hands nothing over yet', async () => {
    const { watch } = await aProblem({ code: 'UnreachableMaster' });
    const gates = watch.gates({ ...ENTRY, key: sampleKey(1), code: 'UnreachableMaster' });
    expect(gates.map(({ name, isOpen }) => `${name} ${isOpen}`)).toEqual([
      'warm-up true',
      'grace true',
      'passing false',
    ]);
  });
});
