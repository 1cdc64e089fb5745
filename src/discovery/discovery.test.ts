/** Which servers are watched, and when: seeds that are down, sources that only their replicas hear, hosts that hang, forgotten ones. */
import { describe, expect, it } from 'vitest';
import { millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { ProbeResult } from '../mysql/server-link.ts';
import type { Log } from '../ports/log.ts';
import { Discovery } from './discovery.ts';
import type { DiscoveryPolicy } from './discovery-policy.ts';
import { Picture } from './picture.ts';
import { aResolver, ManualClock, probeFacts, RememberingStore, TEST_POLICY } from './testing.ts';

const POLL_MILLIS = TEST_POLICY.pollMillis;

const silentLog: Log = { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} };

type Host = Instance | 'down' | 'hangs' | { readonly instance: Instance; readonly user: string };

/** Servers by their ports; who is not there is down. */
function aWorld(policy: Partial<DiscoveryPolicy> = {}) {
  const clock = new ManualClock();
  const store = new RememberingStore();
  const picture = new Picture(store);
  const hosts = new Map<number, Host>();
  const probes: { readonly port: number; readonly at: number }[] = [];
  const planted: string[] = [];
  const down: ProbeResult = {
    kind: 'failed',
    partial: false,
    failure: { kind: 'refused', phase: 'connect', text: 'connection refused' },
  };
  const probe = async (key: InstanceKey): Promise<ProbeResult> => {
    probes.push({ port: key.port, at: clock.monotonic() });
    const host = hosts.get(key.port) ?? 'down';
    if (host === 'hangs') await clock.sleep(millis(TEST_POLICY.connectMillis));
    if (host === 'down' || host === 'hangs') return down;
    const { instance, user } = 'user' in host ? host : { instance: host, user: '' };
    const facts = probeFacts({ instance, replicationUser: user });
    return { kind: 'answered', facts, configured: new Map(), refused: [] };
  };
  const discovery = new Discovery({
    picture,
    links: { get: (key) => ({ probe: () => probe(key), pulse: async () => 'busy' }), close: () => {} },
    resolver: aResolver(store, clock),
    store,
    policy: () => ({ ...TEST_POLICY, ...policy }),
    clock,
    log: silentLog,
    random: () => 0.5,
    onWireBroken: () => {},
    onClassified: () => {},
    onPlanted: (key, reason) => planted.push(`${reason} ${instanceKeyText(key)}`),
  });
  const known = () => [...picture.topology.all()].map(({ key }) => key.port).sort();
  const probesOf = (port: number) => probes.filter((one) => one.port === port).map(({ at }) => at);
  return { clock, picture, hosts, discovery, planted, known, probesOf };
}

describe('a seed', () => {
  it('that is down at the start is watched all the same, and found when it comes up', async () => {
    const { discovery, hosts, clock, picture, planted, known } = aWorld();
    await discovery.start([sampleKey(1)]);
    await clock.advance(3 * POLL_MILLIS);
    expect(picture.topology.get(sampleKey(1))).toMatchObject({ version: 'Unknown', lastSeen: null });
    expect(planted).toEqual([`inject-seed ${instanceKeyText(sampleKey(1))}`]);
    hosts.set(1, sampleReplica(1, 2));
    hosts.set(2, sampleServer(2));
    await clock.advance(2 * POLL_MILLIS);
    expect(known()).toEqual([1, 2]);
    expect(picture.topology.get(sampleKey(1))?.lastSeen).not.toBeNull();
  });
});

describe('a source that cannot be read', () => {
  it('is shown and watched while its replica hears it, and is no server of ours otherwise', async () => {
    const heard = aWorld();
    heard.hosts.set(1, sampleReplica(1, 2));
    await heard.discovery.start([sampleKey(1)]);
    await heard.clock.advance(2 * POLL_MILLIS);
    expect(heard.known()).toEqual([1, 2]);
    expect(heard.planted[1]).toBe(`inject-unseen-masters ${instanceKeyText(sampleKey(2))}`);

    const unheard = aWorld();
    unheard.hosts.set(1, sampleReplica(1, 2, { receiverState: 'other', receiverRunning: false }));
    await unheard.discovery.start([sampleKey(1)]);
    await unheard.clock.advance(2 * POLL_MILLIS);
    expect(unheard.known()).toEqual([1]);
  });

  it('is not brought back by its replicas after it was forgotten, for a while', async () => {
    const { discovery, hosts, clock, known } = aWorld();
    hosts.set(1, sampleReplica(1, 2));
    hosts.set(2, sampleServer(2));
    await discovery.start([sampleKey(1)]);
    await clock.advance(POLL_MILLIS);
    discovery.forget(sampleKey(2));
    await clock.advance(2 * POLL_MILLIS);
    expect(known()).toEqual([1]);
    await clock.advance(3 * POLL_MILLIS);
    expect(known()).toEqual([1, 2]);
  });
});

describe('the rhythm', () => {
  it('is as configured, to the millisecond, however long a read takes', async () => {
    const { discovery, hosts, clock, probesOf } = aWorld();
    hosts.set(1, sampleServer(1));
    await discovery.start([sampleKey(1)]);
    await clock.advance(10 * POLL_MILLIS);
    // The first is out of turn: it is looked at as soon as it is known.
    const at = probesOf(1).slice(1);
    expect(at.slice(1).map((time, index) => time - (at[index] ?? 0))).toEqual(at.slice(1).map(() => POLL_MILLIS));
    expect(at.length).toBeGreaterThanOrEqual(10);
  });

  it('of the living is not held up by hosts that hang, though there is one place for each', async () => {
    const { discovery, hosts, clock, probesOf } = aWorld({ maxConcurrency: 1, maxDeadConcurrency: 1 });
    hosts.set(1, sampleServer(1));
    for (const port of [11, 12, 13]) hosts.set(port, 'hangs');
    await discovery.start([1, 11, 12, 13].map((port) => sampleKey(port)));
    // Each of them is met once as one that might live.
    await clock.advance(2 * POLL_MILLIS);
    const before = probesOf(1).length;
    await clock.advance(10 * POLL_MILLIS);
    const at = probesOf(1).slice(before);
    expect(at).toHaveLength(10);
    expect(at.slice(1).every((time, index) => time - (at[index] ?? 0) === POLL_MILLIS)).toBe(true);
  });

  it('of a dead host is slower and slower where that is configured, and as before when it lives', async () => {
    const backOff = { pollMillis: POLL_MILLIS, factor: 2, maxMillis: 4 * POLL_MILLIS };
    const { discovery, hosts, clock, probesOf } = aWorld({ deadBackOff: backOff });
    await discovery.start([sampleKey(1)]);
    await clock.advance(16 * POLL_MILLIS);
    const [, ...at] = probesOf(1);
    const gaps = at.map((time, index) => time - (at[index - 1] ?? 0));
    expect(gaps.slice(1)).toEqual([1, 2, 4, 4, 4].map((polls) => polls * POLL_MILLIS));
    hosts.set(1, sampleServer(1));
    await clock.advance(4 * POLL_MILLIS);
    const before = probesOf(1).length;
    await clock.advance(5 * POLL_MILLIS);
    expect(probesOf(1).length - before).toBe(5);
  });
});

describe('a replica with an account that is not wanted', () => {
  it('is not shown; one that is known stays as it was seen, and nobody is alarmed', async () => {
    const { discovery, hosts, clock, picture, known, probesOf } = aWorld({
      ignoresReplicationUser: (user) => user === 'etl',
    });
    hosts.set(1, sampleServer(1));
    hosts.set(2, sampleReplica(2, 1));
    await discovery.start([sampleKey(1), sampleKey(2)]);
    await clock.advance(POLL_MILLIS);
    const seen = picture.topology.get(sampleKey(2));
    hosts.set(2, { instance: sampleReplica(2, 1), user: 'etl' });
    hosts.set(3, { instance: sampleReplica(3, 1), user: 'etl' });
    const before = probesOf(2).length;
    await clock.advance(2 * POLL_MILLIS);
    expect(picture.topology.get(sampleKey(2))).toMatchObject({
      lastSeen: seen?.lastSeen,
      lastChecked: seen?.lastChecked,
    });
    expect(probesOf(2).length - before).toBe(2);
    expect((await discovery.discover(sampleKey(3))).kind).toBe('failed');
    expect(known()).toEqual([1, 2]);
  });
});
