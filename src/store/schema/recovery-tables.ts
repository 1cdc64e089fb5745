/**
 * Tables about failure detection and recovery (spec/backend-schema.md 5.4).
 */
import { bool, i8, id, port, s, s8, text, text8, ts, u8, u32, u64 } from './column.ts';
import { added, named, on, table, uniqueOn } from './table.ts';

export const topologyFailureDetection = table(
  'topology_failure_detection',
  {
    detection_id: id(),
    hostname: s(128).req,
    port: port.req,
    in_active_period: bool.is(0),
    start_active_period: ts.now,
    end_active_period_unixtime: u32.req,
    processing_node_hostname: s(128).req,
    processcing_node_token: s(128).req,
    analysis: s(128).req,
    cluster_name: s(128).req,
    cluster_alias: s(128).req,
    count_affected_slaves: u32.req,
    slave_hosts: text.req,
    is_actionable: i8.is(0),
  },
  ['detection_id'],
  [
    named(
      'host_port_active_recoverable_uidx',
      uniqueOn('hostname', 'port', 'in_active_period', 'end_active_period_unixtime', 'is_actionable'),
    ),
    on('in_active_period', 'start_active_period'),
  ],
);

export const topologyRecovery = table(
  'topology_recovery',
  {
    recovery_id: id(),
    uid: s(128).reqOrBlank,
    hostname: s(128).req,
    port: port.req,
    in_active_period: bool.is(0),
    start_active_period: ts.now,
    end_active_period_unixtime: u32.null,
    end_recovery: ts.null,
    processing_node_hostname: s(128).req,
    processcing_node_token: s(128).req,
    successor_hostname: s(128).null,
    successor_port: port.null,
    successor_alias: s(128).null,
    analysis: s(128).reqOrBlank,
    cluster_name: s(128).reqOrBlank,
    cluster_alias: s(128).reqOrBlank,
    count_affected_slaves: u32.reqOrBlank,
    slave_hosts: text.reqOrBlank,
    participating_instances: text.reqOrBlank,
    lost_slaves: text.reqOrBlank,
    all_errors: text.reqOrBlank,
    is_successful: bool.is(0),
    acknowledged: bool.is(0),
    acknowledged_at: ts.null,
    acknowledged_by: s8(128).reqOrBlank,
    acknowledge_comment: text8.reqOrBlank,
    last_detection_id: u64.reqOrBlank,
  },
  ['recovery_id'],
  [
    named('in_active_end_period_uidx', uniqueOn('hostname', 'port', 'in_active_period', 'end_active_period_unixtime')),
    on('in_active_period', 'start_active_period'),
    on('start_active_period'),
    added('cluster_name_in_active_idx', on('cluster_name', 'in_active_period')),
    added('end_recovery_idx', on('end_recovery')),
    added('acknowledged_idx', on('acknowledged', 'acknowledged_at')),
    added('last_detection_idx', on('last_detection_id')),
    on('uid'),
  ],
);

export const topologyRecoverySteps = table(
  'topology_recovery_steps',
  { recovery_step_id: id(), recovery_uid: s(128).req, audit_at: ts.now, message: text8.req },
  ['recovery_step_id'],
  [on('recovery_uid')],
);

export const blockedTopologyRecovery = table(
  'blocked_topology_recovery',
  {
    hostname: s(128).req,
    port: port.req,
    cluster_name: s(128).req,
    analysis: s(128).req,
    last_blocked_timestamp: ts.now,
    blocking_recovery_id: u64.null,
  },
  ['hostname', 'port'],
  [on('cluster_name', 'last_blocked_timestamp'), added('last_blocked_idx', on('last_blocked_timestamp'))],
);

export const globalRecoveryDisable = table('global_recovery_disable', { disable_recovery: u8.req }, [
  'disable_recovery',
]);
