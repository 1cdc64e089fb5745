// Every statement that the product may send is asked in some script.

import { describe, expect, it } from 'vitest';
import type { StatementFact } from '../../../src/mysql/dialect.ts';
import { STATEMENTS as MARIADB_STATEMENTS } from '../../../src/mysql/mariadb/statements.ts';
import { STATEMENTS as MYSQL_STATEMENTS } from '../../../src/mysql/mysql-84/statements.ts';
import { NDB_STATEMENT } from '../../../src/mysql/ndb.ts';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import { THEMES } from './scripts/themes.ts';
import { expanded } from './support/run-script.ts';

/** What a person configures is no statement of ours; and no server of an NDB Cluster, which alone is asked for its nodes, can run here. */
const NOT_ASKED: readonly string[] = ['the configured ReplicationCredentialsQuery', NDB_STATEMENT.sql];

/** A pretended server has no plugins and one channel, and all of its data in memory: `operations/reprovision`, `operations/rescue` and `mysql/*` ask real servers. */
const OF_REAL_SERVERS = /clone|rescue/;

const IDENTITY = {
  host: '127.0.0.1',
  port: 3306,
  serverId: 1,
  uuid: '00000000-0000-0000-0000-000000000001',
  version: '',
};

function asked(family: ServerFamily): readonly string[] {
  const steps = THEMES.flatMap(({ scripts }) => scripts)
    .filter((script) => script.family === undefined || script.family === family)
    .flatMap(({ steps }) => steps);
  return steps.flatMap((step) =>
    'sql' in step ? (expanded(step.sql, { family, identity: () => IDENTITY }) ?? []) : [],
  );
}

/** `…` and `<name>` stand for whatever is asked for. */
function patternOf(sql: string): RegExp {
  const parts = sql.split(/…|<\w+>/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}`);
}

const statementsOf = ({ sql }: StatementFact): readonly string[] => sql.split('; ');

describe.each([
  ['mysql', MYSQL_STATEMENTS],
  ['mariadb', MARIADB_STATEMENTS],
] as const)('the scripts for %s', (family, facts) => {
  it.each(facts.filter(({ name, sql }) => !NOT_ASKED.includes(sql) && !OF_REAL_SERVERS.test(name)))(
    'ask $name',
    (fact) => {
      const all = asked(family);
      const missing = statementsOf(fact).filter((sql) => !all.some((text) => patternOf(sql).test(text)));
      expect(missing).toEqual([]);
    },
  );
});
