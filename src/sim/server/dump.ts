/**
 * The source's side of one replica's stream: sends what the replica does not have, in the order of the binary log, and heartbeats while there is nothing
 * to send.
 */
import type { Planned } from '../event-queue.ts';
import type { StreamEnd, StreamHandlers } from '../network.ts';
import type { Process } from '../process.ts';
import { gtidText } from '../transaction.ts';
import type { ToReplica, ToSource } from './dump-messages.ts';
import { type Position, positionHas, positionText } from './gtid-state.ts';
import type { History } from './history.ts';
import type { SemiSyncSource } from './semi-sync-source.ts';
import type { ServerOptions } from './server-options.ts';

/** Between the first and the last event of a large transaction. */
const LARGE_TRANSACTION_MILLIS = 50;

/** `Got fatal error from source when reading data from binary log`. */
const FATAL_READING_BINLOG = 1236;

export interface DumpParts {
  readonly id: number;
  readonly options: ServerOptions;
  readonly process: Process;
  readonly history: History;
  readonly semiSync: SemiSyncSource;
  readonly end: StreamEnd<ToReplica>;
  readonly onEnded: () => void;
}

/** What the source's process list and `SHOW REPLICAS` show of it. */
export interface DumpingReplica {
  readonly serverId: number;
  readonly uuid: string;
  readonly host: string;
  readonly port: number;
}

export class Dump implements StreamHandlers<ToSource> {
  readonly #parts: DumpParts;
  #replica: DumpingReplica | null = null;
  #has: Position | null = null;
  #next = 0;
  #heartbeatMillis = 0;
  #heartbeat: Planned | null = null;
  #sendingLarge = false;
  #ended = false;

  constructor(parts: DumpParts) {
    this.#parts = parts;
  }

  get replica(): DumpingReplica | null {
    return this.#replica;
  }

  onMessage = (message: ToSource): void => {
    this.#parts.process.run(() => {
      if (this.#ended) return;
      if (message.kind === 'ack') {
        this.#parts.semiSync.ack(this.#parts.id, message.upTo, this.#parts.history.log.length);
        return;
      }
      this.#begin(message);
    });
  };

  onClosed = (): void => {
    this.#parts.process.run(() => this.end());
  };

  /** The binary log has grown. */
  grown(): void {
    if (this.#has === null || this.#ended) return;
    this.#send();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#heartbeat?.cancel();
    this.#parts.semiSync.ackerGone(this.#parts.id);
    this.#parts.end.close();
    this.#parts.onEnded();
  }

  #begin(dump: Extract<ToSource, { kind: 'dump' }>): void {
    const { options, semiSync, end, id } = this.#parts;
    const refusal = this.#refusal(dump.has);
    if (refusal !== null) {
      end.send({ kind: 'error', number: FATAL_READING_BINLOG, text: refusal });
      this.end();
      return;
    }
    this.#replica = { serverId: dump.serverId, uuid: dump.uuid, host: dump.host, port: dump.port };
    this.#has = dump.has;
    this.#heartbeatMillis = dump.heartbeatMillis;
    if (dump.semiSync) semiSync.acker(id);
    end.send({ kind: 'welcome', serverId: options.serverId, uuid: options.uuid });
    this.#beatLater();
    this.#send();
  }

  /** MariaDB finds its place by the replica's last GTID; one that it does not know means that the two have diverged. MySQL compares sets. */
  #refusal(has: Position): string | null {
    const { history } = this.#parts;
    if (has.family === 'oracle') return null;
    for (const gtid of has.position.gtids) {
      const isThere = history.log.some(
        (logged) =>
          logged.gtid.family === 'mariadb' && gtidText(logged.gtid) === gtidText({ family: 'mariadb', ...gtid }),
      );
      if (isThere) continue;
      return `Error: connecting slave requested to start from GTID ${positionText(has)}, which is not in the master's binlog`;
    }
    return null;
  }

  #send(): void {
    const { history, end, process } = this.#parts;
    if (this.#sendingLarge) return;
    for (; this.#next < history.log.length; this.#next++) {
      const transaction = history.log[this.#next];
      if (transaction === undefined || this.#has === null) break;
      if (positionHas(this.#has, transaction.gtid)) continue;
      if (transaction.isLarge) {
        this.#sendingLarge = true;
        end.send({ kind: 'begin', gtid: transaction.gtid });
        process.after(LARGE_TRANSACTION_MILLIS, () => {
          if (this.#ended) return;
          this.#sendingLarge = false;
          end.send({ kind: 'transaction', transaction, place: this.#next + 1 });
          this.#next += 1;
          this.#beatLater();
          this.#send();
        });
        return;
      }
      end.send({ kind: 'transaction', transaction, place: this.#next + 1 });
    }
    this.#beatLater();
  }

  #beatLater(): void {
    this.#heartbeat?.cancel();
    if (this.#heartbeatMillis === 0 || this.#ended) return;
    this.#heartbeat = this.#parts.process.after(this.#heartbeatMillis, () => {
      this.#parts.end.send({ kind: 'heartbeat' });
      this.#beatLater();
    });
  }
}
