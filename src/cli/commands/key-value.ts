/**
 * Key-value stores (spec/cli.md 2.3, "Key-value").
 */
import { type CommandGroup, notBuilt } from '../command.ts';

export const keyValue: CommandGroup = {
  heading: 'Key-value',
  rows: [
    notBuilt('submit-masters-to-kv-stores', 'Write the master of one or all clusters to the key-value stores', [
      'cluster?',
    ]),
  ],
};
