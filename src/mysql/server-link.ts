/**
 * Our link to one server: the kept-open connection that probes use and that is the alarm wire, and a second one for commands,
 * so that a command that waits on the server never delays a probe.
 */
import type { InstanceKey } from '../model/instance-key.ts';
import { addressOf, instanceKeyText } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { parseServerVersion } from '../model/server-version.ts';
import type { Credentials } from './credentials.ts';
import type { ConfiguredAnswers, ConfiguredQuery, Dialect, ProbeFacts, ProbeSection } from './dialect.ts';
import { dialectForVersion, wantedVariables } from './dialect-for-version.ts';
import { textOf } from './row-values.ts';
import { type Rows, ServerConnection } from './server-connection.ts';

export interface LinkTimeouts {
  readonly connectMillis: number;
  /** For the answer to a probe. */
  readonly answerMillis: number;
}

export interface LinkOptions {
  readonly credentials: () => Credentials;
  readonly onBroken: (key: InstanceKey, failure: ServerFailure) => void;
  /** Asked along with each probe, in the same packet. */
  readonly configuredQueries: () => readonly ConfiguredQuery[];
}

export type ProbeResult =
  | {
      readonly kind: 'answered';
      readonly facts: ProbeFacts;
      readonly configured: ConfiguredAnswers;
      /** Sections and queries that the server would not answer, with its words; each is left out on this connection for a while. */
      readonly refused: readonly { readonly name: string; readonly failure: ServerFailure }[];
    }
  /** `partial`: the server talked to us, yet gave no whole answer (A10). */
  | { readonly kind: 'failed'; readonly failure: ServerFailure; readonly partial: boolean };

export type ExecuteResult =
  | { readonly kind: 'done'; readonly lastRows: Rows }
  | { readonly kind: 'failed'; readonly failure: ServerFailure; readonly completed: number };

/** What a connection learned when it opened. Learned anew now and then: plugins come and go, privileges change. */
interface Greeting {
  readonly dialect: Dialect;
  readonly sections: readonly ProbeSection[];
  readonly packet: string;
  readonly learnedAtMillis: number;
}

/** A connection asks again which variables exist after this long. */
const GREETING_VALID_MILLIS = 300_000;

/** A command connection that nobody used for this long is closed. */
const COMMAND_CONNECTION_IDLE_MILLIS = 30_000;

export class ServerLink {
  readonly key: InstanceKey;
  readonly #options: LinkOptions;
  #probing: ServerConnection | null = null;
  #greeting: Greeting | null = null;
  #commanding: ServerConnection | null = null;
  #commandIdle: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(key: InstanceKey, options: LinkOptions) {
    this.key = key;
    this.#options = options;
  }

  /** Null until a probe has told the version. */
  get dialect(): Dialect | null {
    return this.#greeting?.dialect ?? null;
  }

  /** One probe: one round trip on an open connection. Two at once are the caller's fault: they queue behind each other. */
  async probe(timeouts: LinkTimeouts): Promise<ProbeResult> {
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

  async #open(connectTimeoutMillis: number, onBroken?: (failure: ServerFailure) => void) {
    const address = addressOf(this.key);
    if (address === null || this.#closed) {
      const text = `dial tcp: ${instanceKeyText(this.key)} cannot be dialled`;
      return { kind: 'failed', failure: { kind: 'network', phase: 'connect', code: '', text } } as const;
    }
    return ServerConnection.connect({
      key: this.key,
      credentials: this.#options.credentials(),
      connectTimeoutMillis,
      ...(onBroken === undefined ? {} : { onBroken }),
    });
  }

  async #greet(connection: ServerConnection, timeouts: LinkTimeouts): Promise<Greeting | ProbeResult> {
    const known = this.#greeting;
    if (known !== null && performance.now() - known.learnedAtMillis < GREETING_VALID_MILLIS) return known;
    const answer = await connection.ask(GREETING_SQL, timeouts.answerMillis);
    if (answer.kind === 'failed') return { kind: 'failed', failure: answer.failure, partial: true };
    const values = new Map(
      (answer.results[0] ?? []).map((row) => [textOf(row, 'Variable_name').toLowerCase(), textOf(row, 'Value')]),
    );
    const version = parseServerVersion(values.get('version') ?? '', values.get('version_comment') ?? '');
    const dialect = dialectForVersion(version);
    if (dialect === null) {
      const text = `version ${version.text} is not supported yet`;
      return {
        kind: 'failed',
        partial: true,
        failure: { kind: 'network', phase: 'answer', code: 'UNSUPPORTED_VERSION', text },
      };
    }
    const sections = [
      ...dialect.probeSections(new Set(values.keys())),
      ...configuredSections(this.#options.configuredQueries()),
    ];
    const greeting = {
      dialect,
      sections,
      packet: sections.map((section) => section.sql).join('; '),
      learnedAtMillis: performance.now(),
    };
    this.#greeting = greeting;
    return greeting;
  }

  async #ask(connection: ServerConnection, greeting: Greeting, timeouts: LinkTimeouts): Promise<ProbeResult> {
    const refused: { name: string; failure: ServerFailure }[] = [];
    let sections = greeting.sections;
    let packet = greeting.packet;
    // Each turn leaves out the section that the server refused: one missing privilege costs its own facts, not the rest.
    for (;;) {
      const answer = await connection.ask(packet, timeouts.answerMillis);
      if (answer.kind === 'complete') {
        const rows = new Map(sections.map((section, index) => [section.name, answer.results[index] ?? []]));
        if (refused.length > 0) this.#greeting = { ...greeting, sections, packet };
        const facts = greeting.dialect.readProbe(this.key, rows);
        return { kind: 'answered', facts, configured: configuredAnswers(rows), refused };
      }
      const culprit = sections[answer.results.length];
      if (answer.failure.kind !== 'server-error' || culprit === undefined || culprit.essential) {
        return { kind: 'failed', failure: answer.failure, partial: true };
      }
      refused.push({ name: culprit.name.replace(CONFIGURED_PREFIX, ''), failure: answer.failure });
      sections = sections.filter((section) => section !== culprit);
      packet = sections.map((section) => section.sql).join('; ');
    }
  }

  /**
   * Runs commands one after another on a connection apart from the probe's. Stops at the first that fails.
   * Refuses when the server's dialect is not known: nothing is ever sent blindly.
   */
  async execute(
    commands: readonly ServerCommand[],
    dialect: Dialect,
    timeouts: { readonly connectMillis: number; readonly deadlineMillis: number },
  ): Promise<ExecuteResult> {
    const connection = await this.#commandConnection(timeouts.connectMillis);
    if (connection.kind === 'failed') return { kind: 'failed', failure: connection.failure, completed: 0 };
    const endAt = performance.now() + timeouts.deadlineMillis;
    let lastRows: Rows = [];
    for (const [completed, command] of commands.entries()) {
      const remaining = Math.max(1, endAt - performance.now());
      const answer = await connection.connection.ask(dialect.render(command).join('; '), remaining);
      if (answer.kind === 'failed') return { kind: 'failed', failure: answer.failure, completed };
      lastRows = answer.results.at(-1) ?? [];
    }
    return { kind: 'done', lastRows };
  }

  /** A read with a statement of the caller, such as a configured query, on the command connection. */
  async query(
    sql: string,
    timeouts: LinkTimeouts,
  ): Promise<
    { readonly kind: 'rows'; readonly rows: Rows } | { readonly kind: 'failed'; readonly failure: ServerFailure }
  > {
    const connection = await this.#commandConnection(timeouts.connectMillis);
    if (connection.kind === 'failed') return connection;
    const answer = await connection.connection.ask(sql, timeouts.answerMillis);
    if (answer.kind === 'failed') return answer;
    return { kind: 'rows', rows: answer.results[0] ?? [] };
  }

  async #commandConnection(connectMillis: number) {
    if (this.#commandIdle !== null) clearTimeout(this.#commandIdle);
    this.#commandIdle = setTimeout(() => this.#closeCommanding(), COMMAND_CONNECTION_IDLE_MILLIS);
    this.#commandIdle.unref();
    if (this.#commanding?.usable === true) return { kind: 'connected', connection: this.#commanding } as const;
    const opened = await this.#open(connectMillis);
    if (opened.kind === 'connected') this.#commanding = opened.connection;
    return opened;
  }

  #closeCommanding(): void {
    this.#commanding?.destroy();
    this.#commanding = null;
  }

  close(): void {
    this.#closed = true;
    if (this.#commandIdle !== null) clearTimeout(this.#commandIdle);
    this.#probing?.destroy();
    this.#closeCommanding();
  }
}

/** Which of the wanted variables the server has; the names of all dialects, since the version is in the answer. */
const GREETING_SQL = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${wantedVariables()
  .map((name) => `'${name}'`)
  .join(', ')})`;

const CONFIGURED_PREFIX = 'configured:';

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
