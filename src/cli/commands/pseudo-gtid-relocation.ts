/**
 * Moving servers by matching Pseudo-GTID entries (spec/cli.md 2.3, "Pseudo-GTID relocation").
 */
import { type CommandGroup, notBuilt } from '../command.ts';

export const pseudoGtidRelocation: CommandGroup = {
  heading: 'Pseudo-GTID relocation',
  rows: [
    notBuilt('match', 'Move a replica below another instance by Pseudo-GTID', ['instance?', 'destination']),
    notBuilt('match-up', 'Move a replica one level up by Pseudo-GTID', ['instance?']),
    notBuilt('rematch', 'Reconnect a replica to its own master by Pseudo-GTID', ['instance?']),
    notBuilt('match-replicas', 'Move all or some replicas of an instance below another one by Pseudo-GTID', [
      'instance?',
      'destination',
      'pattern?',
    ]),
    notBuilt('match-up-replicas', 'Move all or some replicas of an instance one level up by Pseudo-GTID', [
      'instance?',
      'pattern?',
    ]),
    notBuilt(
      'regroup-replicas-pgtid',
      'Choose the best replica of an instance and move the others below it by Pseudo-GTID',
      ['instance?'],
    ),
  ],
};
