import { describe, expect, it } from 'vitest';
import { instanceKeyText } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import { sampleGroup, sampleKey, sampleServer } from '../model/topology-samples.ts';
import type { ProbeFacts } from '../mysql/dialect.ts';
import type { LinkTimeouts, ProbeResult } from '../mysql/server-link.ts';
import type { DiscoveryPolicy } from './discovery-policy.ts';
import type { DiscoveryTiming } from './metrics/timing-columns.ts';
import { Picture } from './picture.ts';
import { Prober } from './prober.ts';
import { aResolver, ManualClock, probeFacts, RememberingStore, settled, TEST_POLICY } from './testing.ts';

const key = sampleKey(10111);
const at = (hostname: string) => ({ hostname, port: 3306 });
type Answered = Extract<ProbeResult, { kind: 'answered' }>;

const answered = (changes: Partial<Answered> = {}): Answered => ({
  kind: 'answered',
  facts: probeFacts(),
  configured: new Map(),
  refused: [],
  ...changes,
});
const lost: ProbeResult = { kind: 'failed', failure: { kind: 'lost', phase: 'answer', text: '' }, partial: false };

/** A prober whose probes give what is asked of `answer`. */
function aProber(answer: () => ProbeResult | Promise<ProbeResult>, policy: Partial<DiscoveryPolicy> = {}) {
  const clock = new ManualClock();
  const store = new RememberingStore();
  const picture = new Picture(store);
  const asked: LinkTimeouts[] = [];
  const refused: string[] = [];
  const classified: string[] = [];
  const timings: DiscoveryTiming[] = [];
  const resolver = aResolver(store, clock);
  const prober = new Prober({
    isForgotten: () => false,
    onNameTaken: () => {},
    picture,
    link: () => ({
      probe: async (timeouts) => {
        asked.push(timeouts);
        return answer();
      },
      pulse: async () => null,
    }),
    resolver,
    policy: () => ({ ...TEST_POLICY, ...policy }),
    clock,
    onClassified: (instance, { promotionRule, clusterDomain }) =>
      classified.push(`${instanceKeyText(instance.key)} ${promotionRule ?? ''} ${clusterDomain}`),
    onRefusedSection: (of, section) => refused.push(`${instanceKeyText(of)} ${section}`),
    onDiscovered: (timing) => timings.push(timing),
  });
  return { clock, picture, prober, resolver, asked, refused, classified, timings };
}

describe('a live read', () => {
  it('puts what the server says into the picture, with the time', async () => {
    const { picture, prober, clock } = aProber(() => answered());
    expect((await prober.read(key)).kind).toBe('observed');
    expect(picture.topology.get(key)).toMatchObject({ version: '9.7.4-2', lastSeen: clock.now() });
  });

  it('is shared by all who ask while it is under way; one that asks for a fresh one gets the next', async () => {
    const ends: ((result: ProbeResult) => void)[] = [];
    const { prober, asked } = aProber(() => new Promise((resolve) => ends.push(resolve)));
    const reads = [prober.read(key), prober.read(key), prober.readAfresh(key)];
    await settled();
    expect(asked).toHaveLength(1);
    ends[0]?.(answered());
    await settled();
    expect(asked).toHaveLength(2);
    ends[1]?.(answered());
    await Promise.all(reads);
  });

  describe('that need not have begun just now', () => {
    const RECENT_MILLIS = 100;

    it('is the last one, or one that is under way, as long as it is not older', async () => {
      const ends: ((result: ProbeResult) => void)[] = [];
      const { prober, asked, clock } = aProber(() => new Promise((resolve) => ends.push(resolve)));
      const recent = () => prober.readSince(key, clock.monotonic() - RECENT_MILLIS);
      const reads = [prober.read(key), recent()];
      await settled();
      ends[0]?.(answered());
      expect((await Promise.all([...reads, recent()])).map(({ kind }) => kind)).toEqual(Array(3).fill('observed'));
      expect(asked).toHaveLength(1);
      await clock.advance(RECENT_MILLIS + 1);
      void recent();
      await settled();
      expect(asked).toHaveLength(2);
    });

    it('D12: is a new one where a command was sent since, or the last one failed', async () => {
      const results = [answered(), answered(), lost, answered()];
      const { prober, picture, asked, clock } = aProber(() => results.shift() ?? lost);
      const recent = () => prober.readSince(key, clock.monotonic() - RECENT_MILLIS);
      await prober.read(key);
      picture.advanceEpoch(key);
      expect((await recent()).kind).toBe('observed');
      expect(asked).toHaveLength(2);
      await prober.readAfresh(key);
      expect((await recent()).kind).toBe('observed');
      expect(asked).toHaveLength(4);
    });
  });

  it('is void when a command changed the server while it was under way', async () => {
    let end = (_: ProbeResult): void => {};
    const { prober, picture } = aProber(() => new Promise((resolve) => (end = resolve)));
    const read = prober.read(key);
    await settled();
    picture.advanceEpoch(key);
    end(answered());
    await read;
    expect(picture.topology.has(key)).toBe(false);
  });

  it('that fails leaves the facts, and makes them invalid', async () => {
    const results = [answered(), lost];
    const { prober, picture } = aProber(() => results.shift() ?? lost);
    await prober.read(key);
    expect(await prober.read(key)).toEqual(lost);
    expect(picture.topology.get(key)).toMatchObject({ version: '9.7.4-2' });
    expect(picture.topology.get(key)).not.toSatisfy(isLastCheckValid);
  });

  it('tells how long it took, under the name the server has, and what went wrong', async () => {
    const results = [answered(), lost];
    const { clock, prober, timings } = aProber(
      async () => {
        await clock.advance(20);
        return results.shift() ?? lost;
      },
      { selfNameMethod: 'hostname' },
    );
    await prober.read(key);
    await prober.read(key);
    const times = { instanceMillis: 20, backendMillis: 0, totalMillis: 20 };
    const self = { hostname: 'db1.example', port: 10111 };
    expect(timings).toEqual([
      { key: self, ...times, error: null },
      { key: self, ...times, error: '' },
    ]);
  });

  it('A10: waits no longer than about a second for a server that usually answers at once', async () => {
    const { prober, asked } = aProber(() => answered());
    await prober.read(key);
    await prober.read(key);
    expect(asked.at(-1)).toEqual({ connectMillis: 1_000, answerMillis: 1_000 });
  });
});

describe('A10: a server that does not answer whether it is there', () => {
  it('is not valid, and not partly alive either, whatever it answered before', async () => {
    const { prober, picture } = aProber(() => answered());
    await prober.read(key);
    prober.silent(key, { kind: 'timeout', phase: 'answer', text: 'i/o timeout' });
    const server = picture.topology.get(key);
    expect(server).toMatchObject({ lastCheckPartialSuccess: false });
    expect(server && isLastCheckValid(server)).toBe(false);
  });
});

describe('the name of a server', () => {
  it('is what it calls itself, where that is configured', async () => {
    const { prober, picture } = aProber(() => answered(), { selfNameMethod: 'hostname' });
    await prober.read(key);
    expect(picture.topology.has({ hostname: 'db1.example', port: 10111 })).toBe(true);
    expect(picture.topology.has(key)).toBe(false);
  });

  it('cannot be told when it should call itself something and does not', async () => {
    const { prober, picture } = aProber(() => answered(), { selfNameMethod: 'report-host' });
    expect(await prober.read(key)).toMatchObject({ kind: 'failed', failure: { code: 'NO_SELF_NAME' }, partial: true });
    expect(picture.topology.has(key)).toBe(false);
  });
});

describe('addresses that a server tells of others', () => {
  const prober = (facts: ProbeFacts) => {
    const made = aProber(() => answered({ facts }));
    made.resolver.learn('10.0.0.7', 'db7');
    return made;
  };

  it('become the names they are known by: sources of all channels, and members of a group', async () => {
    const channel = {
      name: 'a',
      receiverState: 'running',
      applierState: 'running',
      usingGtid: true,
      receivedGtid: '',
    } as const;
    const group = { ...sampleGroup(10112, 10111), members: [at('10.0.0.7')], primaryKey: at('10.0.0.7') };
    const instance = sampleServer(10111, { otherChannels: [{ ...channel, sourceKey: at('10.0.0.7') }], group });
    const { prober: reading, picture } = prober(probeFacts({ instance }));
    expect(await reading.read(key)).toMatchObject({ neighbours: { otherSources: [at('db7')], members: [at('db7')] } });
    expect(picture.topology.get(key)).toMatchObject({
      otherChannels: [{ name: 'a', sourceKey: at('db7') }],
      group: { members: [at('db7')], primaryKey: at('db7') },
    });
  });

  it('and a group’s primary is known by the name it was asked at, whatever its group calls it', async () => {
    const group = { ...sampleGroup(10111, 10111), primaryKey: at('internal.example') };
    const { prober: reading, picture } = prober(probeFacts({ instance: sampleServer(10111, { group }) }));
    await reading.read(key);
    expect(picture.topology.get(key)?.group.primaryKey).toEqual(key);
  });
});

describe('what configured queries tell', () => {
  const answers = new Map([
    ['DetectClusterAliasQuery', 'shop'],
    ['DetectDataCenterQuery', 'ny'],
    ['DetectRegionQuery', 'east'],
    ['DetectPhysicalEnvironmentQuery', 'prod'],
    ['DetectInstanceAliasQuery', 'shop-1'],
    ['ReplicationLagQuery', '7'],
  ]);
  const told = {
    suggestedClusterAlias: 'shop',
    dataCenter: 'ny',
    region: 'east',
    physicalEnvironment: 'prod',
    instanceAlias: 'shop-1',
  };

  it('becomes the attributes of the server', async () => {
    const { prober, picture } = aProber(() => answered({ configured: answers }));
    await prober.read(key);
    expect(picture.topology.get(key)).toMatchObject({ ...told, replicationLagSeconds: 7 });
  });

  it('C9: stays as it was last known when the queries fail', async () => {
    const failure = { kind: 'server-error', phase: 'answer', number: 1146, sqlState: '42S02', text: '' } as const;
    const refused = [...answers.keys()].map((name) => ({ name, failure }));
    const results = [answered({ configured: answers }), answered({ refused })];
    const { prober, picture, refused: heard } = aProber(() => results.shift() ?? answered());
    await prober.read(key);
    await prober.read(key);
    expect(picture.topology.get(key)).toMatchObject(told);
    expect(heard).toContain('127.0.0.1:10111 DetectDataCenterQuery');
    await prober.read(key);
    expect(picture.topology.get(key)).toMatchObject({ dataCenter: '' });
  });

  it('is nothing when it is NULL, and no lag when it is no number', async () => {
    const configured = new Map([
      ['DetectDataCenterQuery', null],
      ['ReplicationLagQuery', 'soon'],
    ]);
    const { prober, picture } = aProber(() => answered({ configured }));
    await prober.read(key);
    expect(picture.topology.get(key)).toMatchObject({
      dataCenter: '',
      replicationLagSeconds: sampleServer(1).replicationLagSeconds,
    });
  });
});
