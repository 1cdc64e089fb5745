/**
 * Moving servers below others by whichever method fits (spec/cli.md 2.3, "Smart relocation").
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import {
  type CommandContext,
  type CommandGroup,
  type CommandResult,
  command,
  linesOf,
  notBuilt,
  withDestination,
} from '../command.ts';

/** Prints `I<D`. */
function relocate(context: CommandContext): Promise<CommandResult> {
  return withDestination(context, async (destination) => {
    const outcome = await context.calls.relocate(context.instance, destination);
    return linesOf(outcome, () => [`${instanceKeyText(context.instance)}<${instanceKeyText(destination)}`]);
  });
}

export const smartRelocation: CommandGroup = {
  heading: 'Smart relocation',
  rows: [
    command(
      'relocate',
      'Move a replica below another instance by whichever method fits',
      ['instance?', 'destination'],
      relocate,
    ),
    command('relocate-below', 'The same as relocate', ['instance?', 'destination'], relocate),
    notBuilt('relocate-replicas', 'Move all or some replicas of an instance below another one', [
      'instance?',
      'destination',
      'pattern?',
    ]),
    notBuilt('take-siblings', 'Move all siblings of a replica below it', ['instance?']),
    notBuilt('regroup-replicas', 'Choose the best replica of an instance and move the others below it', ['instance?']),
  ],
};
