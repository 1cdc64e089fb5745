// For tests of the door: a small pretended server.

import type { SessionOptions, SqlOutcome, SqlSession } from '../../../sim/sql-session.ts';
import type { SqlError } from '../door-errors.ts';
import type { NumberedSqlServer } from '../numbered-sql-server.ts';
import { done, failed, rowsOf } from './outcomes.ts';

/** A packet with this statement in it is not answered until `answerWaiting`. */
export const waitStatement = 'WAIT';

interface OpenSession extends SessionOptions {
  readonly id: number;
}

/** Answers statements it was told the outcomes of. */
export class SmallServer implements NumberedSqlServer {
  readonly version = '8.4.99-pretended';
  /** As the process list shows them. */
  readonly sessions = new Map<number, OpenSession>();
  /** Packets, in the order they were read. */
  readonly heard: string[] = [];
  /** What the next clients are refused with. */
  refusal: SqlError | null = null;
  /** What the statements of a packet come to, when it is not the sum of each. */
  outcomesOf: ((sql: string) => readonly SqlOutcome[]) | null = null;
  readonly #outcomes: Readonly<Record<string, SqlOutcome>>;
  #waiting: (() => void)[] = [];
  #lastId = 0;

  constructor(outcomes: Readonly<Record<string, SqlOutcome>> = {}) {
    this.#outcomes = outcomes;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  takeSessionId(): number {
    return ++this.#lastId;
  }

  openSession(options: OpenSession): ReturnType<NumberedSqlServer['openSession']> {
    if (this.refusal !== null) return { kind: 'refused', error: this.refusal };
    const { id } = options;
    this.sessions.set(id, options);
    const session: SqlSession = {
      id,
      query: (sql, hear) => this.#query(id, sql, hear),
      close: () => void this.sessions.delete(id),
    };
    return { kind: 'open', session };
  }

  /** Ends a session, as KILL does. */
  kill(id: number): void {
    const killed = this.sessions.get(id);
    this.sessions.delete(id);
    killed?.onClosed();
  }

  answerWaiting(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }

  #query(id: number, sql: string, hear: (outcomes: readonly SqlOutcome[]) => void): void {
    this.heard.push(sql);
    const statements = sql.split(';').map((statement) => statement.trim());
    const outcomes = this.outcomesOf?.(sql) ?? statements.map((statement) => this.#outcomeOf(id, statement));
    const firstError = outcomes.findIndex(({ kind }) => kind === 'error');
    const answer = (): void => hear(firstError < 0 ? outcomes : outcomes.slice(0, firstError + 1));
    if (statements.includes(waitStatement)) this.#waiting.push(answer);
    else answer();
  }

  #outcomeOf(id: number, statement: string): SqlOutcome {
    if (statement === waitStatement) return done(0);
    if (statement === 'SELECT CONNECTION_ID()') return rowsOf({ id });
    return this.#outcomes[statement] ?? failed(1064, '42000', `You have an error in your SQL syntax: ${statement}`);
  }
}
