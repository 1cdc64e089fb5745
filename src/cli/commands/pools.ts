/**
 * Pools of instances (spec/cli.md 2.3, "Pools").
 */
import { type CommandGroup, notBuilt } from '../command.ts';

export const pools: CommandGroup = {
  heading: 'Pools',
  rows: [
    notBuilt('submit-pool-instances', 'Replace the members of a pool', ['instance', 'pool']),
    notBuilt('cluster-pool-instances', 'Print the members of all pools with their clusters'),
    notBuilt('which-heuristic-cluster-pool-instances', 'Print the instances of a cluster that are in a pool', [
      'cluster?',
      'pool?',
    ]),
  ],
};
