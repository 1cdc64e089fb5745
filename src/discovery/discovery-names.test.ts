/** Which server is behind which name, when names and addresses move, are shared, or servers come and go under them. */
import { describe, expect, it } from 'vitest';
import { millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { LinkTimeouts, ProbeResult } from '../mysql/server-link.ts';
import { Discovery } from './discovery.ts';
import type { DiscoveryPolicy } from './discovery-policy.ts';
import type { HostnameResolverOptions } from './hostname-resolver.ts';
import { Picture } from './picture.ts';
import { aResolver, ManualClock, probeFacts, RememberingStore, TEST_POLICY } from './testing.ts';

const POLL_MILLIS = TEST_POLICY.pollMillis;
const HOUR_MILLIS = 3_600_000;

interface Host {
  readonly instance: Instance;
  /** What it says of itself. */
  readonly hostname?: string;
  readonly answersAfterMillis?: number;
}

const at = (hostname: string): InstanceKey => ({ hostname, port: 3306 });

/** Servers by the names and addresses at which they answer. */
function aWorld(
  policy: Partial<DiscoveryPolicy> = {},
  resolving: Partial<HostnameResolverOptions> = {},
  stored: readonly Instance[] = [],
  virtualNames: Readonly<Record<string, readonly string[]>> = {},
) {
  const clock = new ManualClock();
  const store = new RememberingStore(stored);
  const picture = new Picture(store);
  const hosts = new Map<string, Host>();
  const probes: string[] = [];
  const warnings: string[] = [];
  const closed: string[] = [];
  const failed = (kind: 'refused' | 'timeout'): ProbeResult =>
    kind === 'refused'
      ? { kind: 'failed', partial: false, failure: { kind, phase: 'connect', text: 'connection refused' } }
      : { kind: 'failed', partial: true, failure: { kind, phase: 'answer', text: 'i/o timeout' } };
  const probe = async ({ hostname }: InstanceKey, { answerMillis }: LinkTimeouts): Promise<ProbeResult> => {
    probes.push(hostname);
    const host = hosts.get(hostname);
    if (host === undefined) return failed('refused');
    const { instance, hostname: itself = '', answersAfterMillis = 0 } = host;
    if (answersAfterMillis > 0) await clock.sleep(millis(Math.min(answersAfterMillis, answerMillis)));
    if (answersAfterMillis > answerMillis) return failed('timeout');
    const facts = probeFacts({ instance, hostname: itself });
    return { kind: 'answered', facts, configured: new Map(), refused: [] };
  };
  const discovery = new Discovery({
    picture,
    links: {
      get: (key) => ({ probe: (timeouts) => probe(key, timeouts), pulse: async () => 'busy' }),
      close: ({ hostname }) => closed.push(hostname),
    },
    resolver: aResolver(store, clock, { method: () => policy.hostnameMethod ?? 'default', ...resolving }),
    store,
    policy: () => ({ ...TEST_POLICY, ...policy }),
    clock,
    log: { debug: () => {}, info: () => {}, warning: (line) => warnings.push(line), error: () => {} },
    random: () => 0.5,
    onWireBroken: () => {},
    onClassified: () => {},
    onPlanted: () => {},
    hostsBehind: (name) => virtualNames[name] ?? [],
  });
  const known = () => [...picture.topology.all()].map(({ key }) => key.hostname).sort();
  const probesOf = (hostname: string) => probes.filter((one) => one === hostname).length;
  const sourceOf = (hostname: string) => picture.topology.get(at(hostname))?.sourceKey?.hostname;
  return { clock, store, picture, hosts, discovery, known, probesOf, sourceOf, warnings, closed };
}

describe('an address behind which another server is now', () => {
  it('leads to that one within the time for which names are kept', async () => {
    const { hosts, discovery, clock, sourceOf, known } = aWorld({ selfNameMethod: 'hostname' });
    const first = { instance: sampleServer(1), hostname: 'db1' };
    hosts.set('10.0.0.1', first).set('db1', first);
    hosts.set('r1', { instance: sampleReplica(2, 1, { sourceKey: at('10.0.0.1') }), hostname: 'r1' });
    await discovery.start([at('r1')]);
    await clock.advance(4 * POLL_MILLIS);
    expect(sourceOf('r1')).toBe('db1');
    const second = { instance: sampleServer(9), hostname: 'db9' };
    hosts.set('10.0.0.1', second).set('db9', second);
    await clock.advance(HOUR_MILLIS + 4 * POLL_MILLIS);
    expect([sourceOf('r1'), known()]).toEqual(['db9', ['db1', 'db9', 'r1']]);
  });

  it('is found where the name service says so', async () => {
    let address = '10.0.0.1';
    const nameService = {
      address: async (name: string) => (name === 'db1' ? address : name),
      canonicalName: async () => null,
    };
    const { hosts, discovery, clock, sourceOf } = aWorld(
      { hostnameMethod: 'ip' },
      { nameService, expiryMillis: () => 60_000 },
    );
    hosts.set('10.0.0.1', { instance: sampleServer(1) });
    hosts.set('10.0.0.5', { instance: sampleReplica(2, 1, { sourceKey: at('db1') }) });
    await discovery.start([at('10.0.0.5')]);
    await clock.advance(4 * POLL_MILLIS);
    expect(sourceOf('10.0.0.5')).toBe('10.0.0.1');
    hosts.delete('10.0.0.1');
    hosts.set('10.0.0.9', { instance: sampleServer(1) });
    address = '10.0.0.9';
    await clock.advance(60_000 + 4 * POLL_MILLIS);
    expect(sourceOf('10.0.0.5')).toBe('10.0.0.9');
  });
});

describe('two servers that call themselves alike', () => {
  it('stay two: the second one is known by the name it is dialled by, and somebody is told', async () => {
    const { hosts, discovery, clock, known, picture, warnings } = aWorld({ selfNameMethod: 'hostname' });
    const primary = { instance: sampleServer(1), hostname: 'mysql' };
    hosts.set('10.0.0.1', primary).set('mysql', primary);
    hosts.set('10.0.0.2', { instance: sampleReplica(2, 1, { sourceKey: at('10.0.0.1') }), hostname: 'mysql' });
    await discovery.discover(at('10.0.0.1'));
    await discovery.start([at('10.0.0.2')]);
    await clock.advance(10 * POLL_MILLIS);
    expect(known()).toEqual(['10.0.0.2', 'mysql']);
    expect(picture.topology.get(at('mysql'))?.serverUuid).toBe(sampleServer(1).serverUuid);
    expect(warnings.join()).toMatch(/10\.0\.0\.2:3306 calls itself mysql:3306/);
  });

  it('stay two when we start anew, whichever is read first', async () => {
    const primary = { instance: sampleServer(1), hostname: 'mysql' };
    const replica = sampleReplica(2, 1, { sourceKey: at('mysql') });
    const rows = [
      { ...primary.instance, key: at('mysql') },
      { ...replica, key: at('10.0.0.2') },
    ];
    const { hosts, discovery, clock, known, picture } = aWorld({ selfNameMethod: 'hostname' }, {}, rows);
    await picture.load();
    hosts.set('mysql', primary).set('10.0.0.2', { instance: replica, hostname: 'mysql' });
    await discovery.readAfresh(at('10.0.0.2'));
    await discovery.start([]);
    await clock.advance(4 * POLL_MILLIS);
    expect(known()).toEqual(['10.0.0.2', 'mysql']);
  });

  it('a server that was built anew under its name is that server', async () => {
    const { hosts, discovery, clock, known, picture } = aWorld({ selfNameMethod: 'hostname' });
    hosts.set('db1', { instance: sampleServer(1), hostname: 'db1' });
    await discovery.start([at('db1')]);
    await clock.advance(2 * POLL_MILLIS);
    hosts.set('db1', { instance: sampleServer(9), hostname: 'db1' });
    await clock.advance(2 * POLL_MILLIS);
    expect(known()).toEqual(['db1']);
    expect(picture.topology.get(at('db1'))?.serverUuid).toBe(sampleServer(9).serverUuid);
  });
});

describe('a name', () => {
  it('of a seed that nobody could resolve is replaced by the one that it resolves to, as soon as it does', async () => {
    let isDown = true;
    const nameService = {
      address: async () => null,
      canonicalName: async (name: string) => (isDown ? null : name === 'alias' ? 'db1' : name),
    };
    const { hosts, discovery, clock, known } = aWorld({ hostnameMethod: 'cname' }, { nameService });
    await discovery.start([at('alias')]);
    await clock.advance(4 * POLL_MILLIS);
    expect(known()).toEqual(['alias']);
    hosts.set('alias', { instance: sampleServer(1) }).set('db1', { instance: sampleServer(1) });
    isDown = false;
    await clock.advance(60_000 + 4 * POLL_MILLIS);
    expect(known()).toEqual(['db1']);
  });

  it('that is rejected leaves the server under the one it is dialled by', async () => {
    const isLocal = (name: string): boolean => name === 'localhost';
    const { hosts, discovery, clock, known } = aWorld(
      { selfNameMethod: 'hostname', rejectsHostname: isLocal },
      { rejects: isLocal },
    );
    const host = { instance: sampleServer(1), hostname: 'localhost' };
    hosts.set('10.0.0.1', host).set('localhost', host);
    await discovery.start([at('10.0.0.1')]);
    await clock.advance(2 * POLL_MILLIS);
    expect(known()).toEqual(['10.0.0.1']);
  });

  it('of a seed is resolved before it is watched: it would be shown twice', async () => {
    const nameService = {
      address: async () => null,
      canonicalName: async (name: string) => (name === 'alias' ? 'db1' : name),
    };
    const { hosts, discovery, clock, known } = aWorld({ hostnameMethod: 'cname' }, { nameService });
    hosts.set('alias', { instance: sampleServer(1) }).set('db1', { instance: sampleServer(1) });
    await discovery.start([at('alias')]);
    await clock.advance(4 * POLL_MILLIS);
    expect(known()).toEqual(['db1']);
  });

  it('that does not answer says nothing of the server that was once found behind it', async () => {
    const { hosts, discovery, clock, picture } = aWorld({ selfNameMethod: 'hostname' });
    hosts.set('db1', { instance: sampleServer(1), hostname: 'db1' });
    hosts.set('10.0.0.1', { instance: sampleServer(1), hostname: 'db1' });
    await discovery.discover(at('10.0.0.1'));
    hosts.delete('10.0.0.1');
    await discovery.readAfresh(at('10.0.0.1'));
    await clock.advance(0);
    expect(picture.topology.get(at('db1'))).toSatisfy(isLastCheckValid);
  });
});

describe('a virtual name that a person registered', () => {
  const registered = { vip: ['db1'] };

  async function replicaOf(sourceName: string, virtualNames = registered, policy: Partial<DiscoveryPolicy> = {}) {
    const world = aWorld(policy, {}, [], virtualNames);
    world.hosts.set('db1', { instance: sampleServer(1), hostname: 'db1' });
    world.hosts.set('vip', { instance: sampleServer(1), hostname: 'db1' });
    world.hosts.set('r1', { instance: sampleReplica(2, 1, { sourceKey: at(sourceName) }), hostname: 'r1' });
    await world.discovery.start([at('db1')]);
    await world.clock.advance(2 * POLL_MILLIS);
    await world.discovery.discover(at('r1'));
    await world.clock.advance(4 * POLL_MILLIS);
    return world;
  }

  it('leads to the server itself where names stay as they are dialled: it is not shown twice', async () => {
    const { known, sourceOf } = await replicaOf('vip');
    expect([known(), sourceOf('r1')]).toEqual([['db1', 'r1'], 'db1']);
  });

  it('goes on doing so when what is known of names expires', async () => {
    const { known, sourceOf, clock } = await replicaOf('vip');
    await clock.advance(2 * HOUR_MILLIS);
    expect([known(), sourceOf('r1')]).toEqual([['db1', 'r1'], 'db1']);
  });

  it('does not where another server answers by it', async () => {
    const world = await replicaOf('vip');
    world.hosts.set('vip', { instance: sampleServer(9), hostname: 'db9' });
    await world.clock.advance(HOUR_MILLIS + 4 * POLL_MILLIS);
    expect([world.known(), world.sourceOf('r1')]).toEqual([['db1', 'r1', 'vip'], 'vip']);
  });

  it('is none where nobody registered it', async () => {
    const { known, sourceOf } = await replicaOf('vip', { vip: [] });
    expect([known(), sourceOf('r1')]).toEqual([['db1', 'r1', 'vip'], 'vip']);
  });

  it.each(['as-dialled', 'hostname'] as const)(
    'tells who is behind it, names %s, and leaves the picture and no connection',
    async (selfNameMethod) => {
      const { discovery, known, closed } = await replicaOf('db1', registered, { selfNameMethod });
      expect(await discovery.identify(at('vip'))).toEqual({ kind: 'identified', key: at('db1') });
      expect([known(), closed.includes('vip')]).toEqual([['db1', 'r1'], true]);
    },
  );

  it('is dialled once by all who ask at a time', async () => {
    const { discovery, probesOf } = await replicaOf('db1');
    await Promise.all([discovery.identify(at('vip')), discovery.identify(at('vip'))]);
    expect(probesOf('vip')).toBe(1);
  });

  it('behind which nobody answers is told as that', async () => {
    const { discovery, hosts } = await replicaOf('db1');
    hosts.delete('vip');
    expect(await discovery.identify(at('vip'))).toMatchObject({ kind: 'failed', failure: { kind: 'refused' } });
  });
});

describe('a server that is forgotten', () => {
  /** Two servers and one place: the second waits for the first, which takes its time. */
  async function whileItWaits() {
    const world = aWorld({ maxConcurrency: 1 });
    world.hosts.set('slow', { instance: sampleServer(2) }).set('db1', { instance: sampleServer(1) });
    await world.discovery.start([at('slow'), at('db1')]);
    await world.clock.advance(2 * POLL_MILLIS);
    world.hosts.set('slow', { instance: sampleServer(2), answersAfterMillis: 900 });
    await world.clock.advance(0.5 * POLL_MILLIS + 200);
    expect(world.discovery.queue).toMatchObject({ waiting: 1, running: 1 });
    world.discovery.forget(at('db1'));
    return world;
  }

  it('is not found again by the poll that was waiting', async () => {
    const { clock, known } = await whileItWaits();
    await clock.advance(100 * POLL_MILLIS);
    expect(known()).toEqual(['slow']);
  });

  it('and found again at once is polled in one rhythm, not in two', async () => {
    const { clock, discovery, probesOf, hosts } = await whileItWaits();
    await discovery.discover(at('db1'));
    hosts.set('slow', { instance: sampleServer(2) });
    await clock.advance(2 * POLL_MILLIS);
    const before = probesOf('db1');
    await clock.advance(20 * POLL_MILLIS);
    expect(probesOf('db1') - before).toBe(20);
  });

  it('is welcome again by another name, when somebody asks for it', async () => {
    const { clock, discovery, hosts, known } = aWorld({ selfNameMethod: 'hostname' });
    const host = { instance: sampleServer(1), hostname: 'db1' };
    hosts.set('10.0.0.1', host).set('db1', host);
    await discovery.discover(at('db1'));
    discovery.forget(at('db1'));
    expect((await discovery.discover(at('10.0.0.1'))).kind).toBe('observed');
    await clock.advance(4 * POLL_MILLIS);
    expect(known()).toEqual(['db1']);
  });

  it('leaves its replicas in clusters of their own, in the backend too', async () => {
    const { clock, discovery, hosts, store, picture } = aWorld();
    hosts.set('r1', { instance: sampleReplica(2, 1, { sourceKey: at('db1') }) });
    hosts.set('db1', { instance: sampleServer(1) });
    await discovery.start([at('r1')]);
    await clock.advance(2 * POLL_MILLIS);
    hosts.delete('db1');
    const before = store.queued.length;
    discovery.forget(at('db1'));
    const [written] = store.queued.slice(before);
    expect(written).toMatchObject({ change: 'facts', instance: { key: at('r1') } });
    expect(written?.instance.clusterName).toBe(picture.topology.get(at('r1'))?.clusterName);
    expect(instanceKeyText(at('r1'))).toBe(written?.instance.clusterName);
  });
});

it('no connection is kept to a neighbour that is no server of ours', async () => {
  const { clock, discovery, hosts, closed, known } = aWorld();
  hosts.set('r1', { instance: sampleReplica(2, 1, { sourceKey: at('gone'), receiverRunning: false }) });
  await discovery.start([at('r1')]);
  await clock.advance(2 * POLL_MILLIS);
  expect([known(), new Set(closed)]).toEqual([['r1'], new Set(['gone'])]);
});

describe('a server that has become slow', () => {
  it('is read all the same, as long as it answers within the configured limit', async () => {
    const { clock, discovery, hosts, picture } = aWorld();
    hosts.set('db1', { instance: sampleServer(1), answersAfterMillis: 4_500 });
    await discovery.start([at('db1')]);
    await clock.advance(20 * POLL_MILLIS);
    expect(picture.topology.get(at('db1'))).toSatisfy(isLastCheckValid);
  });
});
