/** The field map of spec/discovery.md 9.4 to 9.7, MySQL 8.4 and 9.x: each field by the place where a server says it. */
import { describe, expect, it } from 'vitest';
import type { Rows } from '../../ports/server-wire.ts';
import { type FieldCase, saying, statusColumns, statusVariables, variableFields } from '../oracle/testing.ts';
import { recordedRows } from '../testing.ts';
import { readProbe } from './read-probe.ts';

const key = { hostname: '127.0.0.1', port: 22294 };

/** What is known of a replica that says this there; undefined: nothing. */
const reading = (section: string, place: string, value: unknown) =>
  readProbe(key, saying(recordedRows('mysql-replica'), section, place, value)).instance;

/** Of two names 8.4 knows one alone, and writes one in its own way. */
const modern = (cases: readonly FieldCase[]): readonly FieldCase[] =>
  cases
    .filter(([, place]) => !['log_slave_updates', 'master_info_repository'].includes(place))
    .map(([what, place, ...rest]) => [
      what,
      place === 'Get_source_public_key' ? 'Get_Source_public_key' : place,
      ...rest,
    ]);

describe.each([
  ['a column', 'replication', modern(statusColumns('modern'))],
  ['a variable', 'variables', modern(variableFields('modern'))],
  ['a status variable', 'status', statusVariables('modern')],
] as const satisfies readonly (readonly [string, string, readonly FieldCase[]])[])(
  '%s of MySQL 8.4',
  (_, section, cases) => {
    it.each(cases)('%s is told by %s', (_what, place, value, facts) => {
      expect(reading(section, place, value)).toMatchObject(facts);
      expect(reading(section, place, undefined)).not.toMatchObject(facts);
    });
  },
);

describe('the replication group of a member of MySQL 9.7', () => {
  const NAME = '50bfae2b-e0c2-461b-93d8-58ff6a41166c';
  const at = (port: number) => ({ hostname: '127.0.0.1', port });
  const recorded = (role: 'primary' | 'secondary' | 'shut-out') => recordedRows(`mysql-group-${role}`);
  const groupIn = (rows: Map<string, Rows>) => readProbe(at(22294), rows).instance.group;

  it('is told by its primary', () => {
    expect(groupIn(recorded('primary'))).toEqual({
      name: NAME,
      isSinglePrimary: true,
      memberState: 'ONLINE',
      memberRole: 'PRIMARY',
      members: [at(22294), at(22295)],
      primaryKey: at(22293),
    });
  });

  it('is told by a secondary', () => {
    expect(groupIn(recorded('secondary'))).toEqual({
      name: NAME,
      isSinglePrimary: true,
      memberState: 'ONLINE',
      memberRole: 'SECONDARY',
      members: [at(22293), at(22295)],
      primaryKey: at(22293),
    });
  });

  it('is told in part by a member that was shut out: it sees itself alone, and knows of no primary', () => {
    expect(groupIn(recorded('shut-out'))).toEqual({
      name: NAME,
      isSinglePrimary: true,
      memberState: 'ERROR',
      memberRole: '',
      members: [],
      primaryKey: null,
    });
  });

  it('makes it a replica of nobody, although it has channels, and read-only unless it is the primary', () => {
    const plain = { sourceKey: null, receiverState: 'none', applierState: 'none', otherChannels: [], evidence: null };
    const writable = { readOnly: false, superReadOnly: false };
    const readOnly = { readOnly: true, superReadOnly: true };
    const instanceOf = (role: Parameters<typeof recorded>[0]) => readProbe(at(22294), recorded(role)).instance;
    expect(instanceOf('primary')).toMatchObject({ ...plain, ...writable });
    expect(instanceOf('secondary')).toMatchObject({ ...plain, ...readOnly });
    expect(instanceOf('shut-out')).toMatchObject({ ...plain, ...readOnly });
  });

  it('has written its transactions under its own name, whoever was primary', () => {
    expect(readProbe(at(22294), recorded('secondary')).instance.executedGtidSet).toBe(`${NAME}:1`);
  });

  it.each([
    ['the state', 'itself', 'state', 'RECOVERING', { memberState: 'RECOVERING' }],
    ['the role', 'itself', 'role', 'PRIMARY', { memberRole: 'PRIMARY' }],
    ['the host of another', 'another', 'host', 'db3', { members: [at(22293), { hostname: 'db3', port: 22295 }] }],
    ['the port of another', 'another', 'port', 3306, { members: [at(22293), at(3306)] }],
    ['the host of the primary', 'the primary', 'host', 'db1', { primaryKey: { hostname: 'db1', port: 22293 } }],
    ['the port of the primary', 'the primary', 'port', 3306, { primaryKey: at(3306) }],
    // Still a member: the others have not shut it out yet.
    ['a primary that is not reached', 'the primary', 'state', 'UNREACHABLE', { primaryKey: at(22293) }],
  ] as const)('%s is told by the row of %s, column %s', (_, whose, column, value, facts) => {
    const ports = { 'the primary': 22293, itself: 22294, another: 22295 };
    const rows = recorded('secondary');
    const members = (rows.get('group') ?? []).map((row) =>
      row['port'] === ports[whose] ? { ...row, [column]: value } : row,
    );
    expect(groupIn(rows.set('group', members))).toMatchObject(facts);
  });

  it.each([
    ['it has several primaries', 'group_replication_single_primary_mode', 0],
    ['it is loaded and was never named', 'group_replication_group_name', ''],
    ['there is none', 'group_replication_group_name', undefined],
  ])('is none where %s', (_, variable, value) => {
    expect(groupIn(saying(recorded('secondary'), 'variables', variable, value)).name).toBe('');
  });

  it('is none for a member that was stopped, and for one that does not find itself in it', () => {
    expect(groupIn(recorded('secondary').set('group', [])).name).toBe('');
    expect(groupIn(saying(recorded('secondary'), 'variables', 'server_uuid', 'another')).name).toBe('');
  });
});
