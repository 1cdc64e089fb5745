/**
 * Settings of one server (spec/cli.md 2.3, "Instance").
 */
import { type CommandGroup, command, echoInstance } from '../command.ts';

export const instance: CommandGroup = {
  heading: 'Instance',
  rows: [
    command('set-read-only', 'Make an instance read-only', ['instance?'], async (context) =>
      echoInstance(await context.calls.setReadOnly(context.instance, true), context),
    ),
    command('set-writeable', 'Make an instance writeable', ['instance?'], async (context) =>
      echoInstance(await context.calls.setReadOnly(context.instance, false), context),
    ),
  ],
};
