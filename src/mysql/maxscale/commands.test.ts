import { describe, expect, it } from 'vitest';
import { everyCommand } from '../testing.ts';
import { render } from './commands.ts';
import { STATEMENTS } from './statements.ts';

describe('commands of a binlog server', () => {
  it.each([
    ['stop-replication', ['STOP SLAVE']],
    ['start-replication', ['START SLAVE']],
    ['end-half-transaction', []],
  ] as const)('%s is %o', (kind, statements) => {
    expect(render({ kind })).toEqual(statements);
  });

  it('are refused, with a reason, where they promote it, write to it or move it', () => {
    const refused = everyCommand('x').filter((command) => 'cannot' in render(command));
    expect([...new Set(refused.map(({ kind }) => kind))]).toEqual([
      'stop-receiver',
      'start-receiver',
      'start-applier',
      'forget-source',
      'follow',
      'detach-source',
      'set-read-only',
      'end-sessions',
      'set-semi-sync-source',
      'wait-for-gtid',
    ]);
    for (const command of refused)
      expect(render(command)).toEqual({ cannot: expect.stringContaining('binlog server') });
  });

  it('send nothing that is not listed', () => {
    const sent = everyCommand('x')
      .map(render)
      .flatMap((rendered) => ('cannot' in rendered ? [] : rendered));
    expect(sent.filter((sql) => !STATEMENTS.some((listed) => listed.changes && listed.sql === sql))).toEqual([]);
  });
});
