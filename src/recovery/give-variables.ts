/** E4: what a server is to have in its role, told beside a plan. What it refuses is in the journal, in its words (`RecoveryRun.act`). */
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { type RoleVariables, variableCommands } from '../planning/role-variables.ts';
import type { RecoveryRun } from './recovery-run.ts';

const ACT_MILLIS = 5_000;

/** What comes to nothing is an error of the recovery, and holds nobody up: a cluster without a writer is worse than one whose writer has another setting. */
export async function giveVariables(run: RecoveryRun, key: InstanceKey, variables: RoleVariables): Promise<void> {
  const commands = variableCommands(variables);
  if (commands.length === 0) return;
  const told = await run.act(key, commands, ACT_MILLIS);
  if (told.kind === 'failed') run.fail(`variables of ${instanceKeyText(key)}: ${told.failure.text}`);
}
