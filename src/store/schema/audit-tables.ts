/**
 * Tables for audit, tokens, key-value pairs and attributes (spec/backend-schema.md 5.5).
 */
import { bool, id, port, s, s8, text8, ts } from './column.ts';
import { on, table, uniqueOn } from './table.ts';

export const audit = table(
  'audit',
  {
    audit_id: id(),
    audit_timestamp: ts.now,
    audit_type: s(128).req,
    hostname: s(128).is(''),
    port: port.req,
    cluster_name: s(128).is(''),
    message: text8.req,
  },
  ['audit_id'],
  [on('audit_timestamp'), on('hostname', 'port', 'audit_timestamp')],
);

export const accessToken = table(
  'access_token',
  {
    access_token_id: id(),
    public_token: s(128).req,
    secret_token: s(128).req,
    generated_at: ts.now,
    generated_by: s8(128).req,
    is_acquired: bool.is(0),
    acquired_at: ts.never,
    is_reentrant: bool.is(0),
  },
  ['access_token_id'],
  [uniqueOn('public_token'), on('generated_at')],
);

export const kvStore = table('kv_store', { store_key: s(255).req, store_value: text8.req, last_updated: ts.now }, [
  'store_key',
]);

export const hostAttributes = table(
  'host_attributes',
  {
    hostname: s(128).req,
    attribute_name: s(128).req,
    attribute_value: s(128).req,
    submit_timestamp: ts.now,
    expire_timestamp: ts.null,
  },
  ['hostname', 'attribute_name'],
  [on('attribute_name'), on('attribute_value'), on('submit_timestamp'), on('expire_timestamp')],
);
