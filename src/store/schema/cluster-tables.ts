/**
 * Tables about clusters (spec/backend-schema.md 5.2).
 */
import { id, port, s, ts, u64 } from './column.ts';
import { added, named, on, table, uniqueOn } from './table.ts';

export const clusterAlias = table(
  'cluster_alias',
  { cluster_name: s(128).req, alias: s(128).req, last_registered: ts.now },
  ['cluster_name'],
  [added('alias_uidx', uniqueOn('alias')), added('last_registered_idx', on('last_registered'))],
);

export const clusterAliasOverride = table('cluster_alias_override', { cluster_name: s(128).req, alias: s(128).req }, [
  'cluster_name',
]);

export const clusterDomainName = table(
  'cluster_domain_name',
  { cluster_name: s(128).req, domain_name: s(128).req, last_registered: ts.now },
  ['cluster_name'],
  [on('domain_name'), added('last_registered_idx', on('last_registered'))],
);

export const clusterInjectedPseudoGtid = table(
  'cluster_injected_pseudo_gtid',
  { cluster_name: s(128).req, time_injected: ts.now },
  ['cluster_name'],
);

export const masterPositionEquivalence = table(
  'master_position_equivalence',
  {
    equivalence_id: id(),
    master1_hostname: s(128).req,
    master1_port: port.req,
    master1_binary_log_file: s(128).req,
    master1_binary_log_pos: u64.req,
    master2_hostname: s(128).req,
    master2_port: port.req,
    master2_binary_log_file: s(128).req,
    master2_binary_log_pos: u64.req,
    last_suggested: ts.now,
  },
  ['equivalence_id'],
  [
    named(
      'equivalence_uidx',
      uniqueOn(
        'master1_hostname',
        'master1_port',
        'master1_binary_log_file',
        'master1_binary_log_pos',
        'master2_hostname',
        'master2_port',
      ),
    ),
    named('master2_idx', on('master2_hostname', 'master2_port', 'master2_binary_log_file', 'master2_binary_log_pos')),
    on('last_suggested'),
  ],
);
