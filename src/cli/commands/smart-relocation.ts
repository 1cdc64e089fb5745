/**
 * Moving servers by whichever method fits (spec/cli.md 2.3, "Smart relocation").
 */
import type { CommandGroup } from '../command.ts';
import { belowDestination, movedKeys, onInstance, onKnownInstance, operation, toDestination } from '../operation.ts';
import { couldNotRegroup, regroupLines } from '../regroup.ts';

const relocate = {
  ask: toDestination((key, below) => ({ kind: 'relocate', key, below })),
  lines: belowDestination,
} as const;

export const smartRelocation: CommandGroup = {
  heading: 'Smart relocation',
  rows: [
    operation(
      'relocate',
      'Move a replica below another instance by whichever method fits',
      ['instance?', 'destination'],
      relocate,
    ),
    operation('relocate-below', 'The same as relocate', ['instance?', 'destination'], relocate),
    operation(
      'relocate-replicas',
      'Move all or some replicas of an instance below another one',
      ['instance?', 'destination', 'pattern?'],
      {
        ask: toDestination((key, below, { flags: { pattern } }) => ({
          kind: 'relocate-replicas',
          key,
          below,
          pattern,
        })),
        lines: movedKeys,
        partly: 'printed',
      },
    ),
    operation('take-siblings', 'Move all siblings of a replica below it', ['instance?'], {
      ask: onInstance((key) => ({ kind: 'take-siblings', key })),
    }),
    operation(
      'regroup-replicas',
      'Choose the best replica of an instance and move the others below it',
      ['instance?'],
      {
        ask: onKnownInstance((key) => ({ kind: 'regroup-replicas', key, method: 'any' })),
        lines: regroupLines('any'),
        partly: 'both',
        failure: couldNotRegroup('replicas'),
      },
    ),
  ],
};
