/**
 * Why what is thought and done of a cluster is so. Not in the contract.
 */
import { clusterName } from '../../model/brand.ts';
import { explanationLines } from '../../service/explanation-text.ts';
import { asTheServiceSeesIt } from '../as-the-service-sees-it.ts';
import { type CommandContext, type CommandGroup, type CommandResult, command, fatal, linesOf } from '../command.ts';
import { clusterOf } from '../targets.ts';

async function run(context: CommandContext): Promise<CommandResult> {
  const name = clusterOf(context);
  if (name === '') return fatal(`Unable to determine cluster name. clusterHint=${context.flags.alias}`);
  return (
    (await asTheServiceSeesIt(context, `/api/v2/clusters/${encodeURIComponent(name)}/explain`)) ??
    linesOf(await context.calls.explain(clusterName(name)), explanationLines)
  );
}

export const explain: CommandGroup = {
  heading: 'Explanation',
  rows: [
    command(
      'explain',
      'Print what is seen of a cluster, what is concluded, what would be done and what holds it back, and what a failover would come to',
      ['cluster?', 'instance?'],
      run,
      'Asks no server anything and changes nothing: as the service on this machine sees it; where none runs, from what the backend has, with its age.',
    ),
  ],
};
