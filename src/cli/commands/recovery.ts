/**
 * Failovers, planned takeovers, what is wrong, acknowledgements (spec/cli.md 2.3, "Recovery").
 */
import { commandLineText } from '../../analysis/text.ts';
import { coordinatesText, noCoordinates } from '../../model/binlog-coordinates.ts';
import { clusterName } from '../../model/brand.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { NOBODY_PROMOTED, RECOVERY_NOT_ATTEMPTED } from '../../service/calls.ts';
import {
  type CommandContext,
  type CommandGroup,
  type CommandResult,
  command,
  done,
  fatal,
  instanceNotFound,
  linesOf,
  withOwner,
} from '../command.ts';
import { clusterOf } from '../targets.ts';

/** Nothing to recover is no failure: nothing is printed (contract). */
function recover(skipProcesses: boolean): (context: CommandContext) => Promise<CommandResult> {
  return async ({ calls, instance, destination, log }) => {
    const outcome = await calls.recover(instance, { candidate: destination, skipProcesses });
    if (outcome.kind === 'refused' && outcome.refusal.code === RECOVERY_NOT_ATTEMPTED) {
      log.warning(`${outcome.refusal.message}: ${instanceKeyText(instance)}`);
      return done();
    }
    if (outcome.kind === 'refused' && outcome.refusal.code === NOBODY_PROMOTED) {
      return fatal('Recovery attempted yet no replica promoted');
    }
    return linesOf(outcome, (promoted) => [instanceKeyText(promoted)]);
  };
}

/** Prints the promoted server, and where its binary log stood at its promotion. */
function takeover(auto: boolean): (context: CommandContext) => Promise<CommandResult> {
  return async (context) => {
    const { calls, destination } = context;
    const name = clusterOf(context);
    if (destination !== null && calls.instance(destination) === null) return instanceNotFound(destination);
    const outcome = await calls.gracefulTakeover({ clusterName: clusterName(name), designated: destination, auto });
    if (outcome.kind === 'refused') return fatal(outcome.refusal.message);
    const { record, successorCoordinates } = outcome.value;
    if (record.successorKey === null) {
      return fatal(
        `GracefulMasterTakeover: Recovery attempted yet no replica promoted; err=${record.errors.join('; ')}`,
      );
    }
    return done(instanceKeyText(record.successorKey), coordinatesText(successorCoordinates ?? noCoordinates('binary')));
  };
}

/** Prints the promoted server. */
async function forced(context: CommandContext, designated: InstanceKey | null): Promise<CommandResult> {
  const outcome = await context.calls.forceFailover({ clusterName: clusterName(clusterOf(context)), designated });
  return linesOf(outcome, ({ record: { successorKey } }) =>
    successorKey === null ? [] : [instanceKeyText(successorKey)],
  );
}

async function forcedTakeover(context: CommandContext): Promise<CommandResult> {
  const { calls, destination } = context;
  if (destination === null)
    return fatal('Cannot deduce destination, the instance to promote in place of the master. Please provide with -d');
  return calls.instance(destination) === null ? instanceNotFound(destination) : forced(context, destination);
}

function replicationAnalysis({ calls }: CommandContext): CommandResult {
  return done(...calls.replicationAnalysis({ includeDowntimed: false }).map(commandLineText));
}

type Acknowledged = Parameters<CommandContext['calls']['acknowledge']>[0];

/** Acknowledges what `what` says, with `--reason` as the comment. */
function acknowledge(
  what: (context: CommandContext) => Acknowledged,
): (context: CommandContext) => Promise<CommandResult> {
  return async (context) => {
    const { reason } = context.flags;
    if (reason === '') return fatal('--reason option required (comment your ack)');
    return withOwner(context, async (owner) =>
      linesOf(await context.calls.acknowledge(what(context), owner, reason), (count) => [
        `${count} recoveries acknowledged`,
      ]),
    );
  };
}

export const recovery: CommandGroup = {
  heading: 'Recovery',
  rows: [
    command(
      'recover',
      'Recover a failed instance now',
      ['instance?', 'destination?'],
      recover(false),
      'Downtime, the global switch and the pause between recoveries do not count. Prints nothing when there is nothing to recover.',
    ),
    command(
      'recover-lite',
      'Recover a failed instance now, without running hooks',
      ['instance?', 'destination?'],
      recover(true),
    ),
    command(
      'force-master-failover',
      'Fail over a cluster as if its master were dead',
      ['cluster?', 'instance?'],
      (context) => forced(context, null),
      'A master that answers is made read-only first. The successor is chosen automatically.',
    ),
    command(
      'force-master-takeover',
      'Fail over a cluster to a replica of your choice',
      ['cluster?', 'instance?', 'destination?'],
      forcedTakeover,
      'A master that answers is made read-only first.',
    ),
    command(
      'graceful-master-takeover',
      'Replace a living master by its replica',
      ['cluster?', 'instance?', 'destination?'],
      takeover(false),
      'The old master becomes a replica of the new one; its replication is not started.',
    ),
    command(
      'graceful-master-takeover-auto',
      'Replace a living master by a replica chosen automatically',
      ['cluster?', 'instance?', 'destination?'],
      takeover(true),
      'The old master becomes a replica of the new one, and replicates.',
    ),
    command('replication-analysis', 'Print what is wrong, one instance a line', [], replicationAnalysis),
    command(
      'ack-all-recoveries',
      'Acknowledge all recoveries',
      ['reason', 'owner?'],
      acknowledge(() => ({ kind: 'all' })),
    ),
    command(
      'ack-cluster-recoveries',
      'Acknowledge the recoveries of a cluster',
      ['cluster?', 'instance?', 'reason', 'owner?'],
      acknowledge((context) => ({ kind: 'cluster', clusterName: clusterName(clusterOf(context)) })),
    ),
    command(
      'ack-instance-recoveries',
      'Acknowledge the recoveries of a failed instance',
      ['instance?', 'reason', 'owner?'],
      acknowledge(({ instance }) => ({ kind: 'instance', key: instance })),
    ),
  ],
};
