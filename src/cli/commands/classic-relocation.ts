/**
 * Moving servers by file and position (spec/cli.md 2.3, "Classic file:pos relocation").
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import { type CommandGroup, command, linesOf } from '../command.ts';
import { belowDestination, belowNewSource, movedKeys, onInstance, operation, toDestination } from '../operation.ts';

export const classicRelocation: CommandGroup = {
  heading: 'Classic file:pos relocation',
  rows: [
    operation('move-up', 'Move a replica one level up, beside its master', ['instance?'], {
      ask: onInstance((key) => ({ kind: 'move-up', key })),
      lines: belowNewSource,
    }),
    operation('move-up-replicas', 'Move all or some replicas of an instance one level up', ['instance?', 'pattern?'], {
      ask: onInstance((key, { flags: { pattern } }) => ({ kind: 'move-up-replicas', key, pattern })),
      lines: movedKeys,
      partly: 'printed',
    }),
    operation('move-below', 'Move a replica below its sibling', ['instance?', 'destination'], {
      ask: toDestination((key, below) => ({ kind: 'move-below', key, below }), 'destination/sibling'),
      lines: belowDestination,
    }),
    operation(
      'move-equivalent',
      'Move a replica below another instance by recorded equivalent coordinates',
      ['instance?', 'destination'],
      {
        ask: toDestination((key, below) => ({ kind: 'move-equivalent', key, below })),
        lines: belowDestination,
      },
    ),
    operation(
      'repoint',
      'Change the master of a replica without touching its coordinates',
      ['instance?', 'destination?'],
      {
        // A destination that cannot be understood counts as not given (contract, 5.3).
        ask: onInstance((key, { destination }) => ({ kind: 'repoint', key, below: destination })),
        lines: belowNewSource,
      },
      'Without a destination the connection to the present master is written anew.',
    ),
    operation(
      'repoint-replicas',
      'Repoint all or some replicas of an instance',
      ['instance?', 'destination?', 'pattern?'],
      {
        ask: onInstance((key, { destination, flags: { pattern } }) => ({
          kind: 'repoint-replicas',
          key,
          below: destination,
          pattern,
        })),
        // Always I, whatever the destination (contract).
        lines: (report, { instance }) => movedKeys(report).map((key) => `${key}<${instanceKeyText(instance)}`),
        partly: 'printed',
      },
    ),
    operation('take-master', 'Swap a replica with its master', ['instance?'], {
      ask: onInstance((key) => ({ kind: 'take-master', key })),
    }),
    operation('make-co-master', 'Make the master of an instance replicate from it', ['instance?'], {
      ask: onInstance((key) => ({ kind: 'make-co-master', key })),
    }),
    command(
      'get-candidate-replica',
      'Name the replica of an instance that is best promoted',
      ['instance?'],
      ({ calls, instance }) => linesOf(calls.candidateReplica(instance), (key) => [instanceKeyText(key)]),
    ),
  ],
};
