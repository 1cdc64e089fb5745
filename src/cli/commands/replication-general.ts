/**
 * Starting, stopping and mending replication on one server (spec/cli.md 2.3, "Replication, general").
 */
import { type CommandGroup, command, echoInstance, notBuilt } from '../command.ts';

export const replicationGeneral: CommandGroup = {
  heading: 'Replication, general',
  rows: [
    notBuilt('enable-gtid', 'Turn a file:pos replica into a GTID replica', ['instance?']),
    notBuilt('disable-gtid', 'Turn a GTID replica into a file:pos replica', ['instance?']),
    notBuilt('which-gtid-errant', 'Print the errant GTID set of an instance', ['instance?']),
    notBuilt('gtid-errant-reset-master', 'Remove errant GTIDs from an instance by resetting its binary logs', [
      'instance?',
    ]),
    notBuilt('skip-query', 'Skip the event on which replication stopped with an error', ['instance?']),
    command('stop-replica', 'Stop replication', ['instance?'], async (context) =>
      echoInstance(await context.calls.stopReplication(context.instance), context),
    ),
    command('start-replica', 'Start replication', ['instance?'], async (context) =>
      echoInstance(await context.calls.startReplication(context.instance), context),
    ),
    notBuilt('restart-replica', 'Stop and start replication', ['instance?']),
    notBuilt('reset-replica', 'Stop replication and forget the master', ['instance?']),
    notBuilt('change-master-credentials', 'Apply the configured replication credentials to a replica', ['instance?']),
    notBuilt('detach-replica-master-host', 'Break replication reversibly by spoiling the host name of the master', [
      'instance?',
    ]),
    notBuilt('reattach-replica-master-host', 'Undo detach-replica-master-host', ['instance?']),
    notBuilt('master-pos-wait', 'Wait until a replica has executed up to a position', ['instance?', 'binlog']),
    notBuilt('enable-semi-sync-master', 'Enable semi-synchronous replication, master side', ['instance?']),
    notBuilt('disable-semi-sync-master', 'Disable semi-synchronous replication, master side', ['instance?']),
    notBuilt('enable-semi-sync-replica', 'Enable semi-synchronous replication, replica side', ['instance?']),
    notBuilt('disable-semi-sync-replica', 'Disable semi-synchronous replication, replica side', ['instance?']),
    notBuilt(
      'restart-replica-statements',
      'Print the statements that stop and start replication, with another in between',
      ['instance?', 'statement?'],
    ),
  ],
};
