// Errant transactions on real servers: who has them, since when, and the two ways out (spec/topology-operations.md 5.9, O33 to O36).

import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from '../support/eventually.ts';
import { keptStages } from '../support/kept-stages.ts';
import type { OperationWorld } from '../support/operation-world.ts';
import { connectAsRoot } from '../support/root-connection.ts';
import { executed, followsSoon, replication } from '../support/servers.ts';

const stages = keptStages();
let stage: OperationWorld;

const open = async (replicas = 3): Promise<OperationWorld> => {
  stage = await stages.open({ family: 'mysql', replicas });
  return stage;
};

/** Somebody writes on a replica, under GTIDs of its own or under these. */
async function writeErrant(server: RunningServer, statement: string, gtids: readonly string[] = ['']): Promise<void> {
  const root = await connectAsRoot(server);
  try {
    await root.query('SET GLOBAL super_read_only = 0');
    for (const gtid of gtids) {
      if (gtid !== '') await root.query(`SET GTID_NEXT = '${gtid}'`);
      await root.query(statement);
    }
    await root.query("SET GTID_NEXT = 'AUTOMATIC'");
    await root.query('SET GLOBAL super_read_only = 1');
  } finally {
    root.destroy();
  }
}

const CREATE = 'CREATE TABLE IF NOT EXISTS demo.aside (n INT)';

const uuidOf = async (server: RunningServer): Promise<string> =>
  String((await server.query('SELECT @@global.server_uuid AS uuid'))[0]?.['uuid']);

const errantOn = async (server: RunningServer): Promise<string> =>
  (await stage.world.instance(server)).GtidErrant.replaceAll('\n', '');

interface ErrantAnswer {
  readonly gtidErrant: string;
  readonly transactions: number;
  readonly purged: string;
  readonly ranges: readonly { readonly gtid: string; readonly firstSeen: string | null }[];
  readonly waysOut: readonly {
    readonly kind: string;
    readonly refusal: string | null;
    readonly effects: readonly string[];
  }[];
}

async function errantReport(server: RunningServer): Promise<ErrantAnswer> {
  const answer = await fetch(`${stage.world.program.url}/api/v2/instances/${stage.world.at(server)}/errant-gtid`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as ErrantAnswer;
}

describe('where nobody is errant', () => {
  it('O33, O34, O35, O36: both ways out are refused, and there is nothing to show', async () => {
    const { world } = await open(2);
    const [one, two] = [stage.replica(1), stage.replica(2)];
    for (const server of world.fleet.servers) expect(await errantOn(server)).toBe('');
    const reset = await stage.command('gtid-errant-reset-master', '-i', world.key(one));
    expect(reset.code).toBe(1);
    expect(reset.log).toContain(`gtid-errant-reset-master will not operate on ${world.key(one)}`);
    expect(await stage.refusal('gtid-errant-inject-empty', two)).toContain(
      `gtid-errant-inject-empty will not operate on ${world.key(two)}`,
    );
    expect(await stage.command('which-gtid-errant', '-i', world.key(one))).toMatchObject({ code: 0, out: '' });
    expect(await stage.refusal('locate-gtid-errant', one)).toContain(`no errant-gtid on ${world.key(one)}`);
    expect(await errantReport(one)).toMatchObject({ gtidErrant: '', transactions: 0, ranges: [] });
    await stage.everyRowOnce();
  });
});

describe('where somebody wrote on a replica', () => {
  it('O33, O35: its binary logs are reset, and the write is no transaction any more', async () => {
    const { primary, world } = await open(2);
    const one = stage.replica(1);
    const key = world.key(one);
    await writeErrant(one, CREATE);
    const errant = `${await uuidOf(one)}:1`;
    await eventually(() => errantOn(one)).toBe(errant);
    expect(await stage.command('which-gtid-errant', '-i', key)).toMatchObject({ code: 0, out: errant });
    expect(await stage.command('gtid-errant-reset-master', '-i', key)).toMatchObject({ code: 0, out: key });
    await eventually(() => errantOn(one)).toBe('');
    expect(await executed(one)).not.toContain(errant);
    await followsSoon(one, primary);
    await stage.everyRowOnce();
  });

  it('O35: one that others replicate from is not reset', async () => {
    const { world } = await open(2);
    const [one, two] = [stage.replica(1), stage.replica(2)];
    await stage.done('relocate', two, one);
    await writeErrant(one, CREATE);
    await eventually(() => errantOn(one)).not.toBe('');
    const refusal = await stage.refusal('gtid-errant-reset-master', one);
    expect(refusal).toContain(`gtid-errant-reset-master will not operate on ${world.key(one)}`);
    await followsSoon(two, one);
    await stage.everyRowOnce();
  });

  it('O36: empty ones on the primary clear it and all that got them from it', async () => {
    const { primary, world } = await open();
    const [two, three] = [stage.replica(2), stage.replica(3)];
    await stage.done('relocate', three, two);
    await writeErrant(two, CREATE);
    await eventually(() => errantOn(two)).toBe(`${await uuidOf(two)}:1`);
    expect(await errantOn(three)).toBe('');
    await stage.done('relocate', three, primary);
    await followsSoon(three, primary);
    await eventually(() => errantOn(three)).toBe(`${await uuidOf(two)}:1`);
    const details = await stage.done('gtid-errant-inject-empty', two);
    expect(details).toMatchObject({ Key: { Port: two.port }, GtidErrant: '' });
    for (const server of world.fleet.servers) await eventually(() => errantOn(server)).toBe('');
    await stage.everyRowOnce();
  });

  it('O36: tagged ones are told with their tags, shown in the drawing, and cleared', async () => {
    const { world } = await open();
    const [two, three] = [stage.replica(2), stage.replica(3)];
    await stage.done('relocate', three, two);
    await writeErrant(two, CREATE);
    await stage.done('gtid-errant-inject-empty', two);
    const uuid = await uuidOf(two);
    const tagged = ['tag1:1', 'tag1:2', 'tag1:4', 'tag1:5', 'tag1:7', 'tag2:100', 'tag2:101', 'tag3:4', 'tag3:5'];
    await writeErrant(
      two,
      'INSERT INTO demo.aside VALUES (1)',
      tagged.map((one) => `${uuid}:${one}`),
    );
    await eventually(() => errantOn(two)).toBe(`${uuid}:tag1:1-2:4-5:7:tag2:100-101:tag3:4-5`);
    expect(await errantOn(three)).toBe('');
    const tokens = async () => {
      const drawing = String((await world.get('topology/c1')).details).split('\n');
      return [two, three].map((server) =>
        drawing.find((line) => line.includes(world.key(server)))?.includes('GTID:errant'),
      );
    };
    await eventually(tokens).toEqual([true, false]);
    const report = await errantReport(two);
    expect(report.transactions).toBe(tagged.length);
    expect(report.ranges.map(({ gtid }) => gtid)).toEqual(
      ['tag1:1-2', 'tag1:4-5', 'tag1:7', 'tag2:100-101', 'tag3:4-5'].map((range) => `${uuid}:${range}`),
    );
    await stage.done('gtid-errant-inject-empty', two);
    for (const server of world.fleet.servers) await eventually(() => errantOn(server)).toBe('');
    await stage.everyRowOnce();
  });

  it('O33: each range is told with the time at which it was first seen, and with what each way out would do', async () => {
    const { primary, world } = await open(1);
    const one = stage.replica(1);
    const uuid = await uuidOf(one);
    await writeErrant(one, CREATE);
    await eventually(() => errantOn(one)).toBe(`${uuid}:1`);
    const seen = async () => (await errantReport(one)).ranges.map(({ gtid, firstSeen }) => `${gtid} ${firstSeen}`);
    const [first] = await seen();
    expect(first).toMatch(new RegExp(`^${uuid}:1 \\d{4}-`));
    await writeErrant(one, 'INSERT INTO demo.aside VALUES (1)', [`${uuid}:5`]);
    await eventually(() => errantOn(one)).toBe(`${uuid}:1:5`);
    const [same, other] = await seen();
    expect(same).toBe(first);
    expect(other).toMatch(new RegExp(`^${uuid}:5 \\d{4}-`));
    const { waysOut } = await errantReport(one);
    expect(waysOut.map(({ kind, refusal }) => ({ kind, refusal }))).toEqual([
      { kind: 'inject-empty', refusal: null },
      { kind: 'reset', refusal: null },
    ]);
    expect(waysOut[0]?.effects.join(' ')).toContain(`2 empty transactions are written on ${world.key(primary)}`);
    await stage.everyRowOnce();
  });

  it('O34: the binary logs that have them are found, one of many, and none once they are purged', async () => {
    const { world } = await open(1);
    const one = stage.replica(1);
    const newest = async () => String((await one.query('SHOW BINARY LOGS')).at(-1)?.['Log_name']);
    const wanted: string[] = [];
    for (const round of [1, 2]) {
      await one.query('FLUSH BINARY LOGS');
      await one.query('FLUSH BINARY LOGS');
      await writeErrant(one, round === 1 ? CREATE : 'INSERT INTO demo.aside VALUES (1)');
      wanted.push(await newest());
    }
    await one.query('FLUSH BINARY LOGS');
    await eventually(() => errantOn(one)).toBe(`${await uuidOf(one)}:1-2`);
    expect(await stage.done('locate-gtid-errant', one)).toEqual(wanted);
    const printed = await stage.command('locate-gtid-errant', '-i', world.key(one));
    expect(printed.out.split('\n')).toEqual(wanted);
    await one.query(`PURGE BINARY LOGS TO '${await newest()}'`);
    expect(await stage.refusal('locate-gtid-errant', one)).toContain(`is already purged on ${world.key(one)}`);
    await stage.everyRowOnce();
  });

  it('O35, O36: one on which somebody goes on writing is left alone, and nothing is injected', async () => {
    const { primary, world } = await open(1);
    const one = stage.replica(1);
    await writeErrant(one, CREATE);
    const writer = await startWriter(one);
    const uuid = await uuidOf(one);
    await eventually(async () => (await errantOn(one)).length).toBeGreaterThan(uuid.length + ':1-9'.length);
    for (const kind of ['gtid-errant-inject-empty', 'gtid-errant-reset-master']) {
      let before = { primary: '', one: '' };
      // It may happen that nobody writes between the last look and the first statement: then it is done.
      await eventually(async () => {
        before = { primary: await ownOf(primary, uuid), one: await ownOf(one, uuid) };
        return (await stage.operate({ kind, key: world.key(one) })).status;
      }).toBe(409);
      expect(await ownOf(primary, uuid)).toBe(before.primary);
      const after = await ownOf(one, uuid);
      expect([lowest(after), highest(after) > highest(before.one)]).toEqual([lowest(before.one), true]);
      // Where the way out had stopped it, it connects anew.
      await eventually(() => replication(one)).toMatchObject({ receiver: 'Yes', applier: 'Yes' });
    }
    await writer.stop();
    await eventually(
      async () => (await stage.operate({ kind: 'gtid-errant-inject-empty', key: world.key(one) })).status,
    ).toBe(200);
    await eventually(() => errantOn(one)).toBe('');
    await stage.everyRowOnce();
  });
});

/** What a server has executed of those that began at the one with this UUID, as `1-9`; nothing as an empty text. */
async function ownOf(server: RunningServer, uuid: string): Promise<string> {
  const sets = (await executed(server)).replaceAll('\n', '').split(',');
  return sets.find((set) => set.startsWith(uuid))?.slice(uuid.length + 1) ?? '';
}

const lowest = (interval: string): number => Number(interval.split('-')[0]);
const highest = (interval: string): number => Number(interval.split('-').at(-1));

/** Between two rows of one session: far below what lies between the look of an operation and its first step. Milliseconds. */
const WRITER_PAUSE_MILLIS = 1;

/** Writes on a replica from several sessions. */
async function startWriter(server: RunningServer): Promise<{ stop(): Promise<void> }> {
  const sessions = await Promise.all([1, 2, 3].map(() => connectAsRoot(server)));
  await sessions[0]?.query('SET GLOBAL super_read_only = 0');
  let goesOn = true;
  const write = async (session: Connection): Promise<void> => {
    while (goesOn) {
      await session.query('INSERT INTO demo.aside VALUES (1)');
      await pause(WRITER_PAUSE_MILLIS);
    }
    session.destroy();
  };
  // A test that fails ends the server under it.
  const writing = Promise.all(sessions.map(write)).then(
    () => null,
    (error: unknown) => error,
  );
  return {
    async stop() {
      goesOn = false;
      expect(await writing).toBeNull();
    },
  };
}
