/**
 * Moving servers by GTID, and by nothing else (spec/cli.md 2.3, "GTID relocation").
 */
import type { CommandGroup } from '../command.ts';
import { belowDestination, movedKeys, onKnownInstance, operation, toDestination } from '../operation.ts';
import { couldNotRegroup, regroupLines } from '../regroup.ts';

export const gtidRelocation: CommandGroup = {
  heading: 'GTID relocation',
  rows: [
    operation('move-gtid', 'Move a replica below another instance by GTID', ['instance?', 'destination'], {
      ask: toDestination((key, below) => ({ kind: 'move-below-gtid', key, below })),
      lines: belowDestination,
    }),
    operation(
      'move-replicas-gtid',
      'Move all or some replicas of an instance below another one by GTID',
      ['instance?', 'destination', 'pattern?'],
      {
        ask: toDestination((key, below, { flags: { pattern } }) => ({
          kind: 'move-replicas-gtid',
          key,
          below,
          pattern,
        })),
        lines: movedKeys,
      },
    ),
    operation(
      'regroup-replicas-gtid',
      'Choose the best replica of an instance and move the others below it by GTID',
      ['instance?'],
      {
        ask: onKnownInstance((key) => ({ kind: 'regroup-replicas', key, method: 'gtid' })),
        lines: regroupLines('gtid'),
        partly: 'both',
        failure: couldNotRegroup('replicas'),
      },
    ),
  ],
};
