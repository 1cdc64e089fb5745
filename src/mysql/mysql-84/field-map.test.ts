/** The field map of spec/discovery.md 9.4 to 9.6, MySQL 8.4 and 9.x: each field by the place where a server says it. */
import { describe, expect, it } from 'vitest';
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
