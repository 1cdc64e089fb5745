// A host that is dialled by a second name in the pretended network: replicas are told of it by that name, and the picture shows one server.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { OperationRequest } from '../../src/planning/operations/operation-request.ts';
import { serverOptions } from '../../src/sim/server/server-options.ts';
import { sqlOf } from '../../src/sim/sql/pretend-sql.ts';
import { World } from '../../src/sim/world.ts';
import { PretendNode } from './support/pretend-node.ts';
import { Run } from './support/run.ts';

const PORT = 3306;
const at = (hostname: string) => ({ hostname, port: PORT });

const SECOND_MILLIS = 1_000;

/** `db1` with the replicas `db2` and `db3`, and a node that has found all of them; names stay as they are dialled, or as servers call themselves. */
async function aWorld(selfName: 'none' | '@@hostname') {
  const world = new World({ seed: 1, servers: [1, 2, 3].map((number) => serverOptions('mysql', number)), sqlOf });
  const run = new Run(world);
  const node = new PretendNode(world, {
    place: 'orc1',
    touch: run.touch,
    configuration: {
      MySQLTopologyUser: 'orc',
      MySQLTopologyPassword: 'orc_pw',
      DiscoverySeeds: ['db1:3306'],
      InstancePollSeconds: 1,
      HostnameResolveMethod: 'none',
      MySQLHostnameResolveMethod: selfName,
      ExpiryHostnameResolvesMinutes: 1,
      DiscoverByShowSlaveHosts: true,
    },
  });
  onTestFinished(() => node.kill());
  node.start();
  await run.pass(10 * SECOND_MILLIS);
  /** What comes of a call, once time has passed for it. */
  async function soon<Value>(call: Promise<Value>): Promise<Value> {
    let value: { readonly came: Value } | null = null;
    run.touch();
    void call.then((came) => (value = { came }));
    await run.pass(10 * SECOND_MILLIS);
    const answer = value as { readonly came: Value } | null;
    if (answer === null) throw new Error('nothing came of it');
    return answer.came;
  }
  const operate = (request: OperationRequest) => soon(node.calls.operate(request));
  const sourceOf = (host: string) => node.calls.instance(at(host))?.instance.sourceKey?.hostname;
  const known = () => node.calls.allInstances().map(({ instance }) => instance.key.hostname);
  const register = (name: string) => soon(node.calls.setVirtualName(at('db2'), name));
  return { world, run, node, soon, operate, sourceOf, known, register };
}

describe.each(['none', '@@hostname'] as const)(
  'a host with a second name, MySQLHostnameResolveMethod %s',
  (selfName) => {
    it('O58: is told by it; the picture shows one server, also when names have expired', async () => {
      const { world, run, operate, sourceOf, known, register } = await aWorld(selfName);
      world.nameHost('vip', 'db2');
      await register('vip');
      expect(await operate({ kind: 'relocate', key: at('db3'), below: at('db2') })).toMatchObject({ kind: 'done' });
      expect(world.server('db3').settings?.host).toBe('vip');
      await run.pass(10 * SECOND_MILLIS);
      expect([sourceOf('db3'), [...known()].sort()]).toEqual(['db2', ['db1', 'db2', 'db3']]);
      // Names expire after a minute, and so does what a person registers.
      for (let times = 0; times < 5; times++) {
        await register('vip');
        await run.pass(20 * SECOND_MILLIS);
      }
      expect([sourceOf('db3'), [...known()].sort()]).toEqual(['db2', ['db1', 'db2', 'db3']]);
    });

    it.each([
      ['leads to another server', 'db1'],
      ['leads nowhere', null],
    ])('O58: that %s is refused, and nothing is stopped', async (_, host) => {
      const { world, operate, sourceOf, known, register } = await aWorld(selfName);
      world.nameHost('vip', host);
      await register('vip');
      const outcome = await operate({ kind: 'relocate', key: at('db3'), below: at('db2') });
      expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 'virtual-name-misleads' } });
      expect([sourceOf('db3'), [...known()].sort()]).toEqual(['db1', ['db1', 'db2', 'db3']]);
    });
  },
);
