/** For tests of the graph: servers by their ports, and where each stands. */
import { clusterName } from './brand.ts';
import type { Instance } from './instance.ts';
import { Topology } from './topology.ts';
import { sampleKey, sampleUuid } from './topology-samples.ts';

export const cluster = (port: number) => clusterName(`127.0.0.1:${port}`);
export const ports = (instances: Iterable<Instance>) => [...instances].map((instance) => instance.key.port);

export function topologyOf(...instances: Instance[]): Topology {
  const topology = new Topology();
  topology.putAll(instances);
  return topology;
}

export function placeOf(topology: Topology, port: number) {
  const instance = topology.get(sampleKey(port));
  if (instance === undefined) throw new Error(`no server ${port}`);
  return {
    cluster: instance.clusterName,
    depth: instance.replicationDepth,
    coPrimary: instance.isCoPrimary,
    ancestry: instance.ancestryUuid,
    alias: instance.suggestedClusterAlias,
  };
}

export const uuids = (...of: number[]) => of.map(sampleUuid).join(',');
