import { describe, expect, it } from 'vitest';
import { describeStep, type ExistingTable, planDeployment } from './deployment-plan.ts';
import { port, s } from './schema/column.ts';
import { on, table, uniqueOn } from './schema/table.ts';

const declared = table(
  't',
  { hostname: s(10).req, port: port.req, alias: s(10).req },
  ['hostname'],
  [on('port'), uniqueOn('alias')],
);

const existing = (columns: string[], indexes: ExistingTable['indexes']) =>
  new Map([['t', { columns: new Set(columns), indexes }]]);

const planned = (present: ReadonlyMap<string, ExistingTable>): string[] =>
  planDeployment([declared], present).map(describeStep);

const KEY = { columns: ['hostname'], unique: true };

describe('plan of a deployment', () => {
  it('creates a missing table with its indexes', () => {
    expect(planned(new Map())).toEqual(['table t', 'index on t (port)', 'index on t (alias)']);
  });

  it('plans nothing when all is there, in whatever order and with whatever else', () => {
    const indexes = [{ columns: ['alias'], unique: true }, KEY, { columns: ['port'], unique: true }];
    expect(planned(existing(['extra', 'alias', 'port', 'hostname'], indexes))).toEqual([]);
  });

  it('adds the missing column before the index that needs it', () => {
    expect(planned(existing(['hostname', 'alias'], [KEY, { columns: ['alias'], unique: true }]))).toEqual([
      'column t.port',
      'index on t (port)',
    ]);
  });

  it('adds a unique index where only a plain one is, and on a key that is not unique', () => {
    const indexes = [
      { columns: ['port'], unique: false },
      { columns: ['alias'], unique: false },
    ];
    expect(planned(existing(['hostname', 'port', 'alias'], indexes))).toEqual([
      'index on t (hostname)',
      'index on t (alias)',
    ]);
  });
});
