/**
 * Moving binlog servers (spec/cli.md 2.3, "Binlog server relocation").
 */
import type { CommandGroup } from '../command.ts';
import { onKnownInstance, operation } from '../operation.ts';
import { couldNotRegroup, regroupLines } from '../regroup.ts';

export const binlogServerRelocation: CommandGroup = {
  heading: 'Binlog server relocation',
  rows: [
    operation(
      'regroup-replicas-bls',
      'Promote the most advanced binlog server among the replicas of an instance',
      ['instance?'],
      {
        ask: onKnownInstance((key) => ({ kind: 'regroup-replicas', key, method: 'binlog-servers' })),
        lines: regroupLines('binlog-servers'),
        partly: 'both',
        failure: couldNotRegroup('binlog server replicas'),
      },
    ),
  ],
};
