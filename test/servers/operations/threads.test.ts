// Threads of replicas, as people stop, start, delay and mend them while rows flow: on real servers of both families.

import { describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { keptStages } from '../support/kept-stages.ts';
import type { OperationWorld } from '../support/operation-world.ts';
import {
  asRoot,
  followsSoon,
  hasNumbers,
  holdApplier,
  numbersOn,
  replication,
  replicationWord,
  stopApplier,
  writeAside,
} from '../support/servers.ts';
import { withoutGtid } from '../support/without-gtid.ts';
import { write } from '../support/world.ts';

const stages = keptStages();
let stage: OperationWorld;

const threads = async (server: RunningServer): Promise<string> => {
  const seen = await replication(server);
  return `${seen?.receiver} ${seen?.applier}`;
};

/** Columns of the replica's status by the names of either family. */
async function status(server: RunningServer, ...names: readonly string[]): Promise<readonly string[]> {
  const [row] = await server.query(`SHOW ${replicationWord(server)} STATUS`);
  return names.map((name) => String(row?.[name] ?? row?.[name.replace('Source', 'Master')]));
}

const sqlError = async (server: RunningServer): Promise<number> => Number((await status(server, 'Last_SQL_Errno'))[0]);

const DUPLICATE_KEY = 1062;

/** A row of somebody's own stands where the next one of its source is to go. */
async function breakApplier(primary: RunningServer, replica: RunningServer, number: number): Promise<void> {
  await writeAside(replica, `INSERT INTO demo.numbers VALUES (${number})`);
  await write(primary, `INSERT INTO demo.numbers VALUES (${number})`);
  await eventually(() => sqlError(replica)).toBe(DUPLICATE_KEY);
  // MySQL tells of the error of a worker before the applier has stopped.
  await eventually(() => threads(replica)).toBe('Yes No');
}

describe.each(serverFamilies)('on %s, with GTID', (family) => {
  const open = async () => {
    stage = await stages.open({ family, replicas: 2 });
  };

  it('O1, O3, O4, O69: a replica stops, starts and starts anew as it is told', async () => {
    await open();
    const { primary, world } = stage;
    const replica = stage.replica(1);
    const says = async (command: string) => (await stage.command(command, '-i', world.key(replica))).out;
    await stage.done('stop-replica', replica);
    expect(await threads(replica)).toBe('No No');
    await eventually(() => says('is-replication-stopped')).toBe(world.key(replica));
    expect(await says('is-replicating')).toBe('');
    expect(await stage.command('start-replica', '-i', world.key(replica))).toMatchObject({
      code: 0,
      out: world.key(replica),
    });
    await followsSoon(replica, primary);
    await eventually(() => says('is-replicating')).toBe(world.key(replica));
    expect(await says('is-replication-stopped')).toBe('');
    await stage.done('restart-slave', replica);
    await followsSoon(replica, primary);
    expect(await stage.operate({ kind: 'stop-replication', key: world.key(replica) })).toMatchObject({ status: 200 });
    expect(await threads(replica)).toBe('No No');
    await stage.done('start-slave', replica);
    expect(await stage.refusal('stop-replica', primary)).toContain('instance is not a replica');
    await stage.everyRowOnce();
  });

  it('O9: the statements that stop and start a replica do so when they are sent, and nothing is sent by us', async () => {
    await open();
    const { primary, world } = stage;
    const replica = stage.replica(1);
    const asked = `restart-replica-statements/${world.at(replica)}?q=${encodeURIComponent('SET @in_between := 1;')}`;
    const statements = (await world.get(asked)).details as readonly string[];
    expect(statements).toHaveLength(5);
    expect(statements[2]).toBe('SET @in_between := 1;');
    for (const statement of statements) expect(statement).toMatch(/[^;];$/);
    await eventually(() => threads(replica)).toBe('Yes Yes');
    const printed = await stage.command(
      'restart-replica-statements',
      '-i',
      world.key(replica),
      '--statement',
      'SET @in_between := 1',
    );
    expect(printed.out.split('\n')).toEqual([...statements]);
    for (const statement of statements.slice(0, 2)) await replica.query(statement);
    expect(await threads(replica)).toBe('No No');
    for (const statement of statements.slice(2)) await replica.query(statement);
    await followsSoon(replica, primary);
    await stage.everyRowOnce();
  });

  it('O2: a nice stop applies all that was received before, and waits for it', async () => {
    await open();
    const { primary, world } = stage;
    const replica = stage.replica(1);
    const held = await holdApplier(replica);
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    const rowsReceived = async () => Number((await status(replica, 'Read_Source_Log_Pos'))[0]);
    const before = await rowsReceived();
    await eventually(async () => (await rowsReceived()) > before + 2_000).toBe(true);
    const stopping = stage.done('stop-replica-nice', replica);
    await eventually(() => threads(replica)).toBe('No Yes');
    expect(await numbersOn(replica)).toEqual([]);
    await held.release();
    await stopping;
    expect(await threads(replica)).toBe('No No');
    const [received, applied] = await status(replica, 'Read_Source_Log_Pos', 'Exec_Source_Log_Pos');
    expect(applied).toBe(received);
    expect(await numbersOn(replica)).toEqual([1]);
    await stage.done('start-replica', replica);
    expect(await world.instance(replica)).toMatchObject({ ReplicationSQLThreadRuning: true });
    await stage.everyRowOnce();
  });

  it('O2: a nice stop that comes to no end in its time leaves the threads as it found them', async () => {
    await open();
    const { primary, world } = stage;
    const replica = stage.replica(1);
    const held = await holdApplier(replica);
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    const ended = await stage.operate({ kind: 'stop-replication-nicely', key: world.key(replica), timeoutSeconds: 1 });
    expect(ended).toMatchObject({ status: 409, body: { outcome: 'failed' } });
    await followsSoon(replica, primary);
    await held.release();
    await stage.everyRowOnce();
  });

  it('O10: a delay is set and taken away, and threads are left as they were', async () => {
    await open();
    const { primary, world } = stage;
    const replica = stage.replica(1);
    expect(await stage.done('delay-replication', replica, 3600)).toBe(3600);
    expect(await status(replica, 'SQL_Delay')).toEqual(['3600']);
    await followsSoon(replica, primary);
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    await stopApplier(replica);
    const key = world.key(replica);
    expect(await stage.operate({ kind: 'delay-replication', key, delaySeconds: 1800 })).toMatchObject({ status: 200 });
    expect(await status(replica, 'SQL_Delay')).toEqual(['1800']);
    await eventually(() => threads(replica)).toBe('Yes No');
    expect(await numbersOn(replica)).toEqual([]);
    await stage.done('delay-replication', replica, 0);
    await eventually(() => threads(replica)).toBe('Yes No');
    await stage.done('start-replica', replica);
    await hasNumbers(replica, [1]);
    expect(await stage.refusal('delay-replication', replica, -1)).toContain('invalid seconds: -1');
    expect(await stage.refusal('delay-replication', replica, 'soon')).toBe('Invalid value provided for seconds');
    await stage.everyRowOnce();
  });

  if (family === 'mysql') {
    it('O11: where the applier stopped at a duplicate key, an empty transaction takes its place', async () => {
      await open();
      const { primary, world } = stage;
      const replica = stage.replica(1);
      expect(await stage.refusal('skip-query', replica)).toContain(
        `Replication SQL thread is running on ${world.key(replica)}`,
      );
      await breakApplier(primary, replica, 7);
      expect(await stage.command('skip-query', '-i', world.key(replica))).toMatchObject({
        code: 0,
        out: world.key(replica),
      });
      await followsSoon(replica, primary);
      await write(primary, 'INSERT INTO demo.numbers VALUES (8)');
      await hasNumbers(replica, [7, 8]);
      await stage.everyRowOnce();
      expect(await world.instance(replica)).toMatchObject({ GtidErrant: '' });
    });

    it('O11: it takes the place of the one that the server names, where those of two originators wait', async () => {
      await open();
      const { primary } = stage;
      const replica = stage.replica(1);
      await breakApplier(primary, replica, 7);
      // As left by a former primary.
      const former = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa:1';
      await asRoot(primary, 'SET SESSION sql_log_bin = 1', `SET GTID_NEXT = '${former}'`, 'BEGIN', 'COMMIT');
      await eventually(async () => (await status(replica, 'Retrieved_Gtid_Set'))[0]).toContain(former);
      await stage.done('skip-query', replica);
      await followsSoon(replica, primary);
      await write(primary, 'INSERT INTO demo.numbers VALUES (8)');
      await hasNumbers(replica, [7, 8]);
      await stage.everyRowOnce();
    });
  } else {
    it('O11: a duplicate key is not passed over, and the replica goes on once the row that stood in the way is gone', async () => {
      await open();
      const { primary } = stage;
      const replica = stage.replica(1);
      await breakApplier(primary, replica, 7);
      expect(await stage.refusal('skip-query', replica)).toContain('is using MariaDB GTID: cannot skip a query');
      expect(await threads(replica)).toBe('Yes No');
      await writeAside(replica, 'DELETE FROM demo.numbers WHERE n = 7');
      await stage.done('start-replica', replica);
      await hasNumbers(replica, [7]);
      await stage.everyRowOnce();
    });
  }

  it('O12, O13, O14, O16: a replica is detached, gets back, is told its account, and forgets its source', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    const details = await stage.done('detach-replica', one);
    expect(details).toMatchObject({ MasterKey: { Hostname: `//${world.hostOf(primary)}`, Port: primary.port } });
    expect(await replication(one)).toMatchObject({ host: `//${primary.host}`, port: primary.port });
    const again = await stage.command('detach-replica-master-host', '-i', world.key(one));
    expect(again.code).toBe(1);
    expect(again.log).toContain(`instance already detached: ${world.key(one)}`);
    expect(await stage.command('reattach-replica-master-host', '-i', world.key(one))).toMatchObject({
      code: 0,
      out: world.key(one),
    });
    await followsSoon(one, primary);
    expect(await stage.refusal('reattach-replica', one)).toContain(
      `instance does not seem to be detached: ${world.key(one)}`,
    );
    expect(await stage.refusal('change-master-credentials', one)).toContain('replication is running');
    await stage.done('stop-replica', one);
    await stage.done('change-master-credentials', one);
    await stage.done('start-replica', one);
    await followsSoon(one, primary);
    await stage.done('reset-replica', two);
    expect(await replication(two)).toBeNull();
    await stage.everyRowOnce([primary, one]);
  });
});

describe.each(serverFamilies)('on %s, without GTID', (family) => {
  const open = async () => {
    stage = await stages.open({ family, replicas: 1, prepare: withoutGtid });
  };

  it('O11: where the applier stopped at a duplicate key, the counter passes it over, and it alone', async () => {
    await open();
    const { primary } = stage;
    const replica = stage.replica(1);
    await breakApplier(primary, replica, 7);
    await stage.done('skip-query', replica);
    await followsSoon(replica, primary);
    await write(primary, 'INSERT INTO demo.numbers VALUES (8)');
    await hasNumbers(replica, [7, 8]);
    await stage.everyRowOnce();
  });

  it('O7: waiting for a place ends when the replica has applied it', async () => {
    await open();
    const { primary, world } = stage;
    const replica = stage.replica(1);
    const held = await holdApplier(replica);
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    const [log] = await primary.query(family === 'mysql' ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS');
    const place = `${log?.['File']}:${log?.['Position']}`;
    const waiting = stage.command('master-pos-wait', '-i', world.key(replica), `--binlog=${place}`);
    const first = await Promise.race([waiting.then(() => 'ended'), world.afterLooks(primary, 2).then(() => 'waits')]);
    expect(first).toBe('waits');
    await held.release();
    expect(await waiting).toMatchObject({ code: 0, out: world.key(replica) });
    expect(await numbersOn(replica)).toEqual([1]);
    await stage.everyRowOnce();
  });
});
