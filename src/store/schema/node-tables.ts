/**
 * Tables about nodes and deployments (spec/backend-schema.md 5.7).
 */
import { i64, id, s, s8, ts, u8 } from './column.ts';
import { added, on, table, uniqueOn } from './table.ts';

export const activeNode = table(
  'active_node',
  {
    anchor: u8.req,
    hostname: s(128).req,
    token: s(128).req,
    first_seen_active: ts.never,
    last_seen_active: ts.now,
  },
  ['anchor'],
);

export const nodeHealth = table(
  'node_health',
  {
    hostname: s(128).req,
    token: s(128).req,
    first_seen_active: ts.never,
    last_seen_active: ts.now,
    extra_info: s8(128).reqOrBlank,
    command: s8(128).reqOrBlank,
    app_version: s(64).is(''),
    db_backend: s(255).is(''),
    incrementing_indicator: i64.is(0),
  },
  ['hostname', 'token'],
  [added('last_seen_active_idx', on('last_seen_active'))],
);

export const nodeHealthHistory = table(
  'node_health_history',
  {
    history_id: id(),
    hostname: s(128).req,
    token: s(128).req,
    first_seen_active: ts.req,
    extra_info: s8(128).req,
    command: s8(128).reqOrBlank,
    app_version: s(64).is(''),
  },
  ['history_id'],
  [uniqueOn('hostname', 'token'), on('first_seen_active')],
);

export const orchestratorDbDeployments = table(
  'orchestrator_db_deployments',
  { deployed_version: s(128).req, deployed_timestamp: ts.req },
  ['deployed_version'],
);

export const orchestratorMetadata = table(
  'orchestrator_metadata',
  { anchor: u8.req, last_deployed_version: s(128).req, last_deployed_timestamp: ts.req },
  ['anchor'],
);
