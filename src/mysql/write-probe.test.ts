import { describe, expect, it } from 'vitest';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Answer, ServerWire } from '../ports/server-wire.ts';
import { isWriteProbe, WriteProbe, writeProbeTableSql } from './write-probe.ts';

const TABLE = { schema: 'meta', table: 'write`probe' };

const serverError = (number: number, text = `Error ${number}`): ServerFailure => ({
  kind: 'server-error',
  phase: 'answer',
  number,
  sqlState: 'HY000',
  text,
});
const LOST: ServerFailure = { kind: 'lost', phase: 'answer', text: 'driver: bad connection' };

const rows = (...results: readonly (readonly Record<string, unknown>[])[]): Answer => ({ kind: 'complete', results });
const fails = (failure: ServerFailure): Answer => ({ kind: 'failed', results: [], failure });

interface Wishes {
  readonly clock?: Answer;
  readonly written?: Answer;
}

/** A server that answers so, and what it was asked. */
function aServer({
  clock = rows([{ now: '1767225600.250000', read_only: 0, log_format: 'ROW' }]),
  written = rows([], [{ written: 1, in_time: 1 }]),
}: Wishes = {}) {
  const asked: string[] = [];
  let opened = 0;
  const wire: ServerWire = {
    usable: true,
    session: { id: 1, clientPort: 1 },
    ask: async (sql) => {
      asked.push(sql);
      if (sql.startsWith('SET')) return rows([]);
      return sql.startsWith('UPDATE') ? written : clock;
    },
    ping: async () => null,
    destroy: () => asked.push('destroyed'),
  };
  const probe = new WriteProbe(async () => {
    opened += 1;
    return { kind: 'connected', connection: wire };
  });
  return { probe, asked, opened: () => opened, write: () => probe.write(TABLE, 1_000) };
}

const IN_TIME = 'UNIX_TIMESTAMP(NOW(6)) < 1767225601.250000';
const UPDATE = `UPDATE \`meta\`.\`write\`\`probe\` SET written_at = NOW(6) WHERE id = 1 AND ${IN_TIME}`;
const RESULT = `SELECT ROW_COUNT() AS written, ${IN_TIME} AS in_time`;

describe('a write probe', () => {
  it('writes one row within a second by the clock of the server, on a connection that is kept', async () => {
    const { write, asked, opened } = aServer();
    expect([await write(), await write()]).toEqual([{ kind: 'committed' }, { kind: 'committed' }]);
    expect(opened()).toBe(1);
    expect(asked.slice(0, 3)).toEqual([
      "SET SESSION autocommit = 1, time_zone = '+00:00', lock_wait_timeout = 1, innodb_lock_wait_timeout = 1",
      'SELECT UNIX_TIMESTAMP(NOW(6)) AS now, @@global.read_only AS read_only, @@session.binlog_format AS log_format',
      `${UPDATE} AND CONCAT(@@global.read_only) IN ('0', 'OFF'); ${RESULT}`,
    ]);
  });

  it.each([1, 'ON', 'NO_LOCK', undefined])('writes nothing where the server is read-only: %j', async (value) => {
    const { write, asked } = aServer({ clock: rows([{ now: '1', read_only: value }]) });
    expect(await write()).toEqual({ kind: 'unknown', why: 'it is read-only' });
    expect(asked).toHaveLength(2);
  });

  it.each([1021, 1026, 1030, 1114, 1062, 3100])('A11: error %i says that it cannot commit', async (number) => {
    const { write } = aServer({ written: fails(serverError(number)) });
    expect(await write()).toEqual({ kind: 'refused', failure: serverError(number) });
  });

  it.each([
    ['a server that became read-only', serverError(1290)],
    ['a deadlock', serverError(1213)],
    ['a limit of the server', serverError(1969)],
    ['a column of another type', serverError(1406)],
    ['a lost connection', LOST],
  ])('%s says nothing of the server', async (_, failure) => {
    const { write } = aServer({ written: fails(failure) });
    expect(await write()).toEqual({ kind: 'unknown', why: failure.text });
  });

  it('tells how to make the table that is missing, and what its account needs', async () => {
    const why = async (number: number) => {
      const result = await aServer({ written: fails(serverError(number)) }).write();
      return result.kind === 'unknown' ? result.why : result.kind;
    };
    expect(await why(1146)).toBe(
      'Error 1146: CREATE TABLE `meta`.`write``probe` (id INT NOT NULL PRIMARY KEY, written_at DATETIME(6) NOT NULL); INSERT INTO `meta`.`write``probe` VALUES (1, NOW(6))',
    );
    expect(await why(1142)).toBe('Error 1142: GRANT SELECT, UPDATE ON `meta`.`write``probe` TO the account');
  });

  it('a lock of somebody else is told as such', async () => {
    const { write } = aServer({ written: fails(serverError(1205)) });
    expect(await write()).toEqual({ kind: 'locked', why: 'Error 1205' });
  });

  it('asks nothing of a variable where statements are logged', async () => {
    const clock = rows([{ now: '1767225600.250000', read_only: 0, log_format: 'STATEMENT' }]);
    const { write, asked } = aServer({ clock });
    await write();
    expect(asked.at(-1)).toBe(`${UPDATE}; ${RESULT}`);
  });

  it('is known by its statement, and nothing else is taken for it', async () => {
    const { write, asked } = aServer();
    await write();
    expect(isWriteProbe(asked.at(-1)?.split(';')[0] ?? '')).toBe(true);
    expect(isWriteProbe('UPDATE orders SET written_at = NOW(6) WHERE id = 1')).toBe(false);
  });

  it('one that is asked for while another waits waits with it', async () => {
    const { write, asked } = aServer();
    await Promise.all([write(), write()]);
    expect(asked.filter((sql) => sql.startsWith('UPDATE'))).toHaveLength(1);
  });

  it('its connection is let go while nobody wants to know, and opened anew', async () => {
    const { probe, write, opened } = aServer();
    await write();
    probe.rest();
    await write();
    expect(opened()).toBe(2);
  });

  it('D12: what came too late has done nothing, and says nothing', async () => {
    const { write } = aServer({ written: rows([], [{ written: 0, in_time: 0 }]) });
    expect(await write()).toEqual({ kind: 'unknown', why: 'it came too late to the server' });
  });

  it('tells how to make the row that is missing', async () => {
    const { write } = aServer({ written: rows([], [{ written: 0, in_time: 1 }]) });
    expect(await write()).toEqual({
      kind: 'unknown',
      why: 'there is no row to write: INSERT INTO `meta`.`write``probe` VALUES (1, NOW(6))',
    });
    expect(writeProbeTableSql(TABLE)[0]).toMatch(/^CREATE TABLE `meta`.`write``probe` \(id INT NOT NULL PRIMARY KEY, /);
  });

  it('says nothing of a server that cannot be asked', async () => {
    const probe = new WriteProbe(async () => ({ kind: 'failed', failure: LOST }));
    expect(await probe.write(TABLE, 1_000)).toEqual({ kind: 'unknown', why: LOST.text });
    expect(await aServer({ clock: fails(LOST) }).write()).toEqual({ kind: 'unknown', why: LOST.text });
  });

  it('lets nothing go on when nobody wants to know any more', async () => {
    const { probe, write, asked } = aServer();
    await write();
    probe.close();
    expect(asked.at(-1)).toBe('destroyed');
  });
});
