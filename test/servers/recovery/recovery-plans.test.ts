// What a recovery would do is told beforehand, changes nothing, and is then done: the same winner, the same steps.

import { afterEach, describe, expect, it } from 'vitest';
import { JOURNAL_END } from '../../../src/model/recovery-record.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { followsSoon, hasNumbers, kill, replication, writablePorts } from '../support/servers.ts';
import { openWorld, the, type World, write } from '../support/world.ts';

let world: World;

afterEach(() => world?.stop());

interface ToldPlan {
  readonly promoted: { readonly port: number };
  readonly servers: readonly { readonly server: { readonly port: number }; readonly afterwards: string }[];
  readonly durability: { readonly kind: string };
  readonly outage: { readonly expectedMillis: number; readonly atMostMillis: number };
  readonly stages: readonly { readonly steps: readonly { readonly id: string }[] }[];
}

async function told(path: string): Promise<ToldPlan> {
  const answer = await world.get(`v2/clusters/c1/${path}`);
  expect([answer.status, answer.code]).toEqual([200, '']);
  return answer.details as ToldPlan;
}

const stepsOf = ({ stages }: ToldPlan) => stages.flatMap(({ steps }) => steps.map(({ id }) => id)).sort();

/** Of the one recovery that there was, whose end has a line too. */
const stepsDone = () =>
  [...new Set(world.journal().flatMap(({ step, phase }) => (phase === 'done' ? [step] : [])))]
    .filter((step) => step !== JOURNAL_END)
    .sort();

const sources = async (servers: readonly RunningServer[]) =>
  Promise.all(servers.map(async (server) => (await replication(server))?.port ?? 0));

/** Lag in a poll would leave it open who has received most. */
async function open(family: 'mysql' | 'mariadb'): Promise<void> {
  world = await openWorld({ family, replicas: 3 });
  await write(world.primary, 'INSERT INTO demo.numbers VALUES (1)');
  for (const replica of world.replicas) await hasNumbers(replica, [1]);
  await Promise.all(world.fleet.servers.map((server) => world.afterLooks(server)));
}

describe.each(serverFamilies)('%s', (family) => {
  it('a failover does what was told of it', async () => {
    await open(family);
    const before = await sources(world.fleet.servers);
    const plan = await told('plan-failover');
    expect([await sources(world.fleet.servers), await writablePorts(world.fleet.servers)]).toEqual([
      before,
      [world.primary.port],
    ]);
    expect(plan.outage.expectedMillis).toBeLessThan(plan.outage.atMostMillis);
    await kill(world.primary);
    expect((await world.promoted()).port).toBe(plan.promoted.port);
    await eventually(stepsDone).toEqual(stepsOf(plan));
  });

  it('I1, I2: a switchover is refused beforehand as it would be, and does what was told of it', async () => {
    await open(family);
    const [one] = world.replicas;
    const receiver = family === 'mysql' ? 'REPLICA IO_THREAD' : 'SLAVE IO_THREAD';
    await the(one).query(`STOP ${receiver}`);
    const answer = await world.get(`v2/clusters/c1/plan-takeover?designated=${world.key(the(one))}`);
    expect([answer.status, answer.details]).toMatchObject([409, { code: 'not-replicating' }]);
    await the(one).query(`START ${receiver}`);
    await followsSoon(the(one), world.primary);
    expect(await world.recoveries()).toEqual([]);
    const plan = await told('plan-takeover');
    expect(plan.durability.kind).toBe('nothing-is-lost');
    const taken = await world.get('graceful-master-takeover-auto/c1');
    expect(taken.code).toBe('OK');
    expect((await world.promoted()).port).toBe(plan.promoted.port);
    await eventually(stepsDone).toEqual(stepsOf(plan));
  });
});
