// Co-primaries and rings while rows flow: what can be moved around them, and what is refused since rows would be applied twice or never.

import { describe, expect, it } from 'vitest';
import { replicationAccount } from '../../../src/sandbox/accounts.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { keptStages } from '../support/kept-stages.ts';
import type { OperationWorld } from '../support/operation-world.ts';
import { followsSoon, hasNumbers, makeReadOnly, replication } from '../support/servers.ts';
import { withoutGtid } from '../support/without-gtid.ts';
import { write } from '../support/world.ts';

const stages = keptStages();
let stage: OperationWorld;

/** By hand, where the API refuses: the top replicates from the last of its own chain. */
async function closeRing(top: RunningServer, last: RunningServer, usesGtid: boolean): Promise<void> {
  const { user, password } = replicationAccount;
  const isMysql = top.family === 'mysql';
  const word = isMysql ? 'SOURCE' : 'MASTER';
  const [log] = await last.query(isMysql ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS');
  const byGtid = isMysql ? 'SOURCE_AUTO_POSITION = 1' : 'MASTER_USE_GTID = current_pos';
  const place = usesGtid ? byGtid : `${word}_LOG_FILE = '${log?.['File']}', ${word}_LOG_POS = ${log?.['Position']}`;
  const options = [
    `${word}_HOST = '${last.host}', ${word}_PORT = ${last.port}`,
    `${word}_USER = '${user}', ${word}_PASSWORD = '${password}'`,
    ...(isMysql ? ['GET_SOURCE_PUBLIC_KEY = 1'] : []),
    place,
  ];
  await top.query(`CHANGE ${isMysql ? 'REPLICATION SOURCE' : 'MASTER'} TO ${options.join(', ')}`);
  await top.query(isMysql ? 'START REPLICA' : 'START SLAVE');
  await followsSoon(top, last);
  await eventually(async () => (await stage.world.instance(top)).MasterKey.Port).toBe(last.port);
}

describe.each(serverFamilies)('with GTID on %s', (family) => {
  it('A15, O27, O58: a ring is made by nobody but people, is lived with, and is opened again', async () => {
    stage = await stages.open({ family });
    const { primary, world } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await stage.done('relocate', two, one);
    expect(await stage.refusal('make-co-master', two)).toContain(`${world.key(one)} is not a real master`);
    expect(await stage.refusal('relocate', primary, two)).toContain(`is a descendant of ${world.key(primary)}`);
    expect(await replication(primary)).toBeNull();
    await closeRing(primary, two, true);
    expect(await stage.refusal('relocate', one, two)).toContain(`is a descendant of ${world.key(one)}`);
    await stage.done('relocate', three, two);
    await followsSoon(three, two);
    await stage.done('relocate', three, one);
    await followsSoon(three, one);
    await stage.done('move-up', three);
    await followsSoon(three, primary);
    await stage.done('reset-replica', primary);
    expect(await replication(primary)).toBeNull();
    await followsSoon(one, primary);
    await followsSoon(two, one);
    await stage.done('move-up', two);
    await followsSoon(two, primary);
    await stage.everyRowOnce();
  });

  it('A15, O58, O59: replicas go from one co-primary to the other and back, also when both are written to', async () => {
    stage = await stages.open({ family });
    const { primary, world } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await stage.done('make-co-master', one);
    await followsSoon(primary, one);
    expect(await stage.refusal('make-co-master', one)).toContain(
      `instance ${world.key(one)} is already co master of ${world.key(primary)}`,
    );
    if (family === 'mysql') await stage.done('set-writeable', one);
    if (family === 'mysql') await write(one, 'INSERT INTO demo.numbers VALUES (1)');
    await stage.done('relocate-replicas', primary, one);
    for (const replica of [two, three]) await followsSoon(replica, one);
    await stage.done('relocate', two, primary);
    await followsSoon(two, primary);
    if (family === 'mysql') for (const server of world.fleet.servers) await hasNumbers(server, [1]);
    await stage.everyRowOnce();
  });
});

describe.each(serverFamilies)('by file and position on %s', (family) => {
  const open = async () => {
    // MariaDB counts the transactions of a domain although nobody replicates by them: two writers would each be out of order to the other.
    const extraOptions = family === 'mariadb' ? ['--gtid-strict-mode=OFF'] : [];
    stage = await stages.open({ family, extraOptions, prepare: withoutGtid });
  };

  it('A15, O23, O25, O58: a replica of a written co-primary stays where it is, since rows would come twice or never', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    await stage.done('make-co-master', one);
    await followsSoon(primary, one);
    await stage.done('set-writeable', one);
    await write(one, 'INSERT INTO demo.numbers VALUES (1)');
    const tries = [stage.path('relocate', two, one), stage.path('move-below', two, one), stage.path('move-up', two)];
    for (const path of tries) expect(await world.get(path)).toMatchObject({ code: 'ERROR' });
    await followsSoon(two, primary);
    for (const server of world.fleet.servers) await hasNumbers(server, [1]);
    await stage.done('set-read-only', one);
    await makeReadOnly(one);
    await stage.done('move-below', two, one);
    await followsSoon(two, one);
    await stage.done('move-up', two);
    await followsSoon(two, primary);
    await stage.done('reset-replica', primary);
    await stage.everyRowOnce();
  });

  it('A15, O23, O58: in a ring of three the same holds of whoever is written to', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await stage.done('move-below', two, one);
    await followsSoon(two, one);
    await closeRing(primary, two, false);
    expect(await stage.refusal('move-up', three)).toContain(
      `${world.key(primary)} takes writes in a circle of servers`,
    );
    const relocated = await stage.operate({ kind: 'relocate', key: world.key(three), below: world.key(two) });
    expect(relocated).toMatchObject({ status: 409, body: { outcome: 'refused', code: 'too-complex' } });
    await followsSoon(three, primary);
    await stage.done('move-below', three, one);
    await followsSoon(three, one);
    await stage.everyRowOnce();
  });

  it('O22: a replica goes back to where it was, once a move has shown which places are the same', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    expect(await stage.refusal('move-equivalent', two, one)).toContain('No equivalent coordinates found for');
    await stage.everyRowOnce();
    await stage.done('move-below', two, one);
    await followsSoon(two, one);
    await stage.done('move-up', two);
    await followsSoon(two, primary);
    const seen = (await world.instance(two)) as {
      readonly ExecBinlogCoordinates?: { LogFile: string; LogPos: number };
    };
    const { LogFile = '', LogPos = 0 } = seen.ExecBinlogCoordinates ?? {};
    const equivalent = await stage.done('master-equivalent', primary, LogFile, LogPos);
    expect(equivalent).toMatchObject([{ Key: { Port: one.port } }]);
    await stage.done('move-equivalent', two, one);
    await followsSoon(two, one);
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    for (const server of world.fleet.servers) await hasNumbers(server, [1]);
    expect(await stage.refusal('move-equivalent', one, one)).toContain('attempt to move an instance below itself');
  });
});
