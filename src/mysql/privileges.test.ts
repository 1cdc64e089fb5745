import { describe, expect, it } from 'vitest';
import type { StatementFact } from './dialect.ts';
import { minimalGrants, neededPrivileges, onServer, privilegesText, selectOn } from './privileges.ts';

const fact = (privileges: StatementFact['privileges']): StatementFact => ({
  name: '',
  sql: '',
  purpose: '',
  privileges,
  changes: false,
});

describe('minimal grants', () => {
  it('name each privilege once, those of the server first', () => {
    const statements = [fact(selectOn('a.t')), fact(onServer('RELOAD', 'PROCESS')), fact(onServer('RELOAD')), fact([])];
    expect(minimalGrants(statements, 'me')).toEqual([
      'GRANT PROCESS, RELOAD ON *.* TO me',
      'GRANT SELECT ON a.t TO me',
    ]);
  });
});

describe('a privilege that gives far more than its statement', () => {
  it('is not among the minimal grants', () => {
    const skip = { ...fact(onServer('SUPER')), grantedApart: true as const };
    expect(minimalGrants([fact(onServer('RELOAD')), skip], 'me')).toEqual(['GRANT RELOAD ON *.* TO me']);
  });
});

describe('needed privileges', () => {
  it('are named once, with what needs them and how', () => {
    const statements = [
      { ...fact(onServer('RELOAD')), name: 'look' },
      { ...fact(onServer('RELOAD', 'PROCESS')), name: 'forget-source', changes: true },
      { ...fact(onServer('SYSTEM_USER')), name: 'end-half-transaction', changes: true },
      // No recovery is held up by what only operations send.
      { ...fact(onServer('BINLOG_ADMIN')), name: 'purge-binary-logs', changes: true, forOperations: true as const },
      // E4: nor by what is asked of it beside.
      { ...fact(onServer('SUPER')), name: 'set-variable', changes: true, whenConfigured: true as const },
    ];
    expect(neededPrivileges(statements)).toEqual([
      {
        name: 'RELOAD',
        on: '*.*',
        neededBy: [
          { statement: 'look', use: 'read' },
          { statement: 'forget-source', use: 'change' },
        ],
      },
      { name: 'PROCESS', on: '*.*', neededBy: [{ statement: 'forget-source', use: 'change' }] },
      { name: 'SYSTEM_USER', on: '*.*', neededBy: [{ statement: 'end-half-transaction', use: 'help' }] },
    ]);
  });
});

describe('privileges in a table', () => {
  it('name their object where it is not the server', () => {
    expect(privilegesText([])).toBe('none');
    expect(privilegesText([...onServer('RELOAD'), ...selectOn('a.t')])).toBe('RELOAD, SELECT on a.t');
  });
});
