/**
 * The source's side of one replica's stream: sends what the replica does not have, in the order of the binary log, and heartbeats while there is nothing
 * to send.
 */

import { isEmpty, subtract } from '../../model/gtid-set.ts';
import { gtidSetText } from '../../model/gtid-set-text.ts';
import type { MariadbGtid } from '../../model/mariadb-gtid.ts';
import type { Planned } from '../event-queue.ts';
import type { StreamEnd, StreamHandlers } from '../network.ts';
import type { Process } from '../process.ts';
import { NOT_UNDERSTOOD } from './binlog-router-words.ts';
import type { ToReplica, ToSource } from './dump-messages.ts';
import { OracleState, type Position, positionHas } from './gtid-state.ts';
import type { History } from './history.ts';
import type { LogWriter } from './log-events.ts';
import type { LogPlace } from './log-place.ts';
import type { Received } from './relay-log.ts';
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

const NOT_OPEN = 'Binary log is not open';

const TOO_OLD =
  'Could not find GTID state requested by slave in any binlog files. Probably the slave state is too old and required binlog files have been purged.';

/** What is read before it is seen that there is no event: 19 bytes; MySQL has read the first event of the file before. */
const EVENT_HEADER_BYTES = 19;
const FORMAT_DESCRIPTION_END = 127;

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
    const refusal = this.#refusalOf(dump);
    if (refusal !== null) {
      this.#refuse(refusal);
      return;
    }
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

  #refusalOf(dump: Extract<ToSource, { kind: 'dump' }>): string | null {
    const { options, history } = this.#parts;
    if (!options.logBin) return NOT_OPEN;
    if (!dump.usesGtid) return this.#placeRefusal(dump.from);
    // MaxScale does not know the command by which replicas of MySQL ask for GTIDs.
    if (options.isBinlogServer) return NOT_UNDERSTOOD;
    this.#next = history.binlog.purgedCount;
    return this.#purgedRefusal(dump.has) ?? this.#refusal(dump.has);
  }

  /** By file and position it begins exactly there, or nowhere. */
  #placeRefusal(from: LogPlace): string | null {
    const { history, options } = this.#parts;
    const found = history.find(from);
    const { file, position } = from;
    const isMysql = options.family === 'mysql';
    switch (found.kind) {
      case 'transaction':
        this.#next = found.next;
        return null;
      case 'no-such-file':
        return 'Could not find first log file name in binary log index file';
      case 'beyond-the-end':
        if (isMysql) return 'Client requested source to start replication from position > file size';
        return `Client requested master to start replication from impossible position; the first event '${file}' at ${position}, the last event read from '${file}' at 4, the last byte read from '${file}' at 4.`;
      case 'inside-an-event': {
        const read = isMysql
          ? `the last event read from './${file}' at ${FORMAT_DESCRIPTION_END}, the last byte read from './${file}'`
          : `the last event read from '${file}' at ${position}, the last byte read from '${file}'`;
        return `bogus data in log event; the first event '${file}' at ${position}, ${read} at ${position + EVENT_HEADER_BYTES}.`;
      }
    }
  }

  /** What it lacks is in files that are gone. */
  #purgedRefusal(has: Position): string | null {
    const { history, options } = this.#parts;
    const { gtids } = history;
    if (has.family === 'oracle') {
      if (!(gtids instanceof OracleState)) return null;
      const missing = subtract(gtids.purged, has.set);
      if (isEmpty(missing)) return null;
      const [theirs, lacks] = [gtidSetText(has.set), gtidSetText(missing)];
      return `Cannot replicate because the source purged required binary logs. Replicate the missing transactions from elsewhere, or provision a new replica from backup. Consider increasing the source's binary log expiration period. The GTID set sent by the replica is '${theirs}', and the missing transactions are '${lacks}'`;
    }
    const purged = history.log.slice(0, history.binlog.purgedCount);
    const isMissing = purged.some(({ gtid }) => !positionHas(has, gtid));
    return isMissing && options.family === 'mariadb' ? TOO_OLD : null;
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
