/**
 * Moving servers by GTID, and by nothing else (spec/cli.md 2.3, "GTID relocation").
 */
import { type CommandGroup, notBuilt } from '../command.ts';

export const gtidRelocation: CommandGroup = {
  heading: 'GTID relocation',
  rows: [
    notBuilt('move-gtid', 'Move a replica below another instance by GTID', ['instance?', 'destination']),
    notBuilt('move-replicas-gtid', 'Move all or some replicas of an instance below another one by GTID', [
      'instance?',
      'destination',
      'pattern?',
    ]),
    notBuilt('regroup-replicas-gtid', 'Choose the best replica of an instance and move the others below it by GTID', [
      'instance?',
    ]),
  ],
};
