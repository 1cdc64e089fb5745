// One server of a pretended fleet: the server of the world, and its door, which opens, hangs and closes with it.

import type { PretendServer } from '../../sim/server/pretend-server.ts';
import type { SqlDoor } from '../protocol/serve-sql.ts';
import type { AdjustableOptions } from './cluster-servers.ts';
import type { ControlledServer } from './fleet-order.ts';
import type { RealTime } from './real-time.ts';
import type { RealTimeSql } from './real-time-sql.ts';

export interface FleetServerParts {
  readonly cluster: number;
  readonly options: AdjustableOptions;
  readonly server: PretendServer;
  readonly sql: RealTimeSql;
  readonly door: SqlDoor;
  readonly time: RealTime;
}

/** Each order returns null when it is done, or why not. */
export class FleetServer {
  readonly server: PretendServer;
  readonly #parts: FleetServerParts;

  constructor(parts: FleetServerParts) {
    this.#parts = parts;
    this.server = parts.server;
  }

  get cluster(): number {
    return this.#parts.cluster;
  }

  get port(): number {
    return this.#parts.options.port;
  }

  get isWritable(): boolean {
    return this.server.isRunning && this.server.running.gate.level === 'off';
  }

  describe(): ControlledServer {
    const { cluster, port, isWritable, server } = this;
    const { packets, lastPacketAt } = this.#parts.sql;
    return {
      port,
      cluster,
      state: server.state,
      source: server.settings?.port ?? null,
      isWritable,
      packets,
      askedMillisAgo: lastPacketAt === null ? null : performance.now() - lastPacketAt,
    };
  }

  kill(): string | null {
    if (!this.server.isRunning) return 'it is dead already';
    // The server first: it ends its sessions, and a door that closes finds none that would still be told.
    this.#parts.time.now(() => this.server.kill());
    this.#parts.door.close();
    return null;
  }

  hang(): string | null {
    if (this.server.state !== 'runs') return 'it does not run';
    this.#parts.time.now(() => this.server.hang());
    this.#parts.door.pause();
    return null;
  }

  resume(): string | null {
    if (this.server.state !== 'hangs') return 'it does not hang';
    this.#parts.time.now(() => this.server.resume());
    this.#parts.door.resume();
    return null;
  }

  async revive(): Promise<string | null> {
    if (this.server.isRunning) return 'it is alive';
    const { door, time } = this.#parts;
    try {
      await door.open();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    time.now(() => this.server.start());
    return null;
  }

  /** Each transaction takes so long to apply from now on. */
  lag(applyMillis: number): null {
    this.#parts.options.applyMillis = applyMillis;
    return null;
  }

  closeDoor(): void {
    this.#parts.door.close();
  }
}
