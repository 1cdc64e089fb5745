// A primary that answers and does not commit, found by a row that is written on it (A11).

import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { connectAsRoot } from '../support/root-connection.ts';
import { asRoot } from '../support/servers.ts';
import { openWorld, the, type World, write } from '../support/world.ts';

describe.each(serverFamilies)('the write probe of a %s primary', (family: ServerFamily) => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({
      family,
      replicas: 2,
      configuration: {
        WriteProbeTable: 'demo.write_probe',
        WriteProbeSeconds: 1,
        WriteProbePatienceSeconds: 2,
        OnFailureDetectionProcesses: ['echo {failureType} >> FOLDER/detected'],
      },
    });
  });
  afterAll(() => world?.stop());

  const writtenAt = async (): Promise<string> => {
    const [row] = await asRoot(
      world.primary,
      'SELECT CAST(written_at AS CHAR) AS at FROM demo.write_probe WHERE id = 1',
    );
    return String(row?.['at']);
  };

  it('tells how to make the table that is missing, and accuses nobody meanwhile', async () => {
    await world.logged(`write probe of ${world.key(world.primary)}: Error 1`);
    expect(await world.codeOf(world.primary)).toBe('NoProblem');
    await write(
      world.primary,
      'CREATE TABLE demo.write_probe (id INT NOT NULL PRIMARY KEY, written_at DATETIME(6) NOT NULL)',
    );
    await asRoot(world.primary, "GRANT SELECT, UPDATE ON demo.write_probe TO 'orc'@'%'");
    await world.logged('there is no row to write: INSERT INTO `demo`.`write_probe` VALUES (1, NOW(6))');
    await write(world.primary, 'INSERT INTO demo.write_probe VALUES (1, NOW(6))');
    const before = await writtenAt();
    await eventually(writtenAt).not.toBe(before);
  });

  it('A11: finds a primary whose commits stand still, tells it once, and that they go on', async () => {
    const holder: Connection = await connectAsRoot(world.primary);
    try {
      await holder.query('FLUSH TABLES WITH READ LOCK');
      await eventually(() => world.codeOf(world.primary)).toBe('MasterCannotCommit');
      await eventually(() => world.lines('detected')).toEqual(['MasterCannotCommit']);
      expect(await world.recoveries()).toEqual([]);
      // However long it lasts: one session waits.
      await world.afterLooks(the(world.replicas[0]), 3);
      const waiting = await asRoot(
        world.primary,
        "SELECT id FROM information_schema.processlist WHERE user = 'orc' AND info LIKE 'UPDATE %write_probe%'",
      );
      expect(waiting.length).toBeLessThan(2);
    } finally {
      holder.destroy();
    }
    await eventually(() => world.codeOf(world.primary)).toBe('NoProblem');
  });

  it('G1: writes on no replica, and nothing on the former primary, also where it waited there for a lock', async () => {
    const holder: Connection = await connectAsRoot(world.primary);
    await holder.query('FLUSH TABLES WITH READ LOCK');
    await eventually(() => world.codeOf(world.primary)).toBe('MasterCannotCommit');
    const outcome = await world.get(`graceful-master-takeover-auto/c1/${world.at(the(world.replicas[0]))}`);
    expect(outcome).toMatchObject({ code: 'OK' });
    holder.destroy();
    const now = async () => {
      const [row] = await asRoot(
        the(world.replicas[0]),
        'SELECT CAST(written_at AS CHAR) AS at FROM demo.write_probe WHERE id = 1',
      );
      return String(row?.['at']);
    };
    await asRoot(the(world.replicas[0]), "GRANT SELECT, UPDATE ON demo.write_probe TO 'orc'@'%'");
    const before = await now();
    await eventually(now).not.toBe(before);
    await eventually(async () => (await world.instance(world.primary)).GtidErrant).toBe('');
  });
});
