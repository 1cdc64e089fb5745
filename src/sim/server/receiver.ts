/**
 * A replica's receiver: connects to its source, writes what comes to the relay log, acknowledges it, and connects anew when the source is lost.
 */
import type { Planned } from '../event-queue.ts';
import type { StreamEnd } from '../network.ts';
import type { Process } from '../process.ts';
import type { ToReplica, ToSource } from './dump-messages.ts';
import type { Position } from './gtid-state.ts';
import type { RelayLog } from './relay-log.ts';
import type { ReplicaSettings } from './replica-settings.ts';
import type { ServerOptions } from './server-options.ts';

export type ReceiverState = 'stopped' | 'connecting' | 'connected';

/** Client library: `Can't connect`, and the fatal ones that stop a receiver for good. */
const CANNOT_CONNECT = 2003;
const SAME_SERVER_ID = 13117;

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
  readonly settings: () => ReplicaSettings;
  /** Executed and received. */
  readonly has: () => Position;
  readonly acknowledges: () => boolean;
  /** Null: no such host. */
  readonly dial: (settings: ReplicaSettings, handlers: ReceiverHandlers) => StreamEnd<ToSource> | null;
  readonly onReceived: () => void;
}

export class Receiver {
  readonly #parts: ReceiverParts;
  #state: ReceiverState = 'stopped';
  #attempt = 0;
  #stream: StreamEnd<ToSource> | null = null;
  #silence: Planned | null = null;
  #retry: Planned | null = null;
  #semiSync = false;
  #sourceServerId = 0;
  #sourceUuid = '';
  heartbeats = 0;
  errorNumber = 0;
  errorText = '';

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
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

  /** `Rpl_semi_sync_replica_status`. */
  get acknowledges(): boolean {
    return this.#semiSync && this.#state === 'connected';
  }

  start(): void {
    if (this.#state !== 'stopped') return;
    this.#parts.relayLog.dropPartial();
    this.errorNumber = 0;
    this.errorText = '';
    this.heartbeats = 0;
    this.#connect();
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
      onRefused: mine(() => this.#fail(CANNOT_CONNECT, 'connection refused')),
      onMessage: (message) => mine(() => this.#hear(message))(),
      onClosed: mine(() => this.#connect()),
    });
    if (this.#stream === null) {
      this.#fail(2005, 'unknown host');
      return;
    }
    this.#silence = process.after(options.replicaNetTimeoutMillis, () => {
      if (attempt === this.#attempt) this.#fail(CANNOT_CONNECT, 'timed out');
    });
  }

  #dump(): void {
    const { options, has, acknowledges } = this.#parts;
    this.#semiSync = acknowledges();
    this.#stream?.send({
      kind: 'dump',
      serverId: options.serverId,
      uuid: options.uuid,
      host: options.host,
      port: options.port,
      has: has(),
      semiSync: this.#semiSync,
      heartbeatMillis: options.heartbeatPeriodMillis,
    });
  }

  #hear(message: ToReplica): void {
    const { relayLog, process, onReceived } = this.#parts;
    this.#heardSomething();
    switch (message.kind) {
      case 'welcome':
        this.#welcome(message);
        break;
      case 'heartbeat':
        this.heartbeats += 1;
        break;
      case 'begin':
        relayLog.begin(message.gtid, process.now);
        break;
      case 'transaction':
        relayLog.add(message.transaction, process.now);
        if (this.#semiSync) this.#stream?.send({ kind: 'ack', upTo: message.place });
        onReceived();
        break;
      case 'error':
        this.#giveUp(message.number, message.text);
    }
  }

  #welcome({ serverId, uuid }: Extract<ToReplica, { kind: 'welcome' }>): void {
    const { options, relayLog } = this.#parts;
    if (serverId === options.serverId) {
      this.#giveUp(SAME_SERVER_ID, 'source and replica have equal server ids');
      return;
    }
    // The source begins anew after the last whole one: half a transaction of the former stream is rolled back.
    relayLog.dropPartial();
    this.#state = 'connected';
    this.#sourceServerId = serverId;
    this.#sourceUuid = uuid;
    this.errorNumber = 0;
    this.errorText = '';
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

  #fail(number: number, reason: string): void {
    const { options, process, settings } = this.#parts;
    this.errorNumber = number;
    const { user, host, port } = settings();
    const verb = options.family === 'mysql' ? 'Error connecting to source' : 'error connecting to master';
    this.errorText = `${verb} '${user}@${host}:${port}'. This was attempt 1/86400, with a delay of 1 seconds between attempts. Message: ${reason}`;
    this.#hangUp();
    const attempt = this.#attempt;
    this.#retry = process.after(options.connectRetryMillis, () => {
      if (attempt === this.#attempt) this.#connect();
    });
  }

  #giveUp(number: number, text: string): void {
    this.stop();
    this.errorNumber = number;
    this.errorText = text;
  }

  #hangUp(): void {
    this.#attempt += 1;
    this.#silence?.cancel();
    this.#retry?.cancel();
    this.#stream?.close();
    this.#stream = null;
  }
}
