/**
 * The global switch and bulk listings (spec/cli.md 2.3, the group without a name).
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import { type CommandContext, type CommandGroup, type CommandResult, command, done, fatal } from '../command.ts';

/** Failures have a text of their own around the cause. */
function switchRecoveries(disabled: boolean): (context: CommandContext) => Promise<CommandResult> {
  return async ({ calls }) => {
    const outcome = await calls.setRecoveriesDisabled(disabled);
    if (outcome.kind === 'ok') return done(`OK: Orchestrator recoveries ${disabled ? 'DISABLED' : 'ENABLED'} globally`);
    return fatal(`ERROR: Failed to ${disabled ? 'disable' : 'enable'} recoveries globally: ${outcome.refusal.message}`);
  };
}

/** Plain order of the texts; no instance at all is one empty line (contract). */
function bulkInstances({ calls }: CommandContext): CommandResult {
  return done(
    calls
      .allInstances()
      .map(({ instance }) => instanceKeyText(instance.key))
      .sort()
      .join('\n'),
  );
}

/** Likewise. */
function bulkPromotionRules({ calls }: CommandContext): CommandResult {
  return done(
    calls
      .candidates()
      .map(({ key, rule }) => `${instanceKeyText(key)} ${rule}`)
      .sort()
      .join('\n'),
  );
}

export const globalRecoveries: CommandGroup = {
  heading: '',
  rows: [
    command('disable-global-recoveries', 'Let no recovery happen by itself, on any node', [], switchRecoveries(true)),
    command('enable-global-recoveries', 'Let recoveries happen again', [], switchRecoveries(false)),
    command('check-global-recoveries', 'Print whether recoveries are disabled globally', [], async ({ calls }) =>
      done(`OK: Global recoveries disabled: ${await calls.recoveriesDisabled()}`),
    ),
    command('bulk-instances', 'Print all known instances, in the order of their names', [], bulkInstances),
    command('bulk-promotion-rules', 'Print the promotion rules of all instances', [], bulkPromotionRules),
  ],
};
