/**
 * Tables for agents (spec/backend-schema.md 5.6).
 */
import { bool, id, port, s, ts, u16, u32 } from './column.ts';
import { on, table } from './table.ts';

export const hostAgent = table(
  'host_agent',
  {
    hostname: s(128).req,
    port: port.req,
    token: s(128).req,
    last_submitted: ts.now,
    last_checked: ts.null,
    last_seen: ts.null,
    mysql_port: port.null,
    count_mysql_snapshots: u16.req,
  },
  ['hostname'],
  [on('token'), on('last_submitted'), on('last_checked'), on('last_seen')],
);

export const agentSeed = table(
  'agent_seed',
  {
    agent_seed_id: id(32),
    target_hostname: s(128).req,
    source_hostname: s(128).req,
    start_timestamp: ts.now,
    end_timestamp: ts.never,
    is_complete: bool.is(0),
    is_successful: bool.is(0),
  },
  ['agent_seed_id'],
  [
    on('target_hostname', 'is_complete'),
    on('source_hostname', 'is_complete'),
    on('start_timestamp'),
    on('is_complete', 'start_timestamp'),
    on('is_successful', 'start_timestamp'),
  ],
);

export const agentSeedState = table(
  'agent_seed_state',
  {
    agent_seed_state_id: id(32),
    agent_seed_id: u32.req,
    state_timestamp: ts.now,
    state_action: s(127).req,
    error_message: s(255).req,
  },
  ['agent_seed_state_id'],
  [on('agent_seed_id', 'state_timestamp')],
);
