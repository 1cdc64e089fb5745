/**
 * Moving binlog servers (spec/cli.md 2.3, "Binlog server relocation").
 */
import { type CommandGroup, notBuilt } from '../command.ts';

export const binlogServerRelocation: CommandGroup = {
  heading: 'Binlog server relocation',
  rows: [
    notBuilt('regroup-replicas-bls', 'Promote the most advanced binlog server among the replicas of an instance', [
      'instance?',
    ]),
  ],
};
