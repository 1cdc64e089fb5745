/**
 * Questions about the replication of one server, answered from the backend (spec/cli.md 2.3, "Replication information").
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import { isReplicaRunning, threadsStopped } from '../../model/instance-status.ts';
import {
  type CommandContext,
  type CommandGroup,
  type CommandResult,
  command,
  done,
  fatal,
  instanceNotFound,
  withKnownInstance,
} from '../command.ts';

/** Prints D, or nothing and ends well: the API tells the reason (contract). */
async function canReplicateFrom({
  calls,
  instance,
  destination,
  destinationText,
}: CommandContext): Promise<CommandResult> {
  if (calls.instance(instance) === null) return instanceNotFound(instance);
  if (destination === null) return fatal(`Cannot deduce target instance: ${destinationText}`);
  if (calls.instance(destination) === null) return instanceNotFound(destination);
  const outcome = await calls.canReplicateFrom(instance, destination, { byGtid: false });
  return done(...(outcome.kind === 'ok' ? [instanceKeyText(destination)] : []));
}

export const replicationInformation: CommandGroup = {
  heading: 'Replication information',
  rows: [
    command(
      'can-replicate-from',
      'Print the destination if the instance may replicate from it',
      ['instance?', 'destination'],
      canReplicateFrom,
    ),
    command('is-replicating', 'Print the instance if both its replication threads run', ['instance?'], (context) =>
      withKnownInstance(context, ({ instance }) =>
        done(...(isReplicaRunning(instance) ? [instanceKeyText(context.instance)] : [])),
      ),
    ),
    command(
      'is-replication-stopped',
      'Print the instance if both its replication threads are stopped',
      ['instance?'],
      (context) =>
        withKnownInstance(context, ({ instance }) =>
          done(...(threadsStopped(instance) ? [instanceKeyText(context.instance)] : [])),
        ),
    ),
  ],
};
