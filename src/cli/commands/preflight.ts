/**
 * What would go wrong in an incident, found before it. Not in the contract.
 */
import { clusterName } from '../../model/brand.ts';
import { type CommandContext, type CommandGroup, type CommandResult, command, fatal, linesOf } from '../command.ts';
import { preflightLines } from '../preflight-text.ts';
import { clusterOf } from '../targets.ts';

/** A report: whatever it finds, the command has done well. */
async function run(context: CommandContext): Promise<CommandResult> {
  const name = clusterOf(context);
  if (name === '') return fatal(`Unable to determine cluster name. clusterHint=${context.flags.alias}`);
  return linesOf(await context.calls.preflight(clusterName(name)), preflightLines);
}

export const preflight: CommandGroup = {
  heading: 'Preflight',
  rows: [
    command(
      'preflight',
      'Print what would make a failover of a cluster slow, lossy or impossible, and how to mend it',
      ['cluster?', 'instance?'],
      run,
      'Asks every server of the cluster and changes nothing. One block a finding, the gravest first; the status is 0 whatever is found.',
    ),
  ],
};
