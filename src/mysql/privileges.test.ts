import { describe, expect, it } from 'vitest';
import type { StatementFact } from './dialect.ts';
import { minimalGrants, onServer, privilegesText, selectOn } from './privileges.ts';

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

describe('privileges in a table', () => {
  it('name their object where it is not the server', () => {
    expect(privilegesText([])).toBe('none');
    expect(privilegesText([...onServer('RELOAD'), ...selectOn('a.t')])).toBe('RELOAD, SELECT on a.t');
  });
});
