/**
 * Tables that nobody reads or writes, kept because other programs expect them (spec/backend-schema.md 5.8).
 */
import { binary, blob, i32, i64, id, port, s, s8, text8, ts } from './column.ts';
import { on, table, uniqueOn } from './table.ts';

export const asyncRequest = table(
  'async_request',
  {
    request_id: id(),
    command: s(128).req,
    hostname: s(128).req,
    port: port.req,
    destination_hostname: s(128).req,
    destination_port: port.req,
    pattern: text8.req,
    gtid_hint: s(32).req,
    begin_timestamp: ts.null,
    end_timestamp: ts.null,
    story: text8.req,
  },
  ['request_id'],
  [on('begin_timestamp'), on('end_timestamp')],
);

export const raftLog = table('raft_log', { log_index: id(), term: i64.req, log_type: i32.req, data: blob.req }, [
  'log_index',
]);

export const raftStore = table(
  'raft_store',
  { store_id: id(), store_key: binary(512).req, store_value: blob.req },
  ['store_id'],
  [on('store_key')],
);

export const raftSnapshot = table(
  'raft_snapshot',
  { snapshot_id: id(), snapshot_name: s8(128).req, snapshot_meta: s8(4096).req, created_at: ts.now },
  ['snapshot_id'],
  [uniqueOn('snapshot_name')],
);
