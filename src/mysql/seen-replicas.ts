/** Replicas as their source sees them, in its registry or by their connections (spec/discovery.md 9.8). */

import type { Rows } from '../ports/server-wire.ts';
import type { SeenReplica } from './dialect.ts';
import { numberOf, textOf } from './row-values.ts';

/** Rows without host or port are left out: such a replica did not set report_host. */
export function registeredReplicas(rows: Rows | undefined): readonly SeenReplica[] {
  return (rows ?? [])
    .map((row) => ({ host: textOf(row, 'Host'), port: numberOf(row, 'Port'), user: textOf(row, 'User') }))
    .filter((replica) => replica.host !== '' && replica.port > 0);
}

/** The client's address without its port, which is only the port of the connection. IPv6 addresses keep their colons. */
export function dumpingReplicas(rows: Rows | undefined): readonly SeenReplica[] {
  return (rows ?? [])
    .map((row) => ({ host: clientHost(textOf(row, 'host')), port: null, user: textOf(row, 'user') }))
    .filter((replica) => replica.host !== '');
}

function clientHost(text: string): string {
  const colon = text.lastIndexOf(':');
  return colon > 0 && /^\d+$/.test(text.slice(colon + 1)) ? text.slice(0, colon) : text;
}
