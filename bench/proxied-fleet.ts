// A fleet whose every server is known to the world by the port of a counting proxy before it.

import { orchestratorAccount } from '../src/sandbox/accounts.ts';
import { type Fleet, replicate } from '../src/sandbox/fleet.ts';
import { freePorts } from '../src/sandbox/free-ports.ts';
import { type RunningServer, startServer } from '../src/sandbox/server.ts';
import type { ServerFamily } from '../src/sandbox/server-releases.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';

export interface ProxiedFleet extends Fleet {
  /** The primary's, then the replicas'. */
  readonly proxies: readonly CountingProxy[];
  /** In the same order: where the servers listen behind their proxies. */
  readonly portsBehind: readonly number[];
  /** Commands that orchestrator's account sent to all servers so far. */
  commands(): number;
  /** Connections that it opened so far. */
  connections(): number;
}

/** One primary and `replicas` replicas; ports of its servers are those of the proxies. */
export async function startProxiedFleet(family: ServerFamily, replicas: number): Promise<ProxiedFleet> {
  const count = 1 + replicas;
  const ports = await freePorts(2 * count);
  const [behind, before] = [ports.slice(0, count), ports.slice(count)];
  const started: RunningServer[] = [];
  const proxies: CountingProxy[] = [];
  const stop = async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await Promise.all(started.map((server) => server.stop()));
  };
  try {
    for (const [index, port] of behind.entries()) {
      const shown = before[index] ?? port;
      const extraOptions = [`--report-port=${shown}`];
      const server = await startServer({ family, port, readOnly: index > 0, extraOptions });
      started.push(server);
      proxies.push(await startCountingProxy(shown, port));
    }
    const servers = started.map((server, index) => ({ ...server, port: before[index] ?? server.port }));
    const [primary, ...others] = servers;
    if (primary === undefined) throw new Error('a fleet has a primary');
    await Promise.all(others.map((replica) => replicate(replica, primary)));
    const sum = (pick: (proxy: CountingProxy) => number) => proxies.reduce((total, proxy) => total + pick(proxy), 0);
    return {
      family,
      primary,
      replicas: others,
      servers,
      proxies,
      portsBehind: behind,
      stop,
      commands: () => sum((proxy) => proxy.commandsOf(orchestratorAccount.user)),
      connections: () => sum((proxy) => proxy.connectionsOf(orchestratorAccount.user)),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
