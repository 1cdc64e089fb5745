import { describe, expect, it } from 'vitest';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { comparedText, isSameEvent } from './same-event.ts';

const event = (type: string, info: string, serverId = 1): BinlogEvent => ({
  coordinates: { file: 'binlog.000001', pos: 4, type: 'binary' },
  endPos: 100,
  type,
  serverId,
  info,
});

describe('the text of an event without what is its server’s own', () => {
  it.each([
    ['Xid', 'COMMIT /* xid=25 */', 'COMMIT'],
    ['Query', 'create table t(id int) /* xid=17 */', 'create table t(id int)'],
    ['Query', 'insert into t values (/* one */ 1 /* two */, 2)', 'insert into t values ( 1 , 2)'],
    ['Table_map', 'table_id: 105 (demo.t)', 'table_id: ### (demo.t)'],
    ['Write_rows', 'table_id: 105 flags: STMT_END_F', 'table_id: ### flags: STMT_END_F'],
    ['User_var', "@`a`=_utf8mb4 X'6162' COLLATE utf8mb4_bin", '@`a`=_utf8mb4 0x6162 COLLATE utf8mb4_bin'],
    ['Gtid', 'BEGIN GTID 0-1-17 cid=42', 'BEGIN GTID 0-1-17'],
    ['Gtid', 'GTID 0-1-17', 'GTID 0-1-17'],
  ])('%s: %s', (type, info, compared) => {
    expect(comparedText(event(type, info))).toBe(compared);
  });

  it('what a client wrote is not taken for what a server adds', () => {
    expect(comparedText(event('Query', "insert into t values ('table_id: 5')"))).toContain('table_id: 5');
    expect(comparedText(event('Query', "insert into t values ('COMMIT 1')"))).toContain('COMMIT 1');
  });

  it('a comment that is executed is no comment', () => {
    const disable = (table: string) => event('Query', `/*!40000 ALTER TABLE ${table} DISABLE KEYS */`);
    expect(isSameEvent(disable('a'), disable('b'))).toBe(false);
  });

  it('any number of comments, and one that does not end, in time proportional to the text', () => {
    const hostile = '/*/'.repeat(1_000_000);
    expect(comparedText(event('Query', hostile))).toBe('');
    expect(comparedText(event('Query', `insert ${'/* '.repeat(500_000)}`))).toContain('insert');
  });
});

describe('two events', () => {
  it('are the same when their texts are, whatever numbers their servers give', () => {
    expect(isSameEvent(event('Xid', 'COMMIT /* xid=1 */'), event('Xid', 'COMMIT /* xid=2 */'))).toBe(true);
    expect(isSameEvent(event('Write_rows_v1', 'table_id: 1 x'), event('Write_rows', 'table_id: 2 x'))).toBe(true);
  });

  it('are not the same when another server wrote one of them: a local write looks like any other', () => {
    expect(isSameEvent(event('Xid', 'COMMIT'), event('Xid', 'COMMIT', 2))).toBe(false);
  });

  it('are not the same when their types or texts differ', () => {
    expect(isSameEvent(event('Query', 'BEGIN'), event('Xid', 'BEGIN'))).toBe(false);
    expect(isSameEvent(event('Gtid', 'BEGIN GTID 0-1-1'), event('Gtid', 'BEGIN GTID 0-1-2'))).toBe(false);
  });
});
