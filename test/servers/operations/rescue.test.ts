// What a former primary alone has is fetched by the one that has taken its place, on real servers (D9).

import { afterEach, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from '../support/eventually.ts';
import type { OperationBody } from '../support/operation-world.ts';
import { connectAsRoot } from '../support/root-connection.ts';
import { asRoot, executed, hasNumbers, isWritable, kill, numbersOn, writeNumbers } from '../support/servers.ts';
import { openWorld, the, type World, write } from '../support/world.ts';

const CALL_MILLIS = 60_000;

let world: World;

afterEach(() => world?.stop());

async function post(
  server: RunningServer,
  query = '',
): Promise<{ readonly status: number; readonly body: OperationBody }> {
  const answer = await fetch(`${world.program.url}/api/v2/operations${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'rescue-transactions', key: world.key(server) }),
    signal: AbortSignal.timeout(CALL_MILLIS),
  });
  return { status: answer.status, body: (await answer.json()) as OperationBody };
}

/** A failover, after which the former primary is back. */
async function failedOver(family: 'mysql' | 'mariadb') {
  world = await openWorld({ family, replicas: 2 });
  const former = world.primary;
  await writeNumbers(former, [1, 2], world.replicas);
  await kill(former);
  const promoted = await world.promoted();
  await former.restart();
  await world.logged(`${world.key(former)} came back writable`);
  return { former, promoted, replica: the(world.replicas.find((one) => one !== promoted)) };
}

/** As clients would have: they are in its binary log. */
async function writeErrant(server: RunningServer, numbers: readonly number[]): Promise<void> {
  const root = await connectAsRoot(server);
  await root.query('SET GLOBAL super_read_only = 0');
  for (const number of numbers) await root.query(`INSERT INTO demo.numbers VALUES (${number})`);
  await root.query('SET GLOBAL super_read_only = 1');
  root.destroy();
}

const channels = async (server: RunningServer): Promise<readonly unknown[]> => asRoot(server, 'SHOW REPLICA STATUS');

it('D9: is fetched while the new primary takes writes, reaches its replicas, and leaves no channel', async () => {
  const own = [90, 91, 92];
  const { former, promoted, replica } = await failedOver('mysql');
  await writeErrant(former, own);
  await write(promoted, 'INSERT INTO demo.numbers VALUES (3)');
  const planned = await post(former, '?dry-run=true');
  expect(JSON.stringify(planned.body)).toContain("FOR CHANNEL 'orchestrator_rescue'");
  expect(await numbersOn(promoted)).toEqual([1, 2, 3]);

  expect((await post(former)).body).toMatchObject({ outcome: 'done' });
  expect(await numbersOn(promoted)).toEqual([1, 2, 3, ...own]);
  expect(await channels(promoted)).toEqual([]);
  expect(await isWritable(promoted)).toBe(true);
  expect((await world.instance(promoted)).MasterKey.Hostname).toBe('');
  await hasNumbers(replica, [1, 2, 3, ...own]);
  // It has nothing of its own any more.
  expect((await post(former)).body).toMatchObject({ outcome: 'refused', code: 'nothing-errant' });
  for (const words of [JSON.stringify(planned.body), world.log()]) expect(words).not.toContain('repl_pw');
});

it('D9: what contradicts the new primary ends it, is named, and leaves no channel', async () => {
  const { former, promoted } = await failedOver('mysql');
  await writeErrant(former, [90, 91]);
  await write(promoted, 'INSERT INTO demo.numbers VALUES (91)');
  const before = await executed(former);

  const { body } = await post(former);
  expect(body).toMatchObject({ outcome: 'failed' });
  expect(JSON.stringify(body)).toMatch(/1062|Duplicate entry/);
  expect(await numbersOn(promoted)).toEqual([1, 2, 90, 91]);
  expect(await channels(promoted)).toEqual([]);
  expect(await executed(former)).toBe(before);
});

it('D9: of MariaDB it is refused, with what may be done', async () => {
  const { former } = await failedOver('mariadb');
  const { status, body } = await post(former);
  expect([status, body.code]).toEqual([409, 'no-gtid']);
  expect(body.message).toContain('mariadb-binlog');
  await eventually(() => isWritable(former)).toBe(false);
});
