// All data of a server replaced by those of another one, on real servers: by MySQL's CLONE plugin, and by hooks where there is none (G1).

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from '../support/eventually.ts';
import type { OperationAnswer, OperationBody } from '../support/operation-world.ts';
import { connectAsRoot } from '../support/root-connection.ts';
import {
  asRoot,
  executed,
  followsSoon,
  hasNumbers,
  isWritable,
  kill,
  numbersOn,
  replication,
  writeNumbers,
} from '../support/servers.ts';
import { openWorld, the, type World, write } from '../support/world.ts';

const LAUNCHER = join(import.meta.dirname, '../../../bin/orchestrator');

/** One clone of a small server, with its restart. Milliseconds. */
const CALL_MILLIS = 60_000;

/** A small server is copied in a moment; at so many megabytes a second there is time to look. */
const SLOW_MEGABYTES = 12;

let world: World;

/** Interrupted, or cut off from the donor: whichever the threads of the clone notice first. */
const KILLED = /error (1317|1158): /;

interface Wish {
  readonly donor?: RunningServer;
  readonly discardErrant?: boolean;
}

async function post(
  path: string,
  server: RunningServer,
  { donor, discardErrant = false }: Wish,
): Promise<OperationAnswer> {
  const answer = await fetch(`${world.program.url}/api/v2/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      kind: 'reprovision',
      key: world.key(server),
      donor: donor === undefined ? null : world.key(donor),
      discardErrant,
    }),
    signal: AbortSignal.timeout(CALL_MILLIS),
  });
  return { status: answer.status, body: (await answer.json()) as OperationBody };
}

const reprovision = (server: RunningServer, wish: Wish = {}) => post('operations', server, wish);
const planFor = (server: RunningServer, wish: Wish = {}) => post('operations?dry-run=true', server, wish);

interface Status {
  readonly begun: { readonly phase: string; readonly discarded: string | null } | null;
  readonly progress: string | null;
  readonly clone: {
    readonly state: string;
    readonly stage: string | null;
    readonly beganAt: string;
    readonly error: { readonly number: number } | null;
  } | null;
}

async function statusOf(server: RunningServer): Promise<Status> {
  const answer = await fetch(`${world.program.url}/api/v2/instances/${world.at(server)}/reprovision`, {
    signal: AbortSignal.timeout(CALL_MILLIS),
  });
  return (await answer.json()) as Status;
}

/** Past the point of no return, and not at its end. */
const copies = (server: RunningServer) => async (): Promise<boolean> =>
  (await statusOf(server)).clone?.stage === 'FILE COPY';

/** What a supervisor does: no server of the sandbox has one. */
async function startAgain(server: RunningServer): Promise<void> {
  await server.exited;
  await server.restart();
}

/** Somebody writes where nobody should; it is in the server's binary log. */
async function writeErrant(server: RunningServer): Promise<void> {
  const root = await connectAsRoot(server);
  const superReadOnly = async (value: 0 | 1): Promise<void> => {
    if (server.family === 'mysql') await root.query(`SET GLOBAL super_read_only = ${value}`);
  };
  await superReadOnly(0);
  await root.query('INSERT INTO demo.numbers VALUES (99)');
  await superReadOnly(1);
  root.destroy();
}

/** The last transaction that began at the server itself. */
async function lastOwn(server: RunningServer): Promise<string> {
  const [row] = await server.query('SELECT @@global.server_uuid AS uuid');
  const uuid = String(row?.['uuid']);
  const numbers = (await executed(server)).split(',').find((set) => set.startsWith(uuid)) ?? '';
  return `${uuid}:${/\d+$/.exec(numbers)?.[0]}`;
}

const audited = async (): Promise<string> => JSON.stringify((await world.get('audit')).details);

describe('MySQL', () => {
  beforeAll(async () => {
    world = await openWorld({ family: 'mysql', replicas: 2 });
  });
  afterAll(() => world?.stop());

  it('G1: an errant former primary is refused without consent, then cloned, and replicates with equal data', async () => {
    const former = world.primary;
    await writeNumbers(former, [1, 2], world.replicas);
    await kill(former);
    const promoted = await world.promoted();
    await former.restart();
    // That ends the sessions of clients, too.
    await world.logged(`${world.key(former)} came back writable`);
    await writeErrant(former);
    const errant = await lastOwn(former);

    const refused = await reprovision(former);
    expect(refused).toMatchObject({ status: 409, body: { outcome: 'refused', code: 'errant' } });
    expect(refused.body.message).toContain(errant);
    expect(await numbersOn(former)).toEqual([1, 2, 99]);

    const planned = await planFor(former, { discardErrant: true });
    const shown = JSON.stringify(planned.body);
    for (const told of [errant, 'CLONE INSTANCE FROM', 'INSTALL PLUGIN clone']) expect(shown).toContain(told);

    const answer = reprovision(former, { discardErrant: true });
    await eventually(async () => (await statusOf(former)).clone?.state).toBe('running');
    expect(await statusOf(former)).toMatchObject({ begun: { phase: 'begun', discarded: errant } });
    // Who asks for the same meanwhile hears the same end.
    const again = reprovision(former, { discardErrant: true });
    await startAgain(former);
    expect((await answer).body).toMatchObject({ outcome: 'done', method: 'clone' });
    expect((await again).body).toMatchObject({ outcome: 'done' });

    await followsSoon(former, promoted);
    await write(promoted, 'INSERT INTO demo.numbers VALUES (3)');
    await hasNumbers(former, [1, 2, 3]);
    await eventually(() => executed(former)).toBe(await executed(promoted));
    expect(await isWritable(former)).toBe(false);
    expect((await statusOf(former)).begun).toBeNull();
    expect(await audited()).toContain(`ordered to be lost: ${errant}`);
    for (const words of [shown, world.log()]) expect(words).not.toContain('orc_pw');
  });

  it('a donor that does not do is refused; a clone that fails says why; one goes on while orchestrator is dead, and is gone on with', async () => {
    const [one, two] = world.replicas.map(the);
    const promoted = (await isWritable(the(one))) ? the(one) : the(two);
    const recipient = promoted === one ? the(two) : the(one);
    const donor = world.primary;
    await donor.query('STOP REPLICA');
    const refused = await reprovision(recipient, { donor });
    expect(refused).toMatchObject({ status: 409, body: { code: 'donor-not-replicating' } });
    await donor.query('START REPLICA');
    await followsSoon(donor, promoted);

    for (const server of [donor, recipient]) {
      const limits = ['clone_max_data_bandwidth', 'clone_max_network_bandwidth'];
      await asRoot(server, ...limits.map((name) => `SET GLOBAL ${name} = ${SLOW_MEGABYTES}`));
    }
    const failing = reprovision(recipient, { donor });
    await eventually(copies(recipient)).toBe(true);
    const [row] = await asRoot(recipient, 'SELECT PID AS pid FROM performance_schema.clone_status');
    await asRoot(recipient, `KILL ${Number(row?.['pid'])}`);
    expect((await failing).body).toMatchObject({ outcome: 'failed', message: expect.stringMatching(KILLED) });
    expect((await failing).body.message).toContain('the data of');
    const { clone: failed } = await statusOf(recipient);
    expect(failed).toMatchObject({ state: 'failed' });
    expect(`error ${failed?.error?.number}: `).toMatch(KILLED);
    // A server with a part of its data replicates from nobody, not even after a restart.
    expect((await replication(recipient))?.host).toBe(`//${world.hostOf(promoted)}`);

    const lost = reprovision(recipient, { donor }).catch(() => 'died');
    await eventually(async () => (await statusOf(recipient)).clone?.state).toBe('running');
    await eventually(copies(recipient)).toBe(true);
    const { clone: begun } = await statusOf(recipient);
    await world.killProgram();
    expect(await lost).toBe('died');
    const started = startAgain(recipient);
    await world.startProgram();
    await world.seesLeader();
    // What a process held that has died is free once it is known to be dead.
    await eventually(async () => (await reprovision(recipient, { donor })).body.outcome).toBe('done');
    await started;
    expect((await statusOf(recipient)).clone).toMatchObject({ state: 'completed', beganAt: begun?.beganAt });
    await followsSoon(recipient, promoted);
    await hasNumbers(recipient, [1, 2, 3]);
    await eventually(() => executed(recipient)).toBe(await executed(promoted));
  });
});

/** The command, on the service's backend, with keys of its own. */
function command(keys: Readonly<Record<string, unknown>>, ...args: readonly string[]) {
  const { configurationFile } = world.program;
  const own = join(world.folder, 'command.conf.json');
  writeFileSync(own, JSON.stringify({ ...JSON.parse(readFileSync(configurationFile, 'utf8')), ...keys }));
  return new Promise<{ readonly out: string; readonly log: string }>((resolve) => {
    const options = { env: { ...process.env, TMPDIR: world.folder }, timeout: CALL_MILLIS };
    execFile(LAUNCHER, [`--config=${own}`, '-c', ...args], options, (_error, out, log) => {
      resolve({ out: out.trimEnd(), log });
    });
  });
}

describe('MariaDB', () => {
  beforeAll(async () => {
    world = await openWorld({ family: 'mariadb', replicas: 2 });
  });
  afterAll(async () => {
    // A hook that waits for it would outlive the test.
    world?.touch('go');
    await world?.stop();
  });

  it('G1: is refused without hooks, and provisioned by a hook that is told of everybody', async () => {
    const { primary } = world;
    const [recipient, donor] = world.replicas.map(the);
    const [errant, other] = [the(recipient), the(donor)];
    await writeNumbers(primary, [1, 2], world.replicas);
    await writeErrant(errant);
    const refused = await reprovision(errant, { discardErrant: true });
    expect(refused).toMatchObject({ status: 409, body: { code: 'no-clone' } });
    expect(refused.body.message).toContain('ReprovisionProcesses');

    const said = 'echo "$ORC_RECIPIENT_PORT {donorPort} $ORC_PRIMARY_PORT" > FOLDER/told; cat > FOLDER/document';
    const waits = 'touch FOLDER/asked; while [ -d FOLDER ] && [ ! -e FOLDER/go ]; do sleep 0.05; done';
    const hooks = [said, waits].map((hook) => hook.replaceAll('FOLDER', world.folder));
    const keys = { ReprovisionProcesses: hooks };
    const ordered = ['reprovision', '-i', world.key(errant), '-d', world.key(other), '--discard-errant'];
    const running = command(keys, ...ordered);
    await eventually(() => world.exists('asked')).toBe(true);
    expect(world.lines('told')).toEqual([`${errant.port} ${other.port} ${primary.port}`]);
    expect(JSON.parse(the(world.lines('document')[0]))).toMatchObject({ donor: { port: other.port } });
    expect((await replication(errant))?.applier).toBe('No');
    expect(await statusOf(errant)).toMatchObject({ begun: { phase: 'begun' } });
    // What the hook of a person would do: other data, and the position that goes with them.
    const [row] = await asRoot(errant, 'SELECT @@global.gtid_slave_pos AS position');
    await asRoot(
      errant,
      'DELETE FROM demo.numbers WHERE n = 99',
      'RESET MASTER',
      `SET GLOBAL gtid_slave_pos = '${String(row?.['position'])}'`,
    );
    world.touch('go');
    expect(await running).toMatchObject({ out: `${world.key(errant)}<${world.key(primary)}` });
    await followsSoon(errant, primary);
    await write(primary, 'INSERT INTO demo.numbers VALUES (3)');
    await hasNumbers(errant, [1, 2, 3]);
    expect(await isWritable(errant)).toBe(false);
    expect((await statusOf(errant)).begun).toBeNull();
  });
});
