// Fleets that replicate by file and position, on servers with GTID switched off.

import type { Fleet } from '../../../src/sandbox/fleet.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from './eventually.ts';

/** MySQL changes its mode one step at a time, all servers at each step. */
const GTID_MODES = ['ON_PERMISSIVE', 'OFF_PERMISSIVE', 'OFF'] as const;

/** For `prepare` of a world. Binary logs of the servers end at different places, so that no place means the same on two of them. */
export async function withoutGtid(fleet: Fleet): Promise<void> {
  for (const replica of fleet.replicas) await followByPosition(replica);
  if (fleet.family === 'mysql') {
    for (const mode of GTID_MODES) {
      // Refused while an applier is still at a transaction that has one, and broken by one that comes later.
      if (mode === 'OFF') await haveAll(fleet);
      for (const server of fleet.servers) await server.query(`SET GLOBAL gtid_mode = ${mode}`);
    }
  }
  for (const [index, server] of fleet.servers.entries()) {
    for (let flushed = 0; flushed <= index; flushed++) await server.query('FLUSH BINARY LOGS');
  }
}

/** Every replica has executed what the primary has. */
async function haveAll({ primary, replicas }: Fleet): Promise<void> {
  const executed = await executedBy(primary);
  for (const replica of replicas) await eventually(() => executedBy(replica)).toBe(executed);
}

async function executedBy(server: RunningServer): Promise<unknown> {
  const [row] = await server.query('SELECT @@GLOBAL.gtid_executed AS executed');
  return row?.['executed'];
}

async function followByPosition(replica: RunningServer): Promise<void> {
  const statements =
    replica.family === 'mysql'
      ? ['STOP REPLICA', 'CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 0', 'START REPLICA']
      : ['STOP SLAVE', 'CHANGE MASTER TO MASTER_USE_GTID = no', 'START SLAVE'];
  for (const statement of statements) await replica.query(statement);
}
