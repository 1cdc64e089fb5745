/**
 * A database server of the pretended world: what it has on disk, and the process that runs on it. It can be told what a real one can be told, it dies,
 * hangs and comes back.
 */
import { serverUuid } from '../../model/brand.ts';
import type { EventQueue, Planned } from '../event-queue.ts';
import type { Listener, Network, StreamEnd, StreamHandlers } from '../network.ts';
import { Process, type ProcessState } from '../process.ts';
import type { Gtid, Transaction, Write } from '../transaction.ts';
import { Applier } from './applier.ts';
import { BinlogKeeper } from './binlog-keeper.ts';
import { ClientConnection, type ClientConnectionOptions } from './client-connection.ts';
import { Dump, type DumpingReplica } from './dump.ts';
import type { ToReplica, ToSource } from './dump-messages.ts';
import { type Position, withPosition } from './gtid-position.ts';
import { History } from './history.ts';
import type { LogWriter } from './log-events.ts';
import { FIRST_POSITION, isAtOrBehind, type LogPlace } from './log-place.ts';
import { NOTHING_PLANNED } from './nothing-planned.ts';
import { OracleState } from './oracle-gtid-state.ts';
import { Receiver } from './receiver.ts';
import { RelayLog, type RelayLogDrop } from './relay-log.ts';
import type { RelayLogReader } from './relay-log-reader.ts';
import { NO_REPLICA_SETTINGS, type ReplicaSettings, withoutAllButRetry } from './replica-settings.ts';
import { SemiSyncSource } from './semi-sync-source.ts';
import type { ServerIdentity, ServerOptions } from './server-options.ts';
import { Storage } from './storage.ts';
import { attemptWrite, type WantedWrite, type WriteAttempt, type WriteResult } from './write-attempt.ts';
import { type ReadOnlyLevel, WriteGate } from './write-gate.ts';

/** What happens on servers, for observers and invariants. */
export interface ServerObserver {
  committed(server: PretendServer, transaction: Transaction): void;
  level(server: PretendServer, level: ReadOnlyLevel): void;
  relayLogDropped(server: PretendServer, drop: RelayLogDrop): void;
  lost(server: PretendServer, transactions: readonly Transaction[]): void;
  life(server: PretendServer, what: 'started' | 'died' | 'hangs' | 'goes on'): void;
  /** A statement of a session of that user begins. */
  told(server: PretendServer, user: string, text: string): void;
}

export interface ServerParts {
  readonly options: ServerOptions;
  readonly queue: EventQueue;
  readonly network: Network;
  /** Null: no such host. */
  readonly find: (host: string, port: number) => PretendServer | null;
  readonly observer: ServerObserver;
}

export type { WriteResult };

/** What runs while the process lives, and is gone with it. */
interface Running {
  readonly process: Process;
  readonly startedAt: number;
  readonly gate: WriteGate;
  readonly semiSync: SemiSyncSource;
  readonly receiver: Receiver;
  readonly applier: RelayLogReader;
  readonly dumps: Map<number, Dump>;
  readonly clients: Map<number, ClientConnection>;
  /** Those who wait until something is executed. */
  readonly waiters: Set<() => void>;
  /** Semi-sync as a replica; read when the receiver starts. */
  acknowledges: boolean;
  /** Connections and threads are counted from 1 by each process. */
  lastConnectionId: number;
}

export class PretendServer {
  readonly options: ServerOptions;
  readonly history: History;
  readonly relayLog: RelayLog;
  readonly storage: Storage;
  /** Connections of others take all that it has room for. */
  isCrowded = false;
  readonly #parts: ServerParts;
  #settings: ReplicaSettings = NO_REPLICA_SETTINGS;
  #isConfigured = false;
  #forgotten: Pick<ReplicaSettings, 'others'> = {};
  #running: Running | null = null;
  #isPoweredOff = false;
  #hasStarted = false;
  /** Kept over restarts. */
  #sourceUuid = '';
  /** Whoever holds sessions on it hears when they are gone. */
  readonly #onDeath = new Set<() => void>();

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.options = parts.options;
    this.history = new History(parts.options);
    this.relayLog = new RelayLog(parts.options, (drop) => parts.observer.relayLogDropped(this, drop));
    // Not in the middle of who wanted to write.
    this.storage = new Storage(() => parts.queue.after(0, () => this.kill()));
  }

  get name(): string {
    return this.options.name ?? this.options.host;
  }

  get state(): ProcessState {
    return this.#running?.process.state ?? 'dead';
  }

  /** Throws when it does not run: nobody can ask a dead server. */
  get running(): Running {
    if (this.#running === null) throw new Error(`${this.name} does not run`);
    return this.#running;
  }

  /** Null while it does not run. */
  get process(): Process | null {
    return this.#running?.process ?? null;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  get settings(): ReplicaSettings | null {
    return this.#isConfigured ? this.#settings : null;
  }

  /** What MariaDB still knows after `RESET SLAVE ALL`. */
  get forgotten(): Pick<ReplicaSettings, 'others'> {
    return this.#forgotten;
  }

  /** Executed and received. */
  get position(): Position {
    return withPosition(this.history.gtids.executed(), this.relayLog.retrieved);
  }

  /** What it tells its source that it has executed: MariaDB with `slave_pos` only what was replicated. */
  get requested(): Position {
    const { gtids } = this.history;
    return this.#settings.gtid === 'slave-pos' ? gtids.replicated() : gtids.executed();
  }

  /** By which its replicas know it. A binlog server goes by its source's (MaxScale's default, without `master_id`). */
  get identity(): ServerIdentity {
    const { isBinlogServer, uuid } = this.options;
    const { sourceServerId, sourceUuid } = this.running.receiver;
    return isBinlogServer ? { serverId: sourceServerId, uuid: serverUuid(sourceUuid || uuid) } : this.options;
  }

  /** A binlog server has nothing to say to replicas before it has met its source. */
  get knowsWhoItIs(): boolean {
    return !this.options.isBinlogServer || this.#running?.receiver.sourceUuid !== '';
  }

  /** As its replicas see that in its log. */
  get writer(): LogWriter {
    return this.options.isBinlogServer ? (this.relayLog.source ?? this.options) : this.options;
  }

  get dumping(): readonly DumpingReplica[] {
    return [...this.running.dumps.values()].flatMap((dump) => dump.replica ?? []);
  }

  /** For replicas who dial it. */
  readonly dumpListener: Listener<ToSource, ToReplica> = (() => {
    const server = this;
    return {
      get place() {
        return server.name;
      },
      // Replicas need a connection too.
      door: () => ((server.isCrowded || !server.knowsWhoItIs) && server.door() === 'open' ? 'closed' : server.door()),
      process: () => server.process,
      accept: (end: StreamEnd<ToReplica>) => server.#acceptReplica(end),
    };
  })();

  /** What who dials it finds: a process that hangs still has its port open. */
  door(): 'open' | 'closed' | 'dark' {
    if (this.#isPoweredOff) return 'dark';
    return this.#running === null ? 'closed' : 'open';
  }

  /** Does nothing where it runs, or where it cannot write. */
  start(): void {
    if (this.#running !== null || this.storage.fault === 'read-only') return;
    const { options, observer } = this.#parts;
    this.#isPoweredOff = false;
    this.history.recover();
    this.#beginBinlog();
    const process = new Process(this.#parts.queue);
    const semiSync = new SemiSyncSource(process, options.semiSync.source, options.semiSync);
    const level: ReadOnlyLevel = options.readOnly
      ? options.family === 'mysql'
        ? 'super-read-only'
        : 'read-only'
      : 'off';
    const gate = new WriteGate(process, options.family, level, (now) => observer.level(this, now));
    const applier = this.#newApplier(process, gate, semiSync);
    const receiver = this.#newReceiver(process, applier);
    const startedAt = this.#parts.queue.now;
    this.#running = {
      process,
      startedAt,
      gate,
      semiSync,
      receiver,
      applier,
      dumps: new Map(),
      clients: new Map(),
      waiters: new Set(),
      acknowledges: options.semiSync.replica,
      lastConnectionId: 0,
    };
    this.history.syncsBinlog = options.syncsBinlog;
    observer.life(this, 'started');
    observer.level(this, level);
    this.#resumeReplication();
  }

  /** kill -9, or a crash: the operating system closes its connections. */
  kill(): void {
    if (this.#running === null) return;
    const { process, dumps, receiver } = this.#running;
    this.#keepOnDisk();
    process.die();
    this.#running = null;
    for (const dump of dumps.values()) dump.end();
    receiver.stop();
    this.#tellDeath();
    const { restartAfterMillis } = this.options;
    if (restartAfterMillis !== null) this.#parts.queue.after(restartAfterMillis, () => this.start());
  }

  /** The host loses its power: nobody is told, and what was not flushed is gone. */
  powerOff(): void {
    if (this.#running === null) return;
    this.#keepOnDisk();
    this.#running.process.die();
    this.#running = null;
    this.#isPoweredOff = true;
    const lost = this.history.loseUnsynced();
    // A binlog server that has lost all of its log has nothing that tells where to go on.
    if (this.options.isBinlogServer && lost.length > 0) this.relayLog.forgetSource();
    if (lost.length > 0) this.#parts.observer.lost(this, lost);
    this.#tellDeath();
  }

  /** A server that starts begins a file. A binlog server's are those of its source. */
  #beginBinlog(): void {
    if (this.#hasStarted && !this.options.isBinlogServer && this.options.logBin) this.history.rotate();
    this.#hasStarted = true;
  }

  hang(): void {
    if (this.state !== 'runs') return;
    this.running.process.hang();
    this.#parts.observer.life(this, 'hangs');
  }

  resume(): void {
    if (this.state !== 'hangs') return;
    this.running.process.resume();
    this.#parts.observer.life(this, 'goes on');
  }

  onDeath(tell: () => void): Planned {
    this.#onDeath.add(tell);
    return { cancel: () => this.#onDeath.delete(tell) };
  }

  /** A session's statement begins. */
  heard(user: string, text: string): void {
    this.#parts.observer.told(this, user, text);
  }

  /** For a new connection or thread. */
  takeConnectionId(): number {
    const { running } = this;
    running.lastConnectionId += 1;
    return running.lastConnectionId;
  }

  /** Of a client that speaks no SQL. It ends with the process, which tells nobody here of it. */
  connect(options: ClientConnectionOptions): ClientConnection {
    const { clients } = this.running;
    const connection = new ClientConnection(this, options, () => clients.delete(connection.id));
    clients.set(connection.id, connection);
    return connection;
  }

  /** A client's transaction; `done` when it is told, which may be never. `session`: of the client, if it has one. `gtid`: that it gives it; null: the next. */
  write(
    write: Write,
    who: 'client' | 'privileged',
    isLarge: boolean,
    done: (result: WriteResult) => void,
    session = 0,
    gtid: Gtid | null = null,
  ): WriteAttempt {
    return this.#attempt({ write, who, session }, done, () => this.#commit(write, isLarge, done, true, gtid));
  }

  /** With `sql_log_bin = 0`: nobody else hears of it. */
  writeUnlogged(wanted: WantedWrite, done: (result: WriteResult) => void): WriteAttempt {
    return this.#attempt(wanted, done, () => {
      this.history.writeUnlogged(wanted.write);
      this.running.gate.commitEnded();
      done({ kind: 'committed', transaction: null });
      return NOTHING_PLANNED;
    });
  }

  #attempt(wanted: WantedWrite, done: (result: WriteResult) => void, commit: () => Planned): WriteAttempt {
    const { process, gate } = this.running;
    const { commitMillis } = this.options;
    return attemptWrite({ process, gate, history: this.history, commitMillis }, wanted, done, commit);
  }

  /** A GTID of its own without a client: an errant transaction, an account made by hand. */
  writeLocally(write: Write): void {
    this.#commit(write, false, () => {}, false);
  }

  /** Where its replication comes from. The caller has checked that it may be changed now. */
  configure(settings: ReplicaSettings | null): void {
    if (settings === null) this.#forgotten = withoutAllButRetry(this.#settings);
    this.#settings = settings ?? NO_REPLICA_SETTINGS;
    this.#isConfigured = settings !== null;
  }

  /** `done` once all of it is executed; returns how to wait no longer. Null: it cannot be read. */
  waitFor(gtids: string, done: () => void): Planned | null {
    const has = this.history.gtids.hasAllOf(gtids);
    if (has === null) return null;
    if (has) {
      done();
      return NOTHING_PLANNED;
    }
    const { waiters } = this.running;
    const look = (): void => {
      if (this.history.gtids.hasAllOf(gtids) !== true) return;
      waiters.delete(look);
      done();
    };
    waiters.add(look);
    return { cancel: () => waiters.delete(look) };
  }

  /**
   * `done` once its applier is there, or has stopped before. Returns how to wait no longer. `null`: it does not apply anything.
   */
  waitForPlace(place: LogPlace, done: (outcome: 'reached' | 'stopped') => void): Planned | null {
    const isThere = (): boolean => this.relayLog.appliedAt !== null && isAtOrBehind(this.relayLog.appliedAt, place);
    if (this.settings === null || this.running.applier.state !== 'running') return null;
    if (isThere()) {
      done('reached');
      return NOTHING_PLANNED;
    }
    const { waiters } = this.running;
    const look = (): void => {
      const isStopped = this.running.applier.state !== 'running';
      if (!isThere() && !isStopped) return;
      waiters.delete(look);
      done(isThere() ? 'reached' : 'stopped');
    };
    waiters.add(look);
    return { cancel: () => waiters.delete(look) };
  }

  /** `FLUSH BINARY LOGS`. */
  flushBinaryLogs(): void {
    if (!this.options.logBin || this.options.isBinlogServer) return;
    this.history.rotate();
    this.#grown();
  }

  /** A binlog server is told to go on with that file, which comes next: those below it go on there, too. */
  beginNextCopy(file: string): void {
    this.history.binlog.copyFile(file);
    this.#grown();
  }

  /** False: there is no such file. What somebody still reads is left, and all behind it. */
  purgeBinaryLogs(file: string): boolean {
    const dumps = [...this.running.dumps.values()];
    return this.history.purgeTo(file, (one) => dumps.some((dump) => dump.needs(one)));
  }

  /** Those who read it lose their place. */
  resetBinaryLogs(): void {
    for (const dump of [...this.running.dumps.values()]) dump.end();
    this.history.reset();
  }

  /** MySQL's `gtid_purged`; false: it may not be changed so. */
  setPurged(wanted: (state: OracleState) => boolean): boolean {
    const { gtids } = this.history;
    if (!(gtids instanceof OracleState) || !wanted(gtids)) return false;
    this.history.basisChanged();
    this.#executedMore();
    return true;
  }

  /** Returns how a kill ends the wait for acknowledgements: MySQL waits on, and the client hears nothing of it (seen on 9.7 and 10.11). */
  #commit(
    write: Write,
    isLarge: boolean,
    done: (result: WriteResult) => void,
    begun = true,
    gtid: Gtid | null = null,
  ): Planned {
    // Once it is at the disk nobody can call it back.
    let end: Planned = NOTHING_PLANNED;
    this.storage.write(this.running.process, () => {
      end = this.#commitNow(write, isLarge, done, begun, gtid);
    });
    return { cancel: () => end.cancel() };
  }

  #commitNow(
    write: Write,
    isLarge: boolean,
    done: (result: WriteResult) => void,
    begun: boolean,
    gtid: Gtid | null,
  ): Planned {
    const { gate, semiSync, process } = this.running;
    const transaction: Transaction = {
      gtid: gtid ?? this.history.nextGtid(),
      write,
      serverId: this.options.serverId,
      committedAt: process.now,
      isLarge,
    };
    this.history.append(transaction);
    const takeEffect = (): void => {
      this.#parts.observer.committed(this, this.history.commitNext());
      this.#executedMore();
    };
    // The default of MariaDB is AFTER_COMMIT: everybody sees it while its client still waits.
    const isBefore = this.options.family === 'mariadb';
    if (isBefore) takeEffect();
    this.#grown();
    const wait = semiSync.wait(this.history.log.length, () => {
      if (!isBefore) takeEffect();
      if (begun) gate.commitEnded();
      done({ kind: 'committed', transaction });
    });
    return isBefore ? wait : NOTHING_PLANNED;
  }

  #grown(): void {
    for (const dump of this.running.dumps.values()) dump.grown();
  }

  #executedMore(): void {
    if (this.#running === null) return;
    for (const look of [...this.#running.waiters]) look();
  }

  #newApplier(process: Process, gate: WriteGate, semiSync: SemiSyncSource): RelayLogReader {
    const { history, relayLog } = this;
    if (this.options.isBinlogServer) return new BinlogKeeper({ history, relayLog, onLogged: () => this.#grown() });
    return new Applier({
      options: this.options,
      process,
      history: this.history,
      relayLog: this.relayLog,
      storage: this.storage,
      semiSync,
      gate,
      settings: () => this.#settings,
      onLogged: () => this.#grown(),
      onApplied: () => this.#executedMore(),
      onStopped: () => this.#executedMore(),
      takeConnectionId: () => this.takeConnectionId(),
    });
  }

  #newReceiver(process: Process, applier: RelayLogReader): Receiver {
    const { network, find } = this.#parts;
    const { isBinlogServer } = this.options;
    return new Receiver({
      options: this.options,
      process,
      relayLog: this.relayLog,
      storage: this.storage,
      settings: () => this.#settings,
      // A binlog server goes on behind its binary log: what that has lost it fetches again.
      has: () => (isBinlogServer ? this.requested : withPosition(this.requested, this.relayLog.retrieved)),
      sourceUuid: this.#sourceUuid,
      acknowledges: () => this.#running?.acknowledges ?? false,
      dial: (settings, handlers) => {
        const source = find(settings.host, settings.port);
        return source === null ? null : network.dial(this.name, source.dumpListener, handlers);
      },
      onReceived: () => applier.wake(),
      onMoved: () => {
        applier.moved();
        this.#executedMore();
      },
      goesOnAt: () => (isBinlogServer ? this.#ownEnd : null),
      takeConnectionId: () => this.takeConnectionId(),
    });
  }

  /** A binlog server goes on behind its own copy. */
  get #ownEnd(): LogPlace {
    const { log, binlog } = this.history;
    return log.length === 0 ? (this.relayLog.readAt ?? { file: '', position: FIRST_POSITION }) : binlog.end;
  }

  #acceptReplica(end: StreamEnd<ToReplica>): StreamHandlers<ToSource> {
    const { process, semiSync, dumps } = this.running;
    const id = this.takeConnectionId();
    const dump = new Dump({
      id,
      options: this.options,
      identity: this.identity,
      writer: this.writer,
      process,
      history: this.history,
      semiSync,
      end,
      onEnded: () => dumps.delete(id),
    });
    dumps.set(id, dump);
    return dump;
  }

  #resumeReplication(): void {
    const { family, relayLogRecovery, skipReplicaStart } = this.options;
    if (!this.#isConfigured) return;
    const usesGtid = this.#settings.gtid !== 'off';
    // MariaDB with GTID fetches all again from what it applied; so does MySQL when it is told to recover its relay log.
    const goesOnAt = usesGtid ? null : this.relayLog.appliedAt;
    if ((family === 'mariadb' && usesGtid) || relayLogRecovery) this.relayLog.drop('restart', goesOnAt);
    if (family === 'mariadb') this.running.receiver.beginAt(this.requested);
    if (skipReplicaStart) return;
    this.running.receiver.start();
    this.running.applier.start();
  }

  #keepOnDisk(): void {
    if (this.options.family === 'mysql') this.#sourceUuid = this.running.receiver.sourceUuid;
  }

  #tellDeath(): void {
    this.#parts.observer.life(this, 'died');
    for (const tell of [...this.#onDeath]) tell();
    this.#onDeath.clear();
  }
}
