import { describe, expect, it } from 'vitest';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Rows } from '../ports/server-wire.ts';
import { BinaryLogsOfLinks } from './binary-logs-of-links.ts';
import type { Dialect } from './dialect.ts';
import { mariadb } from './mariadb/mariadb.ts';
import { maxscale } from './maxscale/maxscale.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';

const KEY = { hostname: 'db', port: 1 };
const TIMEOUTS = { connectMillis: 1, answerMillis: 1 };
const PAGE = { file: 'binlog.000001', type: 'binary', fromPos: 120, skip: 0, limit: 10 } as const;
const RELAY = { ...PAGE, file: 'relay-it.000001', type: 'relay', fromPos: 0, skip: 20 } as const;

const failure = (number: number): ServerFailure => ({
  kind: 'server-error',
  phase: 'answer',
  number,
  sqlState: 'HY000',
  text: `Error ${number}`,
});

/** Answers by the first text that a statement begins with. */
function aServer(dialect: Dialect, answers: Readonly<Record<string, () => Rows | number>>) {
  const asked: string[] = [];
  const link = {
    dialect,
    probe: () => Promise.reject(new Error('its dialect is known')),
    query: async (sql: string) => {
      asked.push(sql);
      const answer = Object.entries(answers).find(([begin]) => sql.startsWith(begin))?.[1]() ?? [];
      return typeof answer === 'number'
        ? ({ kind: 'failed', failure: failure(answer) } as const)
        : ({ kind: 'rows', rows: answer } as const);
    },
  };
  return { asked, logs: new BinaryLogsOfLinks({ link: () => link, timeouts: () => TIMEOUTS }) };
}

describe('pages of a binary log', () => {
  it('are asked for by place, and by number within one event; names are literals', async () => {
    const { asked, logs } = aServer(mysql84, {});
    await logs.events(KEY, PAGE);
    await logs.events(KEY, { ...PAGE, skip: 3 });
    await logs.events(KEY, { ...PAGE, file: "a' LIMIT 0; DROP TABLE x -- ", fromPos: 0 });
    expect(asked).toEqual([
      "SHOW BINLOG EVENTS IN 'binlog.000001' FROM 120 LIMIT 10",
      "SHOW BINLOG EVENTS IN 'binlog.000001' FROM 120 LIMIT 3,10",
      "SHOW BINLOG EVENTS IN 'a'' LIMIT 0; DROP TABLE x -- ' FROM 4 LIMIT 10",
    ]);
  });

  it('rows become events; what is missing in one is empty', async () => {
    const row = {
      Log_name: 'binlog.000001',
      Pos: 4,
      Event_type: 'Query',
      Server_id: 7,
      End_log_pos: 90,
      Info: 'BEGIN',
    };
    const { logs } = aServer(mysql84, { 'SHOW BINLOG': () => [row, {}] });
    const read = await logs.events(KEY, PAGE);
    expect(read.kind === 'read' ? read.value[0] : read).toEqual({
      coordinates: { file: 'binlog.000001', pos: 4, type: 'binary' },
      endPos: 90,
      type: 'Query',
      serverId: 7,
      info: 'BEGIN',
    });
    expect(read.kind === 'read' ? read.value[1]?.info : read).toBe('');
  });

  it('1220 is a missing file, or a missing place in one that is there', async () => {
    const missing = aServer(mariadb, { 'SHOW BINLOG': () => 1220 });
    expect(await missing.logs.events(KEY, PAGE)).toEqual({ kind: 'no-such-file' });
    expect(await missing.logs.events(KEY, { ...PAGE, fromPos: 0 })).toEqual({ kind: 'no-such-file' });
    let asked = 0;
    const wrong = aServer(mariadb, { 'SHOW BINLOG': () => (asked++ === 0 ? 1220 : []) });
    expect(await wrong.logs.events(KEY, PAGE)).toEqual({ kind: 'no-such-place' });
  });

  it('other errors are failures; a server without a binary log has no files', async () => {
    const denied = aServer(mysql84, { 'SHOW BINLOG': () => 1227, 'SHOW BINARY': () => 1227 });
    expect(await denied.logs.events(KEY, PAGE)).toMatchObject({ kind: 'failed', failure: { number: 1227 } });
    expect(await denied.logs.files(KEY)).toMatchObject({ kind: 'failed' });
    expect(await aServer(mysql84, { 'SHOW BINARY': () => 1381 }).logs.files(KEY)).toEqual({ kind: 'read', value: [] });
    const named = aServer(mysql84, { 'SHOW BINARY': () => [{ Log_name: 'a.1' }, { Log_name: 'a.2' }] });
    expect(await named.logs.files(KEY)).toEqual({ kind: 'read', value: ['a.1', 'a.2'] });
  });

  it('a binlog server is not asked', async () => {
    const { asked, logs } = aServer(maxscale, {});
    expect(await logs.events(KEY, PAGE)).toMatchObject({ kind: 'failed', failure: { code: 'BINLOG_SERVER' } });
    expect(await logs.files(KEY)).toMatchObject({ kind: 'failed' });
    expect(asked).toEqual([]);
  });
});

describe('pages of a relay log', () => {
  const channel = (name: string, file: string) => ({ Channel_Name: name, Connection_name: name, Relay_Log_File: file });

  it.each<[string, Dialect, Rows, string]>([
    ['one without a name', mysql84, [channel('', 'relay-it.000009')], ''],
    ['MySQL, with a name', mysql84, [channel("it's", 'relay-it.000009')], " FOR CHANNEL 'it''s'"],
    ['MySQL, several', mysql84, [channel('b', 'relay-b.000009'), channel('', 'relay-it.000001')], " FOR CHANNEL ''"],
  ])('%s', async (_name, dialect, rows, clause) => {
    const { asked, logs } = aServer(dialect, { 'SHOW REPLICA': () => rows });
    await logs.events(KEY, RELAY);
    await logs.events(KEY, RELAY);
    const page = `SHOW RELAYLOG EVENTS IN 'relay-it.000001' FROM 4 LIMIT 20,10${clause}`;
    expect(asked).toEqual(['SHOW REPLICA STATUS', page, page]);
  });

  it('MariaDB, with a name', async () => {
    const { asked, logs } = aServer(mariadb, { 'SHOW ALL': () => [channel("it's", 'relay-it.000009')] });
    await logs.events(KEY, RELAY);
    expect(asked[1]).toBe("SHOW RELAYLOG 'it''s' EVENTS IN 'relay-it.000001' FROM 4 LIMIT 20,10");
  });

  it('channels that were made since are looked for once more', async () => {
    let pages = 0;
    const { asked, logs } = aServer(mysql84, {
      'SHOW REPLICA': () => (pages === 0 ? [] : [channel('new', 'relay-it.000009')]),
      'SHOW RELAYLOG': () => (pages++ === 0 ? 3079 : []),
    });
    expect(await logs.events(KEY, RELAY)).toEqual({ kind: 'read', value: [] });
    expect(asked.at(-1)).toContain("FOR CHANNEL 'new'");
  });
});
