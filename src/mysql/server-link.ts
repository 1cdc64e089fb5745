/**
 * Our link to one server: the kept-open connection that probes use and that is the alarm wire, and a second one for commands,
 * so that a command that waits on the server never delays a probe.
 */
import { millis } from '../model/brand.ts';
import type { CloneReading } from '../model/clone-run.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { addressOf, instanceKeyText } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { isTooManyConnections, type ServerFailure } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Credentials, Dial, RowShape, Rows, ServerWire } from '../ports/server-wire.ts';
import type { ClaimResult } from '../ports/topology-servers.ts';
import { beginClone } from './begin-clone.ts';
import { readCloneFacts } from './clone-facts.ts';
import { CommandConnections, type Lent, type Opened } from './command-connections.ts';
import {
  type ConfiguredAnswers,
  type ConfiguredQuery,
  type Dialect,
  type ProbeFacts,
  type ProbeSection,
  TOLD_NOTHING,
  type ToldReplica,
} from './dialect.ts';
import { dialectForVersion, unsupportedText } from './dialect-for-version.ts';
import { type ExecuteResult, type ExecuteTimeouts, executeCommands } from './execute-commands.ts';
import { greet } from './greet.ts';
import { rescue } from './rescue.ts';
import {
  askInOnePacket,
  askOneByOne,
  askSections,
  CONFIGURED_PREFIX,
  type PacketResult,
  type RefusedSection,
} from './section-packet.ts';
import { NEVER_SECURED, SecuredDial, type TlsPolicy } from './secured-dial.ts';
import { claimOn, NOT_CONNECTED, releaseOn } from './server-claim.ts';
import { WriteProbe, type WriteProbeResult, type WriteProbeTable } from './write-probe.ts';

export interface LinkTimeouts {
  readonly connectMillis: number;
  /** For the answer to a probe. */
  readonly answerMillis: number;
}

export interface LinkOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly credentials: () => Credentials;
  /** Absent: connections are never secured. */
  readonly tls?: {
    readonly policy: () => TlsPolicy;
    /** It was found out that the server wants secured connections. */
    readonly onDemanded: (key: InstanceKey) => void;
  };
  readonly onBroken: (key: InstanceKey, failure: ServerFailure) => void;
  /** Asked along with each probe, in the same packet. */
  readonly configuredQueries: () => readonly ConfiguredQuery[];
  /** Whether each server is asked if it is a binlog server; one round trip more a greeting. Absent: none is. */
  readonly checksMaxScale?: () => boolean;
}

export type ProbeResult =
  | {
      readonly kind: 'answered';
      readonly facts: ProbeFacts;
      readonly configured: ConfiguredAnswers;
      /** Sections and queries that the server would not answer, with its words; each is left out on this connection for a while. */
      readonly refused: readonly RefusedSection[];
    }
  /** `partial`: in this probe the server said who it is, yet gave no whole answer (A10; spec/discovery.md 9.2 step 6). */
  | { readonly kind: 'failed'; readonly failure: ServerFailure; readonly partial: boolean };

/** Who had it before is known to whoever claims it again and again. */
export type LinkClaim =
  | Exclude<ClaimResult, { kind: 'claimed' }>
  | Omit<Extract<ClaimResult, { kind: 'claimed' }>, 'wasTaken'>;

export type QueryResult =
  | { readonly kind: 'rows'; readonly rows: Rows }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

/** What a connection learned when it opened. Learned anew now and then: plugins come and go, privileges change. */
interface Greeting {
  readonly dialect: Dialect;
  readonly sections: readonly ProbeSection[];
  readonly refused: readonly RefusedSection[];
  readonly learnedAtMillis: number;
}

/** A connection asks again which variables exist after this long. */
const GREETING_VALID_MILLIS = 300_000;

/** The section of a probe in which a server says who it is; binlog servers have none, and are never partly alive (spec/discovery.md 9.2 step 6). */
const IDENTITY_SECTION = 'variables';

/** For an answer about a clone that is about to begin. */
const CLONE_ANSWER_MILLIS = 3_000;

/** How long a probe waits for a command that has borrowed its connection. */
const LENT_MILLIS = 10_000;

export class ServerLink {
  readonly key: InstanceKey;
  readonly #options: LinkOptions;
  #probing: ServerWire | null = null;
  #replica: ToldReplica | null = null;
  #greeting: Greeting | null = null;
  /** Kept over reconnects: it is needed when nobody is let in to ask for it. */
  #adminPort: number | null = null;
  /** Whoever uses the probe's connection at last has ended. */
  #turn: Promise<void> = Promise.resolve();
  /** How many use it or wait for it. */
  #turns = 0;
  #isLent = false;
  readonly #commanding: CommandConnections;
  readonly #writing: WriteProbe;
  readonly #dialling: SecuredDial;
  #closed = false;

  constructor(key: InstanceKey, options: LinkOptions) {
    this.key = key;
    this.#options = options;
    this.#dialling = new SecuredDial({
      dial: options.dial,
      clock: options.clock,
      policy: options.tls?.policy ?? (() => NEVER_SECURED),
      onDemanded: () => options.tls?.onDemanded(key),
    });
    this.#writing = new WriteProbe((connectMillis) => this.#open(connectMillis));
    this.#commanding = new CommandConnections({
      clock: options.clock,
      open: (connectMillis) => this.#open(connectMillis),
      takesSettings: () => this.dialect?.understandsLittle !== true,
      borrow: () => this.#lendProbing(),
    });
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }

  /** How the server replicates, as the last probe saw it; null until one was answered. */
  get replica(): ToldReplica | null {
    return this.#replica;
  }

  /** Null until a probe has told the version. */
  get dialect(): Dialect | null {
    return this.#greeting?.dialect ?? null;
  }

  /** One probe: one round trip on an open connection. Two at once queue behind each other. */
  async probe(timeouts: LinkTimeouts): Promise<ProbeResult> {
    const turn = this.#takeTurn();
    const end = this.#isLent ? await this.#inTime(turn) : await turn;
    // Nothing was asked, so nothing was answered: a server that hangs in that command looks the same.
    return end === null ? { kind: 'failed', failure: OCCUPIED, partial: false } : this.#probe(timeouts).finally(end);
  }

  /**
   * Asks on the open connection whether the server is still there; null: it is. `busy`: a probe is under way, whose answer will tell, or there is no
   * connection. Cheap enough to be asked far more often than a probe.
   */
  async pulse(answerMillis: number): Promise<ServerFailure | 'busy' | null> {
    const connection = this.#probing;
    if (connection === null || !connection.usable || this.#turns > 0) return 'busy';
    const end = await this.#takeTurn();
    try {
      return connection.usable ? await connection.ping(answerMillis) : 'busy';
    } finally {
      end();
    }
  }

  /** A command that waits on the server may have the connection for hours: the server would look as fresh as it last was all that time. */
  #inTime(turn: Promise<() => void>): Promise<(() => void) | null> {
    const { promise, resolve } = Promise.withResolvers<(() => void) | null>();
    let isLate = false;
    const timer = this.#options.clock.after(millis(LENT_MILLIS), () => {
      isLate = true;
      resolve(null);
    });
    void turn.then((end) => {
      timer.cancel();
      // Nobody waits any more: the next one is not held up.
      if (isLate) end();
      else resolve(end);
    });
    return promise;
  }

  async #probe(timeouts: LinkTimeouts): Promise<ProbeResult> {
    let connection = this.#probing;
    if (connection === null || !connection.usable) {
      const opened = await this.#open(timeouts.connectMillis, (failure) => this.#options.onBroken(this.key, failure));
      if (opened.kind === 'failed') return { kind: 'failed', failure: opened.failure, partial: false };
      connection = opened.connection;
      this.#probing = connection;
      this.#greeting = null;
    }
    const greeting = await this.#greet(connection, timeouts);
    if ('kind' in greeting) return greeting;
    return this.#ask(connection, greeting, timeouts);
  }

  async #open(connectTimeoutMillis: number, onBroken?: (failure: ServerFailure) => void): Promise<Opened> {
    const address = addressOf(this.key);
    if (address === null || this.#closed) {
      const text = `dial tcp: ${instanceKeyText(this.key)} cannot be dialled`;
      return { kind: 'failed', failure: { kind: 'network', phase: 'connect', code: '', text } };
    }
    const dial = (key: InstanceKey) =>
      this.#dialling.dial({
        key,
        credentials: this.#options.credentials(),
        connectTimeoutMillis,
        ...(onBroken === undefined ? {} : { onBroken }),
      });
    const usual = await dial(this.key);
    // A6: its clients have taken all that it has, and would keep us from seeing that it lives, or from telling it anything.
    const isTurnedAway = usual.kind === 'failed' && isTooManyConnections(usual.failure);
    const opened =
      isTurnedAway && this.#adminPort !== null ? await dial({ ...this.key, port: this.#adminPort }) : usual;
    // Closed while it was dialling: nobody else would ever end this connection.
    if (opened.kind === 'failed') return opened;
    if (this.#closed) opened.wire.destroy();
    return { kind: 'connected', connection: opened.wire };
  }

  async #greet(connection: ServerWire, timeouts: LinkTimeouts): Promise<Greeting | ProbeResult> {
    const known = this.#greeting;
    if (known !== null && this.#now() - known.learnedAtMillis < GREETING_VALID_MILLIS) return known;
    const checksMaxScale = this.#options.checksMaxScale?.() === true;
    const greeted = await greet(connection, checksMaxScale, timeouts.answerMillis);
    if (greeted.kind === 'failed') return { kind: 'failed', failure: greeted.failure, partial: false };
    const { variables, version, adminPort } = greeted;
    this.#adminPort = adminPort;
    const dialect = dialectForVersion(version);
    if (dialect === null) {
      // It has answered all that it was asked: it is we who do not understand it.
      return {
        kind: 'failed',
        partial: true,
        failure: { kind: 'network', phase: 'answer', code: 'UNSUPPORTED_VERSION', text: unsupportedText(version) },
      };
    }
    const sections = [
      ...dialect.probeSections(variables, version),
      ...(dialect.understandsLittle === true ? [] : configuredSections(this.#options.configuredQueries())),
    ];
    const greeting = { dialect, sections, refused: [], learnedAtMillis: this.#now() };
    this.#greeting = greeting;
    return greeting;
  }

  async #ask(connection: ServerWire, greeting: Greeting, timeouts: LinkTimeouts): Promise<ProbeResult> {
    const how = greeting.dialect.understandsLittle === true ? askOneByOne(this.#options.clock) : askInOnePacket;
    const answer = await askSections(connection, greeting.sections, timeouts.answerMillis, how);
    if (answer.kind === 'failed') {
      // A10: partly alive is who answered now, not whose connection is open: a server that hangs would be no problem to anybody (line 6 of the ladder).
      return { kind: 'failed', failure: answer.failure, partial: answer.cameBack.has(IDENTITY_SECTION) };
    }
    const { rows, sections } = answer;
    const refused = [...greeting.refused, ...answer.refused];
    // What was refused is left out for a while.
    this.#greeting = { ...greeting, sections, refused };
    const empty = sections.find(({ name, needsRow }) => needsRow === true && rows.get(name)?.length === 0);
    if (empty !== undefined) {
      return { kind: 'failed', failure: nothingSaid(empty), partial: rows.has(IDENTITY_SECTION) };
    }
    const facts = greeting.dialect.readProbe(this.key, rows);
    const { channel, receiverOptions } = facts.instance;
    this.#replica = { channel, receiverOptions };
    return { kind: 'answered', facts, configured: configuredAnswers(rows), refused };
  }

  /**
   * Runs commands one after another on a connection apart from the probe's (`execute-commands.ts`). Refuses when the server's dialect is not known: nothing is
   * ever sent blindly.
   */
  execute(commands: readonly ServerCommand[], dialect: Dialect, timeouts: ExecuteTimeouts): Promise<ExecuteResult> {
    const parts = { connections: this.#commanding, clock: this.#options.clock };
    const [first] = commands;
    if (first?.kind === 'clone' && commands.length === 1) {
      const read = () => this.clone({ ...timeouts, answerMillis: CLONE_ANSWER_MILLIS });
      return beginClone({ ...parts, read }, first, dialect, timeouts);
    }
    if (first?.kind === 'rescue' && commands.length === 1) return rescue(parts, first, dialect, timeouts);
    const told = { account: this.#options.credentials().user, replica: this.#replica ?? TOLD_NOTHING };
    return executeCommands({ ...parts, ...told }, commands, dialect, timeouts);
  }

  /** What the server tells of its CLONE plugin. */
  clone(timeouts: LinkTimeouts): Promise<CloneReading> {
    return readCloneFacts(this, timeouts);
  }

  /** On the probe's connection: there is one to every server already, and it is used as long as the server is watched (`server-claim.ts`). */
  async claim(answerMillis: number): Promise<LinkClaim> {
    const connection = this.#probing;
    const { dialect } = this;
    if (connection === null || dialect === null || dialect.understandsLittle === true) return notConnected();
    const claim = await this.#inTurnOn(connection, () => claimOn(connection, answerMillis));
    if (claim === null) return notConnected();
    if (claim.kind !== 'claimed') return claim;
    const release = async (): Promise<void> => {
      await this.#inTurnOn(connection, () => releaseOn(connection, answerMillis));
    };
    return { ...claim, release };
  }

  /** Null: the connection cannot be had. */
  async #inTurnOn<Value>(connection: ServerWire, work: () => Promise<Value>): Promise<Value | null> {
    const turn = this.#takeTurn();
    const end = this.#isLent ? await this.#inTime(turn) : await turn;
    if (end === null) return null;
    try {
      return connection.usable ? await work() : null;
    } finally {
      end();
    }
  }

  /** Whether it can commit (A11), on a connection of its own. Resolves when the server has answered, however long that takes. */
  write(table: WriteProbeTable, connectMillis: number): Promise<WriteProbeResult> {
    return this.#writing.write(table, connectMillis);
  }

  /** The connection of writes is not needed, for now. */
  endWriting(): void {
    this.#writing.rest();
  }

  /** A read with a statement of the caller, such as a configured query, on the command connection. */
  query(sql: string, timeouts: LinkTimeouts): Promise<QueryResult> {
    return this.#query(sql, timeouts, 'by-name');
  }

  /** The values of each row by the place of their column. */
  queryByPlace(sql: string, timeouts: LinkTimeouts): Promise<QueryResult> {
    return this.#query(sql, timeouts, 'by-place');
  }

  async #query(sql: string, timeouts: LinkTimeouts, shape: RowShape): Promise<QueryResult> {
    const acquired = await this.#commanding.acquire(timeouts.connectMillis);
    if (acquired.kind === 'failed') return acquired;
    const answer = await acquired.connection.ask(sql, timeouts.answerMillis, shape);
    this.#commanding.release(acquired.connection);
    if (answer.kind === 'failed') return answer;
    return { kind: 'rows', rows: answer.results[0] ?? [] };
  }

  /** Several reads in one packet on the command connection; what the server refuses is left out and told. */
  async querySections(sections: readonly ProbeSection[], timeouts: LinkTimeouts): Promise<PacketResult> {
    const acquired = await this.#commanding.acquire(timeouts.connectMillis);
    if (acquired.kind === 'failed') return { ...acquired, cameBack: new Set() };
    try {
      return await askSections(acquired.connection, sections, timeouts.answerMillis);
    } finally {
      this.#commanding.release(acquired.connection);
    }
  }

  /** For a command, when no probe is under way; probes wait until it is given back. */
  async #lendProbing(): Promise<Lent | null> {
    if (this.#isLent) return null;
    this.#isLent = true;
    const giveBack = await this.#takeTurn();
    const end = (): void => {
      this.#isLent = false;
      giveBack();
    };
    const connection = this.#probing;
    if (connection?.usable === true) return { connection, giveBack: end };
    end();
    return null;
  }

  /** Resolves when nobody else uses the probe's connection; the caller says when it has ended. */
  async #takeTurn(): Promise<() => void> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    this.#turns += 1;
    await before;
    return () => {
      this.#turns -= 1;
      resolve();
    };
  }

  close(): void {
    this.#closed = true;
    this.#commanding.close();
    this.#writing.close();
    this.#probing?.destroy();
  }
}

const notConnected = (): LinkClaim => ({ kind: 'failed', failure: NOT_CONNECTED });

const OCCUPIED: ServerFailure = {
  kind: 'timeout',
  phase: 'answer',
  text: 'a command has the only connection that the server lets us have',
};

const nothingSaid = ({ name }: ProbeSection): ServerFailure => {
  return { kind: 'network', phase: 'answer', code: 'NO_ROW', text: `there is no ${name} status` };
};

/** A query that holds a semicolon would shift every answer after it by one; it is left out. */
function configuredSections(queries: readonly ConfiguredQuery[]): readonly ProbeSection[] {
  return queries
    .map(({ name, sql }) => ({ name: CONFIGURED_PREFIX + name, sql: sql.trim().replace(/;+$/, ''), essential: false }))
    .filter(({ sql }) => sql !== '' && !sql.includes(';'));
}

function configuredAnswers(rows: ReadonlyMap<string, Rows>): ConfiguredAnswers {
  const answers = new Map<string, string | null>();
  for (const [name, [first]] of rows) {
    if (!name.startsWith(CONFIGURED_PREFIX) || first === undefined) continue;
    const [value] = Object.values(first);
    const text = value === null || value === undefined ? null : String(value);
    answers.set(name.slice(CONFIGURED_PREFIX.length), text);
  }
  return answers;
}
