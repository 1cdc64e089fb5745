/**
 * What helps when something has gone very wrong: stopping replication before it carries the damage on, and looking at errant transactions. Not in the contract.
 */
import type { ClusterName } from '../../model/brand.ts';
import { errantLines } from '../../service/errant-text.ts';
import { type CommandContext, type CommandGroup, command, fatal, linesOf } from '../command.ts';
import { type Asked, movedKeys, operation } from '../operation.ts';

/** The cluster that was named, and no other: a misspelt alias must not stop the replication of the local host's cluster. */
function namedCluster({ calls, flags, typedKey, instance }: CommandContext): ClusterName | null {
  if (flags.alias !== '') return calls.clusterByAlias(flags.alias);
  return typedKey === null ? null : (calls.instance(instance)?.instance.clusterName ?? null);
}

function askToStop(context: CommandContext): Asked {
  const clusterName = namedCluster(context);
  if (clusterName === null) {
    return fatal(`Unable to determine cluster name. clusterHint=${context.flags.alias || context.typed}`);
  }
  return {
    kind: 'ask',
    request: { kind: 'panic-stop', clusterName, which: context.flags.all ? 'all' : 'delayed' },
  };
}

export const panicStop: CommandGroup = {
  heading: 'Panic stop and errant GTIDs',
  rows: [
    operation(
      'panic-stop-replication',
      'Stop replication at once on the delayed replicas of a cluster, or on all',
      ['cluster?', 'instance?', 'all?'],
      { ask: askToStop, lines: movedKeys, partly: 'both' },
      'For a mistake that must not reach the delayed replicas. Name the cluster by its alias, its name, or one of its servers with -i: nothing stands in for it.',
    ),
    command(
      'errant-gtid',
      'Print the errant transactions of an instance, since when it has them, and what each way out would do',
      ['instance?'],
      async ({ calls, instance }) => linesOf(await calls.errantGtid(instance), errantLines),
      'Reads the instance and changes nothing.',
    ),
  ],
};
