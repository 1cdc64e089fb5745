// A client of the whole fleet: writes a row now and then, to one cluster after another, so that there is something to replicate and to lag behind with.

import type { EventQueue } from '../../sim/event-queue.ts';
import type { FleetServer } from './fleet-server.ts';

const millisPerSecond = 1000;

const table = 'fleet.numbers';

export class FleetWriter {
  readonly #queue: EventQueue;
  readonly #clusters: readonly (readonly FleetServer[])[];
  readonly #pauseMillis: number;
  #row = 0;

  /** Begins at once. */
  constructor(queue: EventQueue, clusters: readonly (readonly FleetServer[])[], rowsPerSecond: number) {
    this.#queue = queue;
    this.#clusters = clusters;
    this.#pauseMillis = millisPerSecond / rowsPerSecond;
    this.#writeLater();
  }

  #writeLater(): void {
    this.#queue.after(this.#pauseMillis, () => {
      this.#write();
      this.#writeLater();
    });
  }

  /** To whoever takes it; to nobody while the cluster has no primary. */
  #write(): void {
    this.#row += 1;
    const cluster = this.#clusters[this.#row % this.#clusters.length];
    const primary = cluster?.find(({ server, isWritable }) => isWritable && server.state === 'runs');
    primary?.server.write({ kind: 'rows', table, rows: [this.#row] }, 'client', false, () => {});
  }
}
