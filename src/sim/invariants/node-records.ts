/**
 * What the node has written down, held against the world: its records, its marks, and who it says is the primary (invariants 8, 11, 12).
 */
import { LOST_IN_RECOVERY } from '../../model/decisions.ts';
import { isReplica } from '../../model/instance-status.ts';
import { JOURNAL_END } from '../../model/recovery-record.ts';
import type { MemoryDisk } from '../backend/disk.ts';
import type { PretendServer } from '../server/pretend-server.ts';
import type { World } from '../world.ts';
import { takesWrites } from './server-state.ts';
import type { Violation } from './violation.ts';

/** Names of servers that are marked as lost. */
export const lostInRecovery = ({ tables }: MemoryDisk): ReadonlySet<string> =>
  new Set(
    [...tables.downtimes.values()].flatMap(({ key, reason }) => (reason === LOST_IN_RECOVERY ? key.hostname : [])),
  );

/** B5: no record of a recovery stays open. */
export function openRecords({ tables }: MemoryDisk): readonly Violation[] {
  const ended = new Set(tables.journal.flatMap(({ uid, stepId }) => (stepId === JOURNAL_END ? uid : [])));
  return tables.recoveries
    .filter(({ uid, end }) => end === null || !ended.has(uid))
    .map(({ uid }) => ({ invariant: 12, text: `the record of recovery ${uid} is still open` }));
}

/** Invariant 8: who is shown as taking writes is the one who does. */
export function identityViolations(world: World, primary: PretendServer, { tables }: MemoryDisk): readonly Violation[] {
  const shown = [...tables.instances.values()]
    .filter((instance) => !instance.readOnly && isRunning(world, instance.key.hostname))
    .filter((instance) => !isReplica(instance) || instance.isCoPrimary)
    .map(({ key }) => key.hostname);
  const real = new Set(world.servers.filter(takesWrites).map(({ name }) => name));
  const wrong = shown.filter((name) => !real.has(name));
  const missing = shown.includes(primary.name) ? [] : [primary.name];
  return [
    ...wrong.map((name) => ({ invariant: 8, text: `${name} is shown as taking writes, and does not` })),
    ...missing.map((name) => ({ invariant: 8, text: `${name} takes writes, and is not shown so` })),
  ];
}

const isRunning = (world: World, name: string): boolean => world.server(name).state === 'runs';
