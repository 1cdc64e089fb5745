/** What holds of the graph whatever is put and removed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instance } from './instance.ts';
import { instanceKeyText } from './instance-key.ts';
import { Topology } from './topology.ts';
import { sampleGroup, sampleKey, sampleReplica, sampleServer, sampleUuid } from './topology-samples.ts';
import { placeOf, ports, topologyOf } from './topology-testing.ts';

describe('law: whatever was put and removed, the picture is the one built from scratch', () => {
  const SERVERS = 6;
  const port = fc.integer({ min: 1, max: SERVERS });
  const step = fc.oneof(
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), port }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('root' as const), port, alias: fc.constantFrom('', 'a', 'b') }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('replica' as const), port, source: port, uuid: port }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('member' as const), port, primary: port }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('shut-out' as const), port }) },
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

  function run(topology: Topology, one: Step): void {
    if (one.kind === 'remove') topology.remove(sampleKey(one.port));
    if (one.kind === 'root') topology.put(sampleServer(one.port, { suggestedClusterAlias: one.alias }));
    if (one.kind === 'replica') topology.put(sampleReplica(one.port, one.source, { serverUuid: sampleUuid(one.uuid) }));
    if (one.kind === 'shut-out') {
      const group = { ...sampleGroup(1, one.port), memberState: 'ERROR', memberRole: '', primaryKey: null };
      topology.put(sampleServer(one.port, { group }));
    }
    if (one.kind === 'member') topology.put(sampleServer(one.port, { group: sampleGroup(one.primary, one.port) }));
  }

  /** Everything the picture can be asked. */
  function answers(topology: Topology) {
    const keys = Array.from({ length: SERVERS }, (_, index) => sampleKey(index + 1));
    return {
      size: topology.size,
      clusters: topology.clusterNames().map((name) => ports(topology.cluster(name))),
      servers: keys.map((key) => ({
        has: topology.has(key),
        place: topology.has(key) ? placeOf(topology, key.port) : null,
        uuid: ports(topology.byUuid(sampleUuid(key.port))),
        replicas: ports(topology.replicasOf(key)),
        children: ports(topology.childrenOf(key)),
        siblings: ports(topology.siblingsOf(key)),
        above: ports(topology.ancestorsOf(key)),
        below: ports(topology.descendantsOf(key)),
      })),
    };
  }

  it('holds for every index and attribute, in any order of putting', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (steps, dice) => {
        const topology = new Topology();
        for (const one of steps) run(topology, one);
        const shuffled = [...topology.all()]
          .map((instance) => ({ instance, at: dice.next().value ?? 0 }))
          .sort((one, other) => one.at - other.at);
        const rebuilt = topologyOf(...shuffled.map(({ instance }) => withOwnAlias(instance, steps)));
        expect(answers(rebuilt)).toEqual(answers(topology));
      }),
      { numRuns: 500 },
    );
  });

  /** What the server itself suggested last, instead of what it inherited. */
  function withOwnAlias(instance: Instance, steps: readonly Step[]): Instance {
    const last = steps.findLast((one) => one.port === instance.key.port);
    return { ...instance, suggestedClusterAlias: last?.kind === 'root' ? last.alias : '' };
  }

  it('tells of every server and cluster that is no longer what it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), step, (steps, last) => {
        const topology = new Topology();
        for (const one of steps) run(topology, one);
        const before = new Map([...topology.all()].map((instance) => [instanceKeyText(instance.key), instance]));
        const version = topology.version;
        run(topology, last);
        const renewed = [...topology.all()].filter((now) => {
          const then = before.get(instanceKeyText(now.key));
          return then === undefined || JSON.stringify(then, plain) !== JSON.stringify(now, plain);
        });
        const told = new Set(topology.clustersChangedSince(version));
        for (const instance of renewed) expect(told).toContain(instance.clusterName);
      }),
    );
  });

  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);
});
