/**
 * Settings of one server (spec/cli.md 2.3, "Instance").
 */
import type { CommandGroup } from '../command.ts';
import { onInstance, operation } from '../operation.ts';

export const instance: CommandGroup = {
  heading: 'Instance',
  rows: [
    operation('set-read-only', 'Make an instance read-only', ['instance?'], {
      ask: onInstance((key) => ({ kind: 'set-read-only', key, readOnly: true })),
    }),
    operation('set-writeable', 'Make an instance writeable', ['instance?'], {
      ask: onInstance((key) => ({ kind: 'set-read-only', key, readOnly: false })),
    }),
  ],
};
