import { describe, expect, it } from 'vitest';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { isStreamEvent, type TransactionState, transactionStateAfter } from './event-kinds.ts';
import { markerRules } from './marker-rules.ts';
import { sourceFileAfter } from './source-file.ts';

const event = (type: string, info: string, file = 'binlog.000001'): BinlogEvent => ({
  coordinates: { file, pos: 4, type: 'binary' },
  endPos: 100,
  type,
  serverId: 1,
  info,
});

const after = (...events: readonly BinlogEvent[]): TransactionState =>
  events.reduce<TransactionState>(transactionStateAfter, 'outside');

describe('events that every server writes for itself', () => {
  it.each(['Format_desc', 'Stop', 'Rotate', 'Previous_gtids', 'Gtid_list', 'Binlog_checkpoint', 'Annotate_rows'])(
    '%s is none of the stream',
    (type) => expect(isStreamEvent(event(type, 'x'), [])).toBe(false),
  );

  it('SkipBinlogEventsContaining: an event with one of the texts is passed over, and an empty text is none', () => {
    expect(isStreamEvent(event('Query', 'create table meta.local_x(i int)'), ['', 'meta.local_'])).toBe(false);
    expect(isStreamEvent(event('Query', 'create table demo.t(i int)'), ['', 'meta.local_'])).toBe(true);
  });
});

describe('where transactions end', () => {
  it.each<[string, TransactionState, readonly BinlogEvent[]]>([
    ['rows, MySQL', 'outside', [event('Anonymous_Gtid', 'SET'), event('Query', 'BEGIN'), event('Xid', 'COMMIT')]],
    ['rows, MariaDB', 'outside', [event('Gtid', 'BEGIN GTID 0-1-1'), event('Xid', 'COMMIT /* xid=1 */')]],
    ['rows, half', 'inside', [event('Query', 'BEGIN'), event('Write_rows', 'x')]],
    ['a statement within', 'inside', [event('Gtid', 'BEGIN GTID 0-1-1'), event('Query', 'use `d`; insert')]],
    ['a table that knows no transactions', 'outside', [event('Query', 'BEGIN'), event('Query', 'use `d`; COMMIT')]],
    ['back to a savepoint', 'inside', [event('Query', 'BEGIN'), event('Query', 'ROLLBACK TO `a`')]],
    ['a definition', 'outside', [event('Anonymous_Gtid', 'SET'), event('Query', 'create table t(i int)')]],
    ['a GTID and nothing behind', 'announced', [event('Gtid', 'GTID 0-1-1')]],
    ['XA, MariaDB', 'inside', [event('Gtid', "XA START X'61',X'',1 GTID 0-1-4"), event('Query', "XA END X'61',X'',1")]],
    ['XA, prepared', 'outside', [event('Query', "XA START X'61',X'',1"), event('XA_prepare', 'XA PREPARE')]],
  ])('%s: %s', (_name, state, events) => {
    expect(after(...events)).toBe(state);
  });
});

describe('markers', () => {
  const settings = { pattern: 'drop view', isFixedSubstring: true, monotonicHint: '', finds: () => false };

  it('without a pattern there are none', () => {
    expect(markerRules({ ...settings, pattern: '' })).toBeNull();
  });

  it('a fixed substring is looked for as it is written, a pattern by the engine that is given', () => {
    expect(markerRules(settings)?.isMarker(event('Query', 'x drop view y'))).toBe(true);
    expect(markerRules(settings)?.isMarker(event('Query', 'DROP VIEW y'))).toBe(false);
    const byPattern = { ...settings, isFixedSubstring: false, finds: (pattern: string) => pattern === 'drop view' };
    expect(markerRules(byPattern)?.isMarker(event('Query', 'anything'))).toBe(true);
  });

  it('ascend only where the hint is in them', () => {
    expect(markerRules({ ...settings, monotonicHint: 'asc:' })?.ascends('`_asc:0001`')).toBe(true);
    expect(markerRules({ ...settings, monotonicHint: 'asc:' })?.ascends('`_x:0001`')).toBe(false);
    expect(markerRules(settings)?.ascends('`_asc:0001`')).toBe(false);
  });
});

it('the source names its file in a relay log; the relay log names its own next one', () => {
  expect(sourceFileAfter(null, event('Rotate', 'binlog.000007;pos=4', 'relay.000002'))).toBe('binlog.000007');
  expect(sourceFileAfter('binlog.000007', event('Rotate', 'relay.000003;pos=4', 'relay.000002'))).toBe('binlog.000007');
  expect(sourceFileAfter('binlog.000007', event('Xid', 'COMMIT', 'relay.000002'))).toBe('binlog.000007');
});
