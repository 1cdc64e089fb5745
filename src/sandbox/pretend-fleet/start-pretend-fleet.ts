// A fleet of pretended database servers on ports of this machine, which any program can dial: in this process, or in several when they are many.

import { readFileSync } from 'node:fs';
import { serveControl } from './fleet-control.ts';
import type { ControlledFleet, ControlledServer, FleetOrder } from './fleet-order.ts';
import { type ClusterShape, clustersOf, type FleetShape, sharesOf } from './fleet-shape.ts';
import { startShare } from './fleet-share.ts';
import { startRemoteShare } from './remote-share.ts';

/** Sockets that a server needs: the one on which it listens, orchestrator's kept-open connection, and one for commands or for a second client. */
const socketsPerServer = 3;

/** Where the limit of open files is higher, one process would still have one core only. */
const serversPerProcessMax = 5_000;

/** Files besides sockets, and connections that come and go. */
const otherFiles = 500;

/** Where the kernel does not say: what most systems allow. */
const usualOpenFiles = 1_024;

export interface PretendFleetOptions extends FleetShape {
  /** Of the control; 0 takes a free one. */
  readonly controlPort: number;
  /** Rows that a client writes, all clusters together. Default: 0, nobody writes. */
  readonly rowsPerSecond?: number;
  /** Default: as many as the limit of open files lets one process have. */
  readonly serversPerProcess?: number;
}

export interface PretendFleet extends ControlledFleet {
  readonly clusters: readonly ClusterShape[];
  /** Address of the control, without a slash at its end. */
  readonly control: string;
  /** Where its servers run, if not in this process. */
  readonly pids: readonly number[];
  /** Stops all servers and the control. May be called twice. */
  stop(): Promise<void>;
}

interface Share extends ControlledFleet {
  readonly pid?: number;
  stop(): void | Promise<void>;
}

/** Resolves when every server can be dialled. Rejects, with nothing left behind, when a port is taken. */
export async function startPretendFleet(options: PretendFleetOptions): Promise<PretendFleet> {
  const { rowsPerSecond = 0, serversPerProcess = serversOfOneProcess() } = options;
  const clusters = clustersOf(options);
  const parts = sharesOf(clusters, serversPerProcess);
  const start = parts.length === 1 ? startShare : startRemoteShare;
  const starts = await Promise.allSettled(
    parts.map(async (part): Promise<Share> => {
      return start({ clusters: part, rowsPerSecond: (rowsPerSecond * part.length) / clusters.length });
    }),
  );
  const shares = starts.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
  const stopShares = async (): Promise<void> => {
    await Promise.all(shares.map((share) => share.stop()));
  };
  try {
    const failed = starts.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const fleet = new SharedFleet(parts, shares);
    const control = await serveControl(fleet, options.controlPort);
    return {
      clusters,
      control: control.url,
      pids: shares.flatMap(({ pid }) => pid ?? []),
      servers: () => fleet.servers(),
      serversOf: (cluster) => fleet.serversOf(cluster),
      order: (order) => fleet.order(order),
      async stop() {
        control.close();
        await stopShares();
      },
    };
  } catch (error) {
    await stopShares();
    throw error;
  }
}

/** All shares as one. */
class SharedFleet implements ControlledFleet {
  readonly #shares: readonly Share[];
  /** By port. */
  readonly #shareOf: ReadonlyMap<number, Share>;
  readonly #shareOfCluster: ReadonlyMap<number, Share>;

  constructor(parts: readonly (readonly ClusterShape[])[], shares: readonly Share[]) {
    this.#shares = shares;
    const shareOf = new Map<number, Share>();
    const shareOfCluster = new Map<number, Share>();
    for (const [index, part] of parts.entries()) {
      const share = shares[index];
      if (share === undefined) continue;
      for (const { number, ports } of part) {
        shareOfCluster.set(number, share);
        for (const port of ports) shareOf.set(port, share);
      }
    }
    this.#shareOf = shareOf;
    this.#shareOfCluster = shareOfCluster;
  }

  async servers(): Promise<readonly ControlledServer[]> {
    return (await Promise.all(this.#shares.map((share) => share.servers()))).flat();
  }

  async serversOf(cluster: number): Promise<readonly ControlledServer[]> {
    return (await this.#shareOfCluster.get(cluster)?.serversOf(cluster)) ?? [];
  }

  async order(order: FleetOrder): Promise<string | null> {
    const share = this.#shareOf.get(order.port);
    return share === undefined ? `there is no server on port ${order.port}` : share.order(order);
  }
}

function serversOfOneProcess(): number {
  const fit = Math.floor((openFilesMax() - otherFiles) / socketsPerServer);
  return Math.max(1, Math.min(serversPerProcessMax, fit));
}

/** How many files this process may have open; Node has raised it to the hard limit. */
function openFilesMax(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return Number(soft ?? usualOpenFiles);
  } catch {
    return usualOpenFiles;
  }
}
