/**
 * All commands, group by group in the order of the listing (spec/cli.md 2, 2.3); those beyond the contract come last.
 */
import type { CommandGroup, CommandRow } from './command.ts';
import { binaryLogs } from './commands/binary-logs.ts';
import { binlogServerRelocation } from './commands/binlog-server-relocation.ts';
import { classicRelocation } from './commands/classic-relocation.ts';
import { explain } from './commands/explain.ts';
import { globalRecoveries } from './commands/global-recoveries.ts';
import { gtidRelocation } from './commands/gtid-relocation.ts';
import { information } from './commands/information.ts';
import { instance } from './commands/instance.ts';
import { instanceManagement } from './commands/instance-management.ts';
import { instanceMeta } from './commands/instance-meta.ts';
import { keyValue } from './commands/key-value.ts';
import { agent, internal, meta, metaInternal } from './commands/meta.ts';
import { panicStop } from './commands/panic-stop.ts';
import { pools } from './commands/pools.ts';
import { preflight } from './commands/preflight.ts';
import { pseudoGtidRelocation } from './commands/pseudo-gtid-relocation.ts';
import { recovery } from './commands/recovery.ts';
import { recoveryPlans } from './commands/recovery-plans.ts';
import { replicationGeneral } from './commands/replication-general.ts';
import { replicationInformation } from './commands/replication-information.ts';
import { reprovision } from './commands/reprovision.ts';
import { smartRelocation } from './commands/smart-relocation.ts';
import { tags } from './commands/tags.ts';
import { canonicalName } from './synonyms.ts';

export const COMMAND_GROUPS: readonly CommandGroup[] = [
  smartRelocation,
  classicRelocation,
  binlogServerRelocation,
  gtidRelocation,
  pseudoGtidRelocation,
  replicationGeneral,
  replicationInformation,
  instance,
  binaryLogs,
  pools,
  information,
  keyValue,
  tags,
  instanceManagement,
  recovery,
  instanceMeta,
  meta,
  metaInternal,
  internal,
  agent,
  globalRecoveries,
  preflight,
  explain,
  recoveryPlans,
  panicStop,
  reprovision,
];

const BY_NAME: ReadonlyMap<string, CommandRow> = new Map(
  COMMAND_GROUPS.flatMap(({ rows }) => rows.map((row) => [row.name, row] as const)),
);

/** By present or old name. Undefined: no such command. `help` is none of the table. */
export function findCommand(name: string): CommandRow | undefined {
  return BY_NAME.get(canonicalName(name));
}

/** The commands of the contract that are still to be built. */
export const NOT_BUILT: readonly string[] = [...BY_NAME.values()]
  .filter(({ work }) => work.kind === 'not-built')
  .map(({ name }) => name);
