/**
 * The source's side of one replica's stream: sends what the replica does not have, in the order of the binary log, and heartbeats while there is nothing
 * to send.
 */

import type { MariadbGtid } from '../../model/mariadb-gtid.ts';
import type { Planned } from '../event-queue.ts';
import type { StreamEnd, StreamHandlers } from '../network.ts';
import type { Process } from '../process.ts';
import type { Transaction } from '../transaction.ts';
import { NOT_UNDERSTOOD } from './binlog-router-words.ts';
import type { ToReplica, ToSource } from './dump-messages.ts';
import { type Position, positionHas } from './gtid-state.ts';
import type { History } from './history.ts';
import type { SemiSyncSource } from './semi-sync-source.ts';
import type { ServerIdentity, ServerOptions } from './server-options.ts';

/** Between the first and the last event of a large transaction. */
const LARGE_TRANSACTION_MILLIS = 50;

/** `Got fatal error 1236 from source when reading data from binary log`, as the receivers of the families number it (seen on 9.7 and 10.11). */
const FATAL_READING_BINLOG = { mysql: 13114, mariadb: 1236 } as const;

const MORE_THAN_SOURCE =
  "Replica has more GTIDs than the source has, using the source's SERVER_UUID. This may indicate that the the last binary log file was truncated or lost, e.g., after a power failure when sync_binlog != 1.";

/** MariaDB, where its binary log goes further than what the replica names. */
const HAS_DIVERGED =
  ". Since the master's binlog contains GTIDs with higher sequence numbers, it probably means that the slave has diverged due to executing extra erroneous transactions";

export interface DumpParts {
  readonly id: number;
  readonly options: ServerOptions;
  /** As replicas are told it. */
  readonly identity: ServerIdentity;
  readonly process: Process;
  readonly history: History;
  readonly semiSync: SemiSyncSource;
  readonly end: StreamEnd<ToReplica>;
  readonly onEnded: () => void;
}

/** What the source's process list and `SHOW REPLICAS` show of it. */
export interface DumpingReplica {
  /** Of its connection. */
  readonly id: number;
  readonly user: string;
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
    const { serverId: sourceId, uuid: sourceUuid } = this.#parts.identity;
    // MaxScale does not know the command by which replicas of MySQL ask for GTIDs.
    const refusal = dump.usesGtid && options.isBinlogServer ? NOT_UNDERSTOOD : this.#refusal(dump.has);
    if (refusal !== null) {
      const source = options.family === 'mysql' ? 'source' : 'master';
      const text = `Got fatal error 1236 from ${source} when reading data from binary log: '${refusal}'`;
      const number = FATAL_READING_BINLOG[options.family];
      end.send({ kind: 'error', serverId: sourceId, uuid: sourceUuid, number, text });
      this.end();
      return;
    }
    const { serverId, uuid, user, host, port } = dump;
    this.#replica = { id, user, serverId, uuid, host, port };
    this.#has = dump.has;
    this.#heartbeatMillis = dump.heartbeatMillis;
    this.#skip();
    // What it has already is not sent, and so not acknowledged: who waits for that waits on, until a later one is (seen on 9.7 and 10.11).
    if (dump.semiSync) semiSync.acker(id);
    end.send({ kind: 'welcome', serverId: sourceId, uuid: sourceUuid, place: this.#next });
    this.#beatLater();
    this.#send();
  }

  /**
   * MariaDB finds its place by the replica's last GTID; one that it does not know means that the two have diverged. MySQL compares sets, and refuses
   * who has more of its own transactions than itself: it has lost some.
   */
  #refusal(has: Position): string | null {
    const { history, options } = this.#parts;
    if (has.family === 'oracle') {
      const next = history.nextGtid();
      const theirs = has.set.entries.find(({ uuid, tag }) => uuid === options.uuid && tag === '')?.bounds.at(-1) ?? 0;
      return next.family === 'oracle' && theirs >= next.number ? MORE_THAN_SOURCE : null;
    }
    const unknown = has.position.gtids.find((gtid) => this.#isUnknown(gtid));
    if (unknown === undefined) return null;
    const { domain, server, sequence } = unknown;
    const isPassed = this.#lastOf(domain) >= sequence;
    return `Error: connecting slave requested to start from GTID ${domain}-${server}-${sequence}, which is not in the master's binlog${isPassed ? HAS_DIVERGED : ''}`;
  }

  /** Of a domain of which it has nothing at all it sends everything. */
  #isUnknown(gtid: MariadbGtid): boolean {
    return this.#lastOf(gtid.domain) > 0 && !this.#parts.history.hasLogged({ family: 'mariadb', ...gtid });
  }

  /** Sequence number; 0: none. */
  #lastOf(domain: number): number {
    const { log } = this.#parts.history;
    const last = log.findLast(({ gtid }) => gtid.family === 'mariadb' && gtid.domain === domain)?.gtid;
    return last?.family === 'mariadb' ? last.sequence : 0;
  }

  /** Passes over what the replica has, up to the first that it has not. */
  #skip(): void {
    const { log } = this.#parts.history;
    for (let next = log[this.#next]; next !== undefined && this.#replicaHas(next); next = log[this.#next]) {
      this.#next += 1;
    }
  }

  #replicaHas({ gtid }: Transaction): boolean {
    return this.#has !== null && positionHas(this.#has, gtid);
  }

  #send(): void {
    const { history, end, process } = this.#parts;
    if (this.#sendingLarge) return;
    for (; this.#next < history.log.length; this.#next++) {
      const transaction = history.log[this.#next];
      if (transaction === undefined) break;
      if (this.#replicaHas(transaction)) continue;
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
      this.#parts.end.send({ kind: 'heartbeat', place: this.#next });
      this.#beatLater();
    });
  }
}
