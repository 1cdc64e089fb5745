import { describe, expect, it } from 'vitest';
import { everyCommand, fitsListed, follow } from '../testing.ts';
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
      'set-variable',
      'wait-for-gtid',
      'stop-applier',
      'start-until',
      'set-semi-sync-replica',
      'wait-for-position',
      'set-delay',
      'skip-event',
      'inject-empty',
      'reset-binary-logs',
      'set-gtid-purged',
      'flush-binary-logs',
      'purge-binary-logs',
      'kill-query',
      'change-credentials',
      'get-source-public-key',
      'inject-pseudo-gtid',
      'install-clone-plugin',
      'set-clone-donors',
      'set-super-read-only',
      'clone',
    ]);
    for (const command of refused)
      expect(render(command)).toEqual({ cannot: expect.stringContaining('binlog server') });
  });

  it('send nothing that is not listed', () => {
    const sent = everyCommand('x')
      .map((command) => render(command))
      .flatMap((rendered) => ('cannot' in rendered ? [] : rendered));
    expect(sent.filter((sql) => !STATEMENTS.some((listed) => listed.changes && fitsListed(sql, listed.sql)))).toEqual(
      [],
    );
  });

  it('A17: move it by file and position, and never by GTID', () => {
    const coordinates = { file: 'binlog.000007', pos: 120, type: 'binary' } as const;
    expect(render(follow({ place: { kind: 'position', coordinates, leavesGtid: false } }))).toEqual([
      'STOP SLAVE',
      "CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306, MASTER_LOG_FILE = 'binlog.000007', MASTER_LOG_POS = 120",
    ]);
    expect(render(follow())).toEqual({ cannot: expect.stringContaining('GTID') });
  });
});
