/**
 * SQL through the pretended network: the door of a server for clients that log in and ask, and the wire port that orchestrator's links use.
 */
import { millis } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  Answer,
  Dial,
  DialOptions,
  DialResult,
  Row,
  RowShape,
  Rows,
  ServerWire,
  Session,
} from '../ports/server-wire.ts';
import type { Listener, Network, Place, StreamEnd, StreamHandlers } from './network.ts';
import type { Process } from './process.ts';
import type { PretendServer } from './server/pretend-server.ts';
import type { SqlOutcome, SqlServer, SqlSession, SqlValue } from './sql-session.ts';

export type ToSqlServer =
  | { readonly kind: 'login'; readonly user: string; readonly clientHost: string; readonly clientPort: number }
  | { readonly kind: 'query'; readonly sql: string }
  | { readonly kind: 'ping' };

export type ToSqlClient =
  | { readonly kind: 'welcome'; readonly sessionId: number }
  | { readonly kind: 'refused'; readonly error: Extract<SqlOutcome, { kind: 'error' }> }
  | { readonly kind: 'answer'; readonly outcomes: readonly SqlOutcome[] }
  | { readonly kind: 'pong' };

export type SqlListener = Listener<ToSqlServer, ToSqlClient>;

/** A process that hangs accepts and says nothing; one that has died leaves its clients with a closed connection. */
export function sqlListener(server: PretendServer, sql: SqlServer): SqlListener {
  return {
    place: server.name,
    process: () => server.process,
    door: () => server.door(),
    accept: (end) => acceptClient(server, sql, end),
  };
}

function acceptClient(server: PretendServer, sql: SqlServer, end: StreamEnd<ToSqlClient>): StreamHandlers<ToSqlServer> {
  const { process } = server.running;
  let session: SqlSession | null = null;
  // The operating system closes the connections of a process that dies, also of one that never answered. A host without power tells nobody.
  const death = server.onDeath(() => {
    if (server.door() !== 'dark') end.close();
  });
  const login = ({ user, clientHost, clientPort }: Extract<ToSqlServer, { kind: 'login' }>): void => {
    const opened = sql.openSession({ user, clientHost, clientPort, onClosed: () => end.close() });
    if (opened.kind === 'refused') {
      end.send(opened);
      return;
    }
    ({ session } = opened);
    end.send({ kind: 'welcome', sessionId: session.id });
  };
  return {
    onMessage: (message) =>
      process.run(() => {
        if (message.kind === 'login') login(message);
        else if (message.kind === 'ping') end.send({ kind: 'pong' });
        else session?.query(message.sql, (outcomes) => end.send({ kind: 'answer', outcomes }));
      }),
    onClosed: () => {
      death.cancel();
      process.run(() => session?.close());
    },
  };
}

export interface WireWorld {
  readonly network: Network;
  readonly from: Place;
  readonly clock: Clock;
  /** Of the node; what reaches it while it hangs waits, and nothing reaches a dead one. */
  readonly process: Process;
  /** Null: no such host. */
  readonly find: (key: InstanceKey) => SqlListener | null;
  readonly nextPort: () => number;
  /** Code of the node is about to run. */
  readonly touch: () => void;
  /** A stream was opened: the operating system closes it when the node dies. */
  readonly opened: (stream: StreamEnd<ToSqlServer>) => void;
}

export function dialThrough(world: WireWorld): Dial {
  return (options) => {
    if (options.tls !== undefined) return Promise.resolve({ kind: 'failed', failure: NO_TLS });
    return new Promise((resolve) => {
      new PretendWire(world, options, resolve).dial();
    });
  };
}

/** Pretended servers know no TLS, and say so as the driver does. */
const NO_TLS: ServerFailure = {
  kind: 'network',
  phase: 'connect',
  code: 'HANDSHAKE_NO_SSL_SUPPORT',
  text: 'the server does not support secure connections',
};

class PretendWire implements ServerWire {
  readonly #world: WireWorld;
  readonly #options: DialOptions;
  #settleDial: ((result: DialResult) => void) | null;
  #stream: StreamEnd<ToSqlServer> | null = null;
  #ended = false;
  #sessionId = 0;
  readonly #clientPort: number;
  #pending: ((answer: Answer) => void) | null = null;

  constructor(world: WireWorld, options: DialOptions, settle: (result: DialResult) => void) {
    this.#world = world;
    this.#options = options;
    this.#settleDial = settle;
    this.#clientPort = world.nextPort();
  }

  get usable(): boolean {
    return !this.#ended;
  }

  get session(): Session {
    return { id: this.#sessionId, clientPort: this.#clientPort };
  }

  dial(): void {
    const { network, from, find, clock } = this.#world;
    const { key, credentials, connectTimeoutMillis } = this.#options;
    const listener = find(key);
    if (listener === null) {
      const text = `dial tcp: lookup ${key.hostname}: no such host`;
      this.#dialled({ kind: 'failed', failure: { kind: 'unresolvable', phase: 'connect', text } });
      return;
    }
    clock.after(millis(connectTimeoutMillis), () =>
      this.#dialled({ kind: 'failed', failure: timeout('connect', key) }),
    );
    this.#stream = network.dial(from, listener, {
      onOpen: () => {
        const account = { user: credentials.user, clientHost: from, clientPort: this.#clientPort };
        this.#stream?.send({ kind: 'login', ...account });
      },
      onRefused: this.#mine(() => {
        const text = `dial tcp ${instanceKeyText(key)}: connect: connection refused`;
        this.#dialled({ kind: 'failed', failure: { kind: 'refused', phase: 'connect', text } });
      }),
      onMessage: (message) => this.#mine(() => this.#hear(message))(),
      onClosed: this.#mine(() => this.#lost()),
    });
    this.#world.opened(this.#stream);
  }

  async ask(sql: string, deadlineMillis: number, shape: RowShape = 'by-name'): Promise<Answer> {
    const answer = await this.#send({ kind: 'query', sql }, deadlineMillis);
    if (shape === 'by-name') return answer;
    return { ...answer, results: answer.results.map((rows) => rows.map((row) => ({ ...Object.values(row) }))) };
  }

  #send(message: ToSqlServer, deadlineMillis: number): Promise<Answer> {
    if (this.#ended) return Promise.resolve({ kind: 'failed', results: [], failure: LOST });
    return new Promise((resolve) => {
      const timer = this.#world.clock.after(millis(deadlineMillis), () => {
        this.#answer({ kind: 'failed', results: [], failure: timeout('answer', this.#options.key) });
        this.destroy();
      });
      this.#pending = (answer) => {
        timer.cancel();
        resolve(answer);
      };
      this.#stream?.send(message);
    });
  }

  async ping(deadlineMillis: number): Promise<ServerFailure | null> {
    const answer = await this.#send({ kind: 'ping' }, deadlineMillis);
    return answer.kind === 'failed' ? answer.failure : null;
  }

  destroy(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream?.close();
    this.#answer({ kind: 'failed', results: [], failure: LOST });
  }

  #mine(work: () => void): () => void {
    return () =>
      this.#world.process.run(() => {
        this.#world.touch();
        work();
      });
  }

  #hear(message: ToSqlClient): void {
    if (this.#ended) return;
    switch (message.kind) {
      case 'welcome':
        this.#sessionId = message.sessionId;
        this.#dialled({ kind: 'connected', wire: this });
        break;
      case 'refused':
        this.#dialled({ kind: 'failed', failure: failureOf(message.error, 'connect') });
        break;
      case 'answer':
        this.#answer(answerOf(message.outcomes));
        break;
      case 'pong':
        this.#answer({ kind: 'complete', results: [] });
    }
  }

  #dialled(result: DialResult): void {
    const settle = this.#settleDial;
    if (settle === null) return;
    this.#settleDial = null;
    if (result.kind === 'failed') {
      this.#ended = true;
      this.#stream?.close();
    }
    settle(result);
  }

  #lost(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#settleDial !== null) {
      this.#dialled({ kind: 'failed', failure: { ...LOST, phase: 'connect' } });
      return;
    }
    this.#answer({ kind: 'failed', results: [], failure: LOST });
    this.#options.onBroken?.(LOST);
  }

  #answer(answer: Answer): void {
    const pending = this.#pending;
    this.#pending = null;
    pending?.(answer);
  }
}

const LOST: ServerFailure = { kind: 'lost', phase: 'answer', text: 'driver: bad connection' };

function timeout(phase: 'connect' | 'answer', key: InstanceKey): ServerFailure {
  const verb = phase === 'connect' ? 'dial' : 'read';
  return { kind: 'timeout', phase, text: `${verb} tcp ${instanceKeyText(key)}: i/o timeout` };
}

function failureOf(
  { number, sqlState, message }: Extract<SqlOutcome, { kind: 'error' }>,
  phase: 'connect' | 'answer',
): ServerFailure {
  return { kind: 'server-error', phase, number, sqlState, text: `Error ${number} (${sqlState}): ${message}` };
}

/** As the driver gives it: an object a row; statements without rows give an empty list. */
function answerOf(outcomes: readonly SqlOutcome[]): Answer {
  const results: Rows[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind === 'error') return { kind: 'failed', results, failure: failureOf(outcome, 'answer') };
    results.push(outcome.kind === 'rows' ? outcome.rows.map((row) => rowOf(outcome, row)) : []);
  }
  return { kind: 'complete', results };
}

function rowOf({ columns }: Extract<SqlOutcome, { kind: 'rows' }>, values: readonly SqlValue[]): Row {
  const row: Record<string, unknown> = {};
  for (const [index, { name }] of columns.entries()) row[name] = driverValue(values[index] ?? null);
  return row;
}

const driverValue = (value: SqlValue): unknown =>
  typeof value === 'bigint' && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
