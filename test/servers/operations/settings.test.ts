// Settings, binary logs and sessions of servers, changed by people while rows flow: on real servers of both families.

import { describe, expect, it } from 'vitest';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { keptStages } from '../support/kept-stages.ts';
import type { OperationWorld } from '../support/operation-world.ts';
import {
  asRoot,
  followsSoon,
  isWritable,
  makeReadOnly,
  startApplier,
  stopApplier,
  writablePorts,
} from '../support/servers.ts';
import { the, write } from '../support/world.ts';

const stages = keptStages();
let stage: OperationWorld;

const binaryLogs = async (server: RunningServer): Promise<readonly string[]> =>
  (await server.query('SHOW BINARY LOGS')).map((row) => String(row['Log_name']));

const newestLog = async (server: RunningServer): Promise<string> => the((await binaryLogs(server)).at(-1));

/** File name of so many files later. */
const later = (file: string, count: number): string =>
  file.replace(/\d+$/, (digits) => String(Number(digits) + count).padStart(digits.length, '0'));

/** A variable of semi-sync that either generation of plugins has. */
async function semiSync(server: RunningServer, side: 'source' | 'replica', what: string): Promise<string> {
  const old = side === 'source' ? 'master' : 'slave';
  const names = `'rpl_semi_sync_${side}_${what}', 'rpl_semi_sync_${old}_${what}'`;
  for (const kind of ['VARIABLES', 'STATUS']) {
    const [row] = await asRoot(server, `SHOW GLOBAL ${kind} WHERE Variable_name IN (${names})`);
    if (row !== undefined) return String(row['Value']);
  }
  return 'missing';
}

describe.each(serverFamilies)('on %s', (family) => {
  it('O60, O61: a server is made read-only and writable', async () => {
    stage = await stages.open({ family, replicas: 1 });
    const { primary, world } = stage;
    const replica = stage.replica(1);
    const key = world.key(replica);
    await stage.done('set-writeable', replica);
    expect(await isWritable(replica)).toBe(true);
    expect(await stage.command('set-read-only', '-i', key)).toMatchObject({ code: 0, out: key });
    expect(await isWritable(replica)).toBe(false);
    const shown = await stage.dryRun({ kind: 'set-read-only', key, readOnly: false });
    expect(shown.body.warnings?.join()).toContain('is a replica');
    expect(await stage.operate({ kind: 'set-read-only', key, readOnly: true })).toMatchObject({ status: 200 });
    expect(await writablePorts([primary, replica])).toEqual([primary.port]);
    await makeReadOnly(replica);
    await stage.everyRowOnce();
  });

  it('O64: new binary logs begin, once or up to a file', async () => {
    stage = await stages.open({ family, replicas: 1 });
    const { primary, world } = stage;
    const key = world.key(primary);
    const before = await newestLog(primary);
    await stage.done('flush-binary-logs', primary);
    expect(await newestLog(primary)).toBe(later(before, 1));
    const target = later(before, 4);
    const flushed = () => stage.command('flush-binary-logs', '-i', key, `--binlog=${target}`);
    expect(await flushed()).toMatchObject({ code: 0, out: key });
    expect(await newestLog(primary)).toBe(target);
    expect(await flushed()).toMatchObject({ code: 0, out: key });
    expect(await newestLog(primary)).toBe(target);
    const passed = await stage.command('flush-binary-logs', '-i', key, `--binlog=${before}`);
    expect(passed.code).toBe(1);
    expect(passed.log).toContain(
      `FlushBinaryLogsTo: target log file ${before} is smaller than current log file ${target}`,
    );
    await stage.everyRowOnce();
  });

  it('O65: binary logs that a replica has not applied are kept, unless somebody insists', async () => {
    stage = await stages.open({ family, replicas: 1 });
    const { primary, world } = stage;
    const replica = stage.replica(1);
    await stopApplier(replica);
    await stage.done('flush-binary-logs', primary);
    const file = await newestLog(primary);
    const why = `Unsafe to purge binary logs on ${world.key(primary)} up to ${file} because replica ${world.key(replica)} has only applied up to`;
    expect(await stage.refusal('purge-binary-logs', primary, file)).toContain(why);
    const byCommand = await stage.command('purge-binary-logs', '-i', world.key(primary), `--binlog=${file}`);
    expect(byCommand.code).toBe(1);
    expect(byCommand.log).toContain(why);
    expect(await binaryLogs(primary)).not.toEqual([file]);
    const leftByForce = async () => {
      await stage.done('purge-binary-logs', primary, `${file}?force=true`);
      return binaryLogs(primary);
    };
    await eventually(leftByForce).toEqual([file]);
    // What it lacks is in its relay log.
    await startApplier(replica);
    await stage.done('flush-binary-logs', primary);
    const next = await newestLog(primary);
    // A server keeps a file, and says nothing, while somebody still reads it.
    const left = async () => {
      await world.get(`purge-binary-logs/${world.at(primary)}/${next}`);
      return binaryLogs(primary);
    };
    await eventually(left).toEqual([next]);
    await stage.everyRowOnce();
  });

  it('O66: a statement is ended, and its session goes on', async () => {
    stage = await stages.open({ family, replicas: 1 });
    const { primary } = stage;
    const session = await primary.connect(applicationAccount);
    const sleeping = session.query('SELECT SLEEP(3600)').then(
      () => 'ended',
      () => 'ended',
    );
    await eventually(async () => (await sleepers(primary)).length).toBe(1);
    await stage.done('kill-query', primary, the((await sleepers(primary))[0]));
    expect(await sleeping).toBe('ended');
    await session.query('SELECT 1');
    session.destroy();
    expect(await stage.refusal('kill-query', primary, 'all')).toBeTruthy();
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    await stage.everyRowOnce();
  });

  it('O62, O63: semi-sync goes on and off on both sides, and rows flow on', async () => {
    stage = await stages.open({ family, replicas: 2, semiSync: true });
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    const clients = () => semiSync(primary, 'source', 'clients');
    await eventually(clients).toBe('2');
    await stage.done('disable-semi-sync-replica', one);
    expect(await semiSync(one, 'replica', 'enabled')).toBe('OFF');
    await followsSoon(one, primary);
    await eventually(clients).toBe('1');
    await stage.done('enable-semi-sync-replica', one);
    await followsSoon(one, primary);
    await eventually(clients).toBe('2');
    const key = world.key(primary);
    expect(await stage.command('disable-semi-sync-master', '-i', key)).toMatchObject({ code: 0, out: key });
    expect(await semiSync(primary, 'source', 'enabled')).toBe('OFF');
    await stage.done('enable-semi-sync-source', primary);
    expect(await semiSync(primary, 'source', 'enabled')).toBe('ON');
    await stage.done('enable-semi-sync-replica', two);
    await stage.everyRowOnce();
  });
});

const sleepers = async (server: RunningServer): Promise<readonly number[]> => {
  const rows = await asRoot(
    server,
    "SELECT id AS session FROM information_schema.processlist WHERE info = 'SELECT SLEEP(3600)'",
  );
  return rows.map((row) => Number(row['session']));
};
