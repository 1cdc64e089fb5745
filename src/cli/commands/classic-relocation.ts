/**
 * Moving servers by file and position (spec/cli.md 2.3, "Classic file:pos relocation").
 */
import { type CommandGroup, notBuilt } from '../command.ts';

export const classicRelocation: CommandGroup = {
  heading: 'Classic file:pos relocation',
  rows: [
    notBuilt('move-up', 'Move a replica one level up, beside its master', ['instance?']),
    notBuilt('move-up-replicas', 'Move all or some replicas of an instance one level up', ['instance?', 'pattern?']),
    notBuilt('move-below', 'Move a replica below its sibling', ['instance?', 'destination']),
    notBuilt('move-equivalent', 'Move a replica below another instance by recorded equivalent coordinates', [
      'instance?',
      'destination',
    ]),
    notBuilt('repoint', 'Change the master of a replica without touching its coordinates', [
      'instance?',
      'destination?',
    ]),
    notBuilt('repoint-replicas', 'Repoint all or some replicas of an instance', [
      'instance?',
      'destination?',
      'pattern?',
    ]),
    notBuilt('take-master', 'Swap a replica with its master', ['instance?']),
    notBuilt('make-co-master', 'Make the master of an instance replicate from it', ['instance?']),
    notBuilt('get-candidate-replica', 'Name the replica of an instance that is best promoted', ['instance?']),
  ],
};
