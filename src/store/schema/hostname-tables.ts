/**
 * Tables about host names (spec/backend-schema.md 5.3).
 */
import { s, ts } from './column.ts';
import { added, on, table } from './table.ts';

export const hostnameResolve = table(
  'hostname_resolve',
  { hostname: s(128).req, resolved_hostname: s(128).req, resolved_timestamp: ts.now },
  ['hostname'],
  [on('resolved_timestamp')],
);

export const hostnameResolveHistory = table(
  'hostname_resolve_history',
  { resolved_hostname: s(128).req, hostname: s(128).req, resolved_timestamp: ts.now },
  ['resolved_hostname'],
  [on('hostname'), on('resolved_timestamp')],
);

export const hostnameUnresolve = table(
  'hostname_unresolve',
  { hostname: s(128).req, unresolved_hostname: s(128).req, last_registered: ts.now },
  ['hostname'],
  [on('unresolved_hostname'), added('last_registered_idx', on('last_registered'))],
);

export const hostnameUnresolveHistory = table(
  'hostname_unresolve_history',
  { unresolved_hostname: s(128).req, hostname: s(128).req, last_registered: ts.now },
  ['unresolved_hostname'],
  [on('hostname'), on('last_registered')],
);

export const hostnameIps = table(
  'hostname_ips',
  { hostname: s(128).req, ipv4: s(128).req, ipv6: s(128).req, last_updated: ts.now },
  ['hostname'],
);
