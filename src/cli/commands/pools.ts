/**
 * Pools of instances (spec/cli.md 2.3, "Pools").
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import {
  type CommandContext,
  type CommandGroup,
  type CommandResult,
  command,
  done,
  fatal,
  keyLines,
  linesOf,
} from '../command.ts';
import { clusterOf } from '../targets.ts';

/** Prints nothing (contract). */
async function submit({ calls, flags }: CommandContext): Promise<CommandResult> {
  if (flags.pool === '') return fatal('Please submit --pool');
  return linesOf(await calls.submitPool(flags.pool, flags.i), () => []);
}

async function clusterPools({ calls }: CommandContext): Promise<CommandResult> {
  return done(
    ...(await calls.pooledInstances()).map(({ clusterName, clusterAlias, pool, key }) =>
      [clusterName, clusterAlias || clusterName, pool, instanceKeyText(key)].join('\t'),
    ),
  );
}

async function whichHeuristic(context: CommandContext): Promise<CommandResult> {
  const name = clusterOf(context);
  if (name === '') return done();
  return keyLines(await context.calls.heuristicPoolInstances(name, context.flags.pool || undefined));
}

export const pools: CommandGroup = {
  heading: 'Pools',
  rows: [
    {
      ...command(
        'submit-pool-instances',
        'Replace the members of a pool',
        ['instance?', 'pool'],
        submit,
        'All instances of -i, separated by commas, are the new members. Without -i the pool becomes empty.',
      ),
      takesList: true,
    },
    command('cluster-pool-instances', 'Print the members of all pools with their clusters', [], clusterPools),
    command(
      'which-heuristic-cluster-pool-instances',
      'Print the instances of a cluster that are in a pool',
      ['cluster?', 'pool?'],
      whichHeuristic,
    ),
  ],
};
