/**
 * Questions about the replication of one server, answered from the backend (spec/cli.md 2.3, "Replication information").
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import { isReplicaRunning, threadsStopped } from '../../model/instance-status.ts';
import { type CommandGroup, command, done, notBuilt, withKnownInstance } from '../command.ts';

export const replicationInformation: CommandGroup = {
  heading: 'Replication information',
  rows: [
    notBuilt('can-replicate-from', 'Print the destination if the instance may replicate from it', [
      'instance?',
      'destination',
    ]),
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
