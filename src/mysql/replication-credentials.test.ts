/** The account of a replica, by the configured query or from what the replica stores (spec/topology-operations.md 3.5, O17). */
import { describe, expect, it } from 'vitest';
import type { ReplicationCredentials } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { mariadb } from './mariadb/mariadb.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';
import { CREDENTIALS_SQL } from './oracle/statements.ts';
import { readReplicationCredentials } from './replication-credentials.ts';

const QUERY = "SELECT 'repl', 's3cret-in-the-query'";
const key = { hostname: 'db2', port: 3306 };

type Values = readonly unknown[];
type Reply = readonly Values[] | ServerFailure;

/** What is known of the account, and what was logged, where the two queries answer so. */
async function read(configured: Reply | null, stored: Reply, dialect: typeof mysql84 | typeof mariadb = mysql84) {
  const logged: string[] = [];
  const asked: string[] = [];
  const note = (line: string) => void logged.push(line);
  const credentials: ReplicationCredentials | null = await readReplicationCredentials({
    key,
    link: {
      dialect,
      queryByPlace: async (sql) => {
        asked.push(sql);
        const reply = sql === QUERY ? (configured ?? []) : stored;
        // As the driver gives rows whose columns are not named.
        return 'kind' in reply
          ? { kind: 'failed', failure: reply }
          : { kind: 'rows', rows: reply.map((values) => ({ ...values })) };
      },
    },
    configuredSql: configured === null ? '' : QUERY,
    timeouts: { connectMillis: 1, answerMillis: 1 },
    log: { debug: note, info: note, warning: note, error: note },
  });
  return { credentials, logged: logged.join('\n'), asked };
}

const quoting: ServerFailure = {
  kind: 'server-error',
  phase: 'answer',
  number: 1064,
  sqlState: '42000',
  text: `Error 1064 (42000): syntax error near '${QUERY}'`,
};

describe('O17: the account that a replica logs in with', () => {
  it.each<[string, Values, ReplicationCredentials]>([
    ['an account alone', ['repl', 'pw'], { user: 'repl', password: 'pw' }],
    ['no password', ['repl'], { user: 'repl', password: '' }],
    ['a CA', ['repl', 'pw', '/ca.pem'], { user: 'repl', password: 'pw', caFile: '/ca.pem' }],
    [
      'all five',
      ['repl', 'pw', '/ca.pem', '/cert.pem', '/key.pem'],
      { user: 'repl', password: 'pw', caFile: '/ca.pem', certificate: '/cert.pem', key: '/key.pem' },
    ],
    [
      'NULL in between',
      ['repl', 'pw', null, '/cert.pem', '/key.pem'],
      { user: 'repl', password: 'pw', certificate: '/cert.pem', key: '/key.pem' },
    ],
    ['NULL for a password', ['repl', null], { user: 'repl', password: '' }],
    [
      'a number for a password, and one column too many',
      ['repl', 7, '', '', '', 'more'],
      { user: 'repl', password: '7' },
    ],
  ])('O17: the configured query gives %s', async (_, row, wanted) => {
    expect(await read([row], [['stored', 'x']])).toEqual({ credentials: wanted, logged: '', asked: [QUERY] });
  });

  it.each<[string, Reply]>([
    ['an empty user', [['', 'pw', '/ca.pem']]],
    ['NULL for a user', [[null, 'pw']]],
    ['no row', []],
  ])('O17: %s is logged, and what MySQL stores is looked up', async (_, configured) => {
    const { credentials, logged, asked } = await read(configured, [['stored', 'pw2']]);
    expect(credentials).toEqual({ user: 'stored', password: 'pw2' });
    expect(logged).toBe('Empty username retrieved by ReplicationCredentialsQuery on db2:3306');
    expect(asked).toEqual([QUERY, CREDENTIALS_SQL]);
  });

  it('O17: a query that fails is told by its number alone: the words of the server quote it', async () => {
    const { credentials, logged } = await read(quoting, [['stored', 'pw2']]);
    expect(credentials?.user).toBe('stored');
    expect(logged).toContain('ReplicationCredentialsQuery on db2:3306 failed: error 1064');
    expect(logged).not.toContain('s3cret');
  });

  it('O17: without a query what MySQL stores counts, and MariaDB stores nothing that can be read', async () => {
    expect((await read(null, [['stored', 'pw2']])).credentials).toEqual({ user: 'stored', password: 'pw2' });
    expect((await read(null, [])).credentials).toBeNull();
    expect(await read(null, [['stored', 'pw2']], mariadb)).toMatchObject({ credentials: null, asked: [] });
  });
});
