/**
 * A replica's receiver: connects to its source, writes what comes to the relay log, acknowledges it, and connects anew when the source is lost.
 */
import type { Planned } from '../event-queue.ts';
import type { StreamEnd } from '../network.ts';
import type { Process } from '../process.ts';
import {
  type ConnectFailure,
  connectErrorText,
  equalServerIdsText,
  otherGtidModeText,
  REFUSED,
  TIMED_OUT,
  UNKNOWN,
} from './connect-error-text.ts';
import type { ToReplica, ToSource } from './dump-messages.ts';
import { emptyPosition, type Position, withGtid } from './gtid-position.ts';
import { FIRST_POSITION, type LogPlace } from './log-place.ts';
import type { RelayLog } from './relay-log.ts';
import { connectRetryMillis, heartbeatPeriodMillis, type ReplicaSettings } from './replica-settings.ts';
import type { ServerOptions } from './server-options.ts';
import type { Storage } from './storage.ts';

/** It was told no place: it begins with what there is. */
const OLDEST: LogPlace = { file: '', position: FIRST_POSITION };

export type ReceiverState = 'stopped' | 'connecting' | 'connected';

/** Client library: `Can't connect`, `Unknown MySQL server host`. */
const CANNOT_CONNECT = 2003;
const UNKNOWN_HOST = 2005;

/** The fatal ones that stop a receiver for good, as the families number them (seen on 9.7 and 10.11). */
const FATAL = { mysql: 13117, mariadb: 1593 } as const;

export interface ReceiverHandlers {
  readonly onOpen: () => void;
  readonly onRefused: () => void;
  readonly onMessage: (message: ToReplica) => void;
  readonly onClosed: () => void;
}

export interface ReceiverParts {
  readonly options: ServerOptions;
  readonly process: Process;
  readonly relayLog: RelayLog;
  readonly storage: Storage;
  readonly settings: () => ReplicaSettings;
  /** As it knew its source when the server last stopped: MySQL keeps it on disk. */
  readonly sourceUuid: string;
  /** Executed and received, as far as its source is told. */
  readonly has: () => Position;
  /** Where it goes on when it does not go by GTID; null: at the relay log's end. */
  readonly goesOnAt: () => LogPlace | null;
  readonly acknowledges: () => boolean;
  /** Null: no such host. */
  readonly dial: (settings: ReplicaSettings, handlers: ReceiverHandlers) => StreamEnd<ToSource> | null;
  readonly onReceived: () => void;
  /** Its place in the source's binary log is another one. */
  readonly onMoved: () => void;
  readonly takeConnectionId: () => number;
}

export class Receiver {
  readonly #parts: ReceiverParts;
  #state: ReceiverState = 'stopped';
  #attempt = 0;
  #stream: StreamEnd<ToSource> | null = null;
  #silence: Planned | null = null;
  #retry: Planned | null = null;
  #semiSync = false;
  /** The first waits to be written, the others behind it. */
  #unheard: ToReplica[] = [];
  #threadId = 0;
  /** It had a connection since it was started. */
  #wasConnected = false;
  #position: Position;
  #sourceServerId = 0;
  #sourceUuid: string;
  /** Since it was told its source; starting anew does not begin anew. */
  heartbeats = 0;
  /** Milliseconds of the world; null: none came yet. */
  lastHeartbeatAt: number | null = null;
  /** The last whole transaction. */
  lastQueuedAt: number | null = null;
  errorNumber = 0;
  errorText = '';

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
    this.#sourceUuid = parts.sourceUuid;
    this.#position = emptyPosition(parts.options.family);
  }

  get state(): ReceiverState {
    return this.#state;
  }

  get sourceServerId(): number {
    return this.#sourceServerId;
  }

  get sourceUuid(): string {
    return this.#sourceUuid;
  }

  /** In the process list; null while it is stopped. */
  get threadId(): number | null {
    return this.#state === 'stopped' ? null : this.#threadId;
  }

  /** What came waits to be written, and nothing else is heard meanwhile. */
  get isWriting(): boolean {
    return this.#unheard.length > 0;
  }

  /** It tries to come back to a source that it has lost. */
  get isReconnecting(): boolean {
    return this.#state === 'connecting' && this.#wasConnected;
  }

  /** MariaDB's `Gtid_IO_Pos`: where it began, and what it received since; kept when it stops, also when the relay log is dropped (seen on 10.11). */
  get position(): Position {
    return this.#position;
  }

  /** `Rpl_semi_sync_replica_status`. */
  get acknowledges(): boolean {
    return this.#semiSync && this.#state === 'connected';
  }

  /** MariaDB: what it will ask its source for, when the relay log was dropped. */
  beginAt(position: Position): void {
    this.#position = position;
  }

  start(): void {
    if (this.#state !== 'stopped') return;
    const { relayLog, options, settings, takeConnectionId } = this.#parts;
    relayLog.dropPartial();
    this.#clearError();
    this.#wasConnected = false;
    this.#threadId = takeConnectionId();
    if (settings().user !== '') {
      this.#connect();
      return;
    }
    const source = options.family === 'mysql' ? 'source' : 'master';
    const reason = `Invalid (empty) username when attempting to connect to the ${source} server. Connection attempt terminated.`;
    this.#giveUp(FATAL[options.family], `Fatal error: ${reason}`);
  }

  /** It is told another source. MariaDB goes on showing the former one's server id. */
  forgetSource(): void {
    this.heartbeats = 0;
    this.#sourceUuid = '';
    if (this.#parts.options.family === 'mysql') this.#sourceServerId = 0;
  }

  /** `RESET REPLICA`: the server id is shown on (seen on 9.7 and 10.11). */
  reset(): void {
    this.heartbeats = 0;
    this.#sourceUuid = '';
    this.#position = emptyPosition(this.#parts.options.family);
    this.#clearError();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#hangUp();
  }

  #connect(): void {
    const { options, process, settings, dial } = this.#parts;
    this.#state = 'connecting';
    this.#hangUp();
    const attempt = this.#attempt;
    const mine = (work: () => void) => () => process.run(() => (attempt === this.#attempt ? work() : undefined));
    this.#stream = dial(settings(), {
      onOpen: mine(() => this.#dump()),
      onRefused: mine(() => this.#fail(CANNOT_CONNECT, REFUSED)),
      onMessage: (message) => mine(() => this.#hear(message))(),
      onClosed: mine(() => this.#connect()),
    });
    if (this.#stream === null) {
      this.#fail(UNKNOWN_HOST, UNKNOWN);
      return;
    }
    this.#silence = process.after(options.replicaNetTimeoutMillis, () => {
      if (attempt === this.#attempt) this.#fail(CANNOT_CONNECT, TIMED_OUT);
    });
  }

  #dump(): void {
    const { options, has, goesOnAt, relayLog, acknowledges, settings } = this.#parts;
    this.#semiSync = acknowledges();
    this.#position = has();
    this.#stream?.send({
      kind: 'dump',
      serverId: options.serverId,
      uuid: options.uuid,
      user: settings().user,
      host: options.host,
      port: options.port,
      has: this.#position,
      usesGtid: settings().gtid !== 'off',
      from: goesOnAt() ?? relayLog.readAt ?? OLDEST,
      semiSync: this.#semiSync,
      heartbeatMillis: heartbeatPeriodMillis(settings(), options.replicaNetTimeoutMillis),
    });
  }

  /** One thread reads and writes: while it waits for the disk it hears nothing, and no time runs out. */
  #hear(message: ToReplica): void {
    const { storage, process } = this.#parts;
    if (this.#unheard.length > 0) {
      this.#unheard.push(message);
      return;
    }
    const isWritten = message.kind === 'begin' || message.kind === 'transaction';
    if (!isWritten || storage.fault === null) {
      this.#take(message);
      return;
    }
    this.#unheard = [message];
    this.#silence?.cancel();
    const attempt = this.#attempt;
    storage.write(process, () => {
      if (attempt !== this.#attempt) return;
      const [written, ...rest] = this.#unheard;
      this.#unheard = [];
      if (written !== undefined) this.#take(written);
      for (const later of rest) this.#hear(later);
    });
  }

  #take(message: ToReplica): void {
    const { relayLog, process, onReceived, onMoved } = this.#parts;
    this.#heardSomething();
    switch (message.kind) {
      case 'welcome':
        this.#welcome(message);
        onMoved();
        break;
      case 'heartbeat':
        this.heartbeats += 1;
        this.lastHeartbeatAt = process.now;
        relayLog.skipTo(message.at, message.place);
        onMoved();
        break;
      case 'rotated':
        relayLog.skipTo(message.at, message.place);
        onMoved();
        break;
      case 'begin':
        relayLog.begin(message.gtid, process.now);
        break;
      case 'transaction':
        this.#queue(message);
        if (this.#semiSync) this.#stream?.send({ kind: 'ack', upTo: message.place });
        onReceived();
        break;
      case 'error':
        this.#sourceServerId = message.serverId;
        this.#sourceUuid = message.uuid;
        this.#giveUp(message.number, message.text);
    }
  }

  #queue({ received, place }: Extract<ToReplica, { kind: 'transaction' }>): void {
    const { relayLog, process, options, settings } = this.#parts;
    const { transaction } = received;
    // In a ring its own come back to it, and would go round for ever. Where it goes by GTID they are not sent.
    if (settings().gtid === 'off' && !options.isBinlogServer && transaction.serverId === options.serverId) {
      relayLog.dropPartial();
      relayLog.skipTo(received.to, place);
      return;
    }
    relayLog.add(received, process.now, place);
    this.lastQueuedAt = process.now;
    this.#position = withGtid(this.#position, transaction.gtid);
  }

  #welcome({ serverId, uuid, writer, place, at }: Extract<ToReplica, { kind: 'welcome' }>): void {
    const { options, relayLog } = this.#parts;
    if (serverId === options.serverId) {
      this.#giveUp(FATAL[options.family], equalServerIdsText(options.family));
      return;
    }
    if (options.family === 'mysql' && writer.gtidMode !== options.gtidMode && !options.isBinlogServer) {
      this.#giveUp(FATAL.mysql, otherGtidModeText(writer.gtidMode, options.gtidMode));
      return;
    }
    // The source begins anew after the last whole one: half a transaction of the former stream is rolled back.
    relayLog.dropPartial();
    relayLog.connected(writer, at, place);
    this.#state = 'connected';
    this.#wasConnected = true;
    this.#sourceServerId = serverId;
    this.#sourceUuid = uuid;
    this.#clearError();
  }

  #heardSomething(): void {
    const { options, process } = this.#parts;
    this.#silence?.cancel();
    const attempt = this.#attempt;
    // Nothing for so long, not even a heartbeat: the connection is given up and made anew.
    this.#silence = process.after(options.replicaNetTimeoutMillis, () => {
      if (attempt === this.#attempt) this.#connect();
    });
  }

  #fail(number: number, failure: ConnectFailure): void {
    const { options, process, settings } = this.#parts;
    this.errorNumber = number;
    this.errorText = connectErrorText(options, settings(), failure, this.#wasConnected);
    this.#hangUp();
    const attempt = this.#attempt;
    this.#retry = process.after(connectRetryMillis(settings()), () => {
      if (attempt === this.#attempt) this.#connect();
    });
  }

  #giveUp(number: number, text: string): void {
    this.stop();
    this.errorNumber = number;
    this.errorText = text;
  }

  #clearError(): void {
    this.errorNumber = 0;
    this.errorText = '';
  }

  #hangUp(): void {
    this.#attempt += 1;
    this.#unheard = [];
    this.#silence?.cancel();
    this.#retry?.cancel();
    this.#stream?.close();
    this.#stream = null;
  }
}
