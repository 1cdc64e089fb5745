// The servers of one cluster of a fleet, as the pretended world is told them.

import { type ServerOptions, serverOptions } from '../../sim/server/server-options.ts';
import type { ClusterShape } from './fleet-shape.ts';

/** All servers are here, and differ by their ports. */
export const fleetHost = '127.0.0.1';

/** What every server of a cluster answers with the cluster's alias: for `DetectClusterAliasQuery`. */
export const aliasQuery = 'select alias from meta.cluster';

export const aliasOf = (cluster: number): string => `fleet-${cluster}`;

/** A server whose speed the fleet's control can change while it runs. */
export type AdjustableOptions = ServerOptions & { applyMillis: number };

export function clusterServers({ number, family, ports, firstServerNumber }: ClusterShape): AdjustableOptions[] {
  // One object for all of them: by it they share what they have parsed.
  const answers = new Map([[aliasQuery, aliasOf(number)]]);
  return ports.map((port, index) => ({
    ...serverOptions(family, firstServerNumber + index, { host: fleetHost, port, name: nameOf(port), answers }),
  }));
}

const nameOf = (port: number): string => `${fleetHost}:${port}`;
