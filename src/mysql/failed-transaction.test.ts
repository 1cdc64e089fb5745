import { describe, expect, it } from 'vitest';
import type { Row } from '../ports/server-wire.ts';
import { readFailedTransaction } from './failed-transaction.ts';
import { mariadb } from './mariadb/mariadb.ts';
import { mysql57 } from './mysql-57/mysql-57.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';
import type { ServerLink } from './server-link.ts';

const timeouts = { connectMillis: 1_000, answerMillis: 1_000 };
const GTID = '00000001-0000-0000-0000-000000000000:5';

const DENIED = { kind: 'server-error', phase: 'answer', number: 1142, sqlState: '42000', text: 'denied' } as const;

type Answer = Awaited<ReturnType<ServerLink['query']>>;

const rows = (...failed: readonly string[]): Answer => ({
  kind: 'rows',
  rows: failed.map((one): Row => ({ failed: one })),
});

const read = (answer: Answer, dialect: ServerLink['dialect'] = mysql84) =>
  readFailedTransaction({ dialect, query: async () => answer }, timeouts);

describe('O11: the transaction at which an applier has stopped', () => {
  it('O11: is the one that the server names, if it names one', async () => {
    expect(await read(rows(GTID))).toBe(GTID);
    expect(await read(rows())).toBe('');
    expect(await read(rows(GTID, GTID.replace(':5', ':6')))).toBe('');
  });

  it('O11: is not told where it may not be read, by MariaDB, and before 5.7.6', async () => {
    expect(await read({ kind: 'failed', failure: DENIED })).toBe('');
    expect(await read(rows(GTID), mariadb)).toBe('');
    expect(await read(rows(GTID), mysql57([5, 6, 0]))).toBe('');
    expect(mysql57([5, 7, 6]).failedTransactionSql).toContain('LAST_SEEN_TRANSACTION');
    expect(mysql57([8, 0, 1]).failedTransactionSql).toContain('APPLYING_TRANSACTION');
  });
});
