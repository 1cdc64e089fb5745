/**
 * The source's side of one replica's stream: sends what the replica does not have, in the order of the binary log, and heartbeats while there is nothing
 * to send.
 */

import type { Planned } from '../event-queue.ts';
import type { StreamEnd, StreamHandlers } from '../network.ts';
import type { Process } from '../process.ts';
import type { ToReplica, ToSource } from './dump-messages.ts';
import { dumpStart } from './dump-start.ts';
import { type Position, positionHas } from './gtid-position.ts';
import type { History } from './history.ts';
import type { LogWriter } from './log-events.ts';
import type { Received } from './relay-log.ts';
import type { SemiSyncSource } from './semi-sync-source.ts';
import type { ServerIdentity, ServerOptions } from './server-options.ts';

/** Between the first and the last event of a large transaction. */
const LARGE_TRANSACTION_MILLIS = 50;

/** `Got fatal error 1236 from source when reading data from binary log`, as the receivers of the families number it (seen on 9.7 and 10.11). */
const FATAL_READING_BINLOG = { mysql: 13114, mariadb: 1236 } as const;

export interface DumpParts {
  readonly id: number;
  readonly options: ServerOptions;
  /** As replicas are told it. */
  readonly identity: ServerIdentity;
  readonly writer: LogWriter;
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
  readonly usesGtid: boolean;
}

export class Dump implements StreamHandlers<ToSource> {
  readonly #parts: DumpParts;
  #replica: DumpingReplica | null = null;
  #has: Position | null = null;
  #usesGtid = true;
  #next = 0;
  /** Of the binary log, in which it reads. */
  #file = '';
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

  /** A file that it still has to send from is not deleted. */
  needs({ first, end }: { readonly first: number; readonly end: number }): boolean {
    return !this.#ended && this.#has !== null && this.#next >= first && this.#next < end;
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
    const { semiSync, end, id, identity, writer, history } = this.#parts;
    const begins = dumpStart(dump, this.#parts);
    if (begins.kind === 'refused') {
      this.#refuse(begins.text);
      return;
    }
    this.#next = begins.next;
    const { serverId, uuid, user, host, port, usesGtid } = dump;
    this.#replica = { id, user, serverId, uuid, host, port, usesGtid };
    this.#has = dump.has;
    this.#usesGtid = dump.usesGtid;
    this.#heartbeatMillis = dump.heartbeatMillis;
    if (dump.usesGtid) this.#skip();
    // What it has already is not sent, and so not acknowledged: who waits for that waits on, until a later one is (seen on 9.7 and 10.11).
    if (dump.semiSync) semiSync.acker(id);
    const at = history.binlog.placeAfter(this.#next);
    this.#file = at.file;
    end.send({ kind: 'welcome', ...identityOf(identity), writer, place: this.#next, at });
    this.#beatLater();
    this.#send();
  }

  #refuse(refusal: string): void {
    const { options, end, identity } = this.#parts;
    const source = options.family === 'mysql' ? 'source' : 'master';
    const text = `Got fatal error 1236 from ${source} when reading data from binary log: '${refusal}'`;
    end.send({ kind: 'error', ...identityOf(identity), number: FATAL_READING_BINLOG[options.family], text });
    this.end();
  }

  /** Passes over what the replica has, up to the first that it has not. */
  #skip(): void {
    const { log } = this.#parts.history;
    while (this.#next < log.length && !this.#isWanted(this.#next)) this.#next += 1;
  }

  #isWanted(index: number): boolean {
    const entry = this.#parts.history.entry(index);
    if (entry === undefined || !entry.isLogged) return false;
    return !(this.#usesGtid && this.#has !== null && positionHas(this.#has, entry.transaction.gtid));
  }

  #received(index: number): Received | null {
    const { history } = this.#parts;
    const entry = history.entry(index);
    if (entry === undefined) return null;
    const { transaction, format } = entry;
    const { binlog } = history;
    return { transaction, format, from: binlog.placeBefore(index), to: binlog.placeAfter(index + 1), number: index };
  }

  #send(): void {
    const { history, end, process } = this.#parts;
    if (this.#sendingLarge) return;
    for (; this.#next < history.log.length; this.#next++) {
      const received = this.#received(this.#next);
      if (received === null) break;
      if (!this.#isWanted(this.#next)) continue;
      if (received.transaction.isLarge) {
        this.#sendingLarge = true;
        end.send({ kind: 'begin', gtid: received.transaction.gtid });
        process.after(LARGE_TRANSACTION_MILLIS, () => {
          if (this.#ended) return;
          this.#sendingLarge = false;
          this.#sendOne(received);
          this.#next += 1;
          this.#beatLater();
          this.#send();
        });
        return;
      }
      this.#sendOne(received);
    }
    this.#tellRotation();
    this.#beatLater();
  }

  #sendOne(received: Received): void {
    this.#file = received.to.file;
    this.#parts.end.send({ kind: 'transaction', received, place: this.#next + 1 });
  }

  /** A file that nothing has been written to yet is told of too. */
  #tellRotation(): void {
    const at = this.#parts.history.binlog.end;
    if (at.file === this.#file) return;
    this.#file = at.file;
    this.#parts.end.send({ kind: 'rotated', place: this.#next, at });
  }

  #beatLater(): void {
    this.#heartbeat?.cancel();
    if (this.#heartbeatMillis === 0 || this.#ended) return;
    this.#heartbeat = this.#parts.process.after(this.#heartbeatMillis, () => {
      const at = this.#parts.history.binlog.placeAfter(this.#next);
      this.#parts.end.send({ kind: 'heartbeat', place: this.#next, at });
      this.#beatLater();
    });
  }
}

const identityOf = ({ serverId, uuid }: ServerIdentity): ServerIdentity => ({ serverId, uuid });
