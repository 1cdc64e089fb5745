/**
 * Moving servers by matching Pseudo-GTID entries (spec/cli.md 2.3, "Pseudo-GTID relocation").
 */
import type { CommandGroup } from '../command.ts';
import {
  belowDestination,
  belowNewSource,
  movedKeys,
  onInstance,
  onKnownInstance,
  operation,
  toDestination,
} from '../operation.ts';
import { couldNotRegroup, regroupLines } from '../regroup.ts';

export const pseudoGtidRelocation: CommandGroup = {
  heading: 'Pseudo-GTID relocation',
  rows: [
    operation('match', 'Move a replica below another instance by Pseudo-GTID', ['instance?', 'destination'], {
      ask: toDestination((key, below) => ({ kind: 'match-below', key, below })),
      lines: belowDestination,
    }),
    operation('match-up', 'Move a replica one level up by Pseudo-GTID', ['instance?'], {
      ask: onInstance((key) => ({ kind: 'match-up', key })),
      lines: belowNewSource,
    }),
    operation('rematch', 'Reconnect a replica to its own master by Pseudo-GTID', ['instance?'], {
      ask: onInstance((key) => ({ kind: 'rematch', key })),
      lines: belowNewSource,
    }),
    operation(
      'match-replicas',
      'Move all or some replicas of an instance below another one by Pseudo-GTID',
      ['instance?', 'destination', 'pattern?'],
      {
        ask: toDestination((key, below, { flags: { pattern } }) => ({ kind: 'match-replicas', key, below, pattern })),
        lines: movedKeys,
      },
    ),
    operation(
      'match-up-replicas',
      'Move all or some replicas of an instance one level up by Pseudo-GTID',
      ['instance?', 'pattern?'],
      {
        ask: onInstance((key, { flags: { pattern } }) => ({ kind: 'match-up-replicas', key, pattern })),
        lines: movedKeys,
      },
    ),
    operation(
      'regroup-replicas-pgtid',
      'Choose the best replica of an instance and move the others below it by Pseudo-GTID',
      ['instance?'],
      {
        ask: onKnownInstance((key) => ({ kind: 'regroup-replicas', key, method: 'pseudo-gtid' })),
        lines: regroupLines('pseudo-gtid'),
        partly: 'both',
        failure: couldNotRegroup('replicas'),
      },
    ),
  ],
};
