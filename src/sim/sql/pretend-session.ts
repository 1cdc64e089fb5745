/**
 * One session: takes packets in their turn, runs their statements one after another, and can be killed. A client that goes away leaves a statement that
 * waits to its fate, and what was sent behind it too; only then the session ends (seen on 9.7 and 10.11).
 */
import type { Process } from '../process.ts';
import type { SessionOptions, SqlOutcome, SqlSession } from '../sql-session.ts';
import { queryInterrupted } from './errors.ts';
import type { ParsedStatement } from './parse/parse-packet.ts';
import type { SessionState } from './session-state.ts';
import { refusalOf } from './sql-refusal.ts';
import type { Asking, LiveSession } from './statement.ts';

/** What reading and answering a packet takes, whatever is in it: no answer comes in the moment of the question. */
export const PACKET_MILLIS = 0.2;

export interface SessionParts {
  readonly state: SessionState;
  readonly options: SessionOptions;
  readonly asking: Asking;
  /** That the session began in. */
  readonly process: Process;
  readonly parse: (sql: string) => readonly ParsedStatement[];
  /** It is over: whatever it held is to be given back. */
  readonly onEnded: () => void;
}

interface Packet {
  readonly sql: string;
  readonly done: (outcomes: readonly SqlOutcome[]) => void;
}

interface Running {
  readonly text: string;
  readonly since: number;
  doing: () => string;
  /** Null: it does not wait, or cannot be interrupted. */
  interrupt: (() => boolean) | null;
  end: (outcome: SqlOutcome) => void;
}

/** Of what changes nothing. */
export const NO_ROW_COUNT = -1;

const NOTHING = (): string => '';

export class PretendSession implements SqlSession, LiveSession {
  readonly state: SessionState;
  readonly #parts: SessionParts;
  readonly #packets: Packet[] = [];
  #isBusy = false;
  #running: Running | null = null;
  #since: number;
  /** The client is gone. */
  #isLeft = false;
  #isKilled = false;
  /** The client was told that the session is closed. */
  #isHungUp = false;
  /** Nothing of it happens any more. */
  #isOver = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.state = parts.state;
    this.#since = this.#now;
  }

  get id(): number {
    return this.state.id;
  }

  get command(): LiveSession['command'] {
    if (this.#isKilled) return 'Killed';
    return this.#running === null ? 'Sleep' : 'Query';
  }

  get doing(): string {
    return this.#running?.doing() ?? '';
  }

  get text(): string | null {
    return this.#running?.text ?? null;
  }

  get since(): number {
    return this.#running?.since ?? this.#since;
  }

  query(sql: string, done: (outcomes: readonly SqlOutcome[]) => void): void {
    if (this.#isOver || this.#isLeft || this.#isKilled) return;
    this.#packets.push({ sql, done });
    this.#next();
  }

  close(): void {
    this.#isLeft = true;
    if (!this.#isBusy) this.#end();
  }

  kill(what: 'connection' | 'query'): void {
    if (this.#isOver) return;
    if (what === 'query') {
      this.#interrupt();
      return;
    }
    this.#isKilled = true;
    this.#packets.length = 0;
    const isInItsOwnStatement = this.#running !== null && this.#running.interrupt === null;
    // It reads the answer to its `KILL` before it is closed.
    if (isInItsOwnStatement) return;
    this.#hangUp();
    if (this.#running === null) this.#end();
    else this.#interrupt();
  }

  #interrupt(): void {
    const running = this.#running;
    if (running?.interrupt?.() === true) running.end(queryInterrupted());
  }

  /** The process has died. `isTold`: its clients hear of it. */
  died(isTold: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (isTold) this.#hangUp();
  }

  get #now(): number {
    return this.#parts.process.now;
  }

  #next(): void {
    const [packet] = this.#packets;
    if (this.#isBusy || packet === undefined) return;
    this.#isBusy = true;
    this.#packets.shift();
    this.#parts.process.after(PACKET_MILLIS, () => this.#run(packet));
  }

  #run(packet: Packet): void {
    if (this.#isOver) return;
    const outcomes: SqlOutcome[] = [];
    this.#runFrom(this.#parts.parse(packet.sql), 0, outcomes, () => this.#answered(packet, outcomes));
  }

  /** Runs on while statements end at once; one that waits goes on from here when it has ended. */
  #runFrom(statements: readonly ParsedStatement[], first: number, outcomes: SqlOutcome[], whenDone: () => void): void {
    for (let index = first; index < statements.length; index++) {
      const statement = statements[index];
      if (statement === undefined) break;
      let isLater = false;
      const outcome = this.#start(statement, (late) => {
        if (!isLater) return;
        outcomes.push(late);
        const rest = late.kind === 'error' || this.#isKilled ? statements.length : index + 1;
        this.#runFrom(statements, rest, outcomes, whenDone);
      });
      isLater = true;
      if (outcome === null) return;
      outcomes.push(outcome);
      if (outcome.kind === 'error') break;
    }
    whenDone();
  }

  /** What it came to; null: it waits, and `later` will be called. */
  #start({ text, run }: ParsedStatement, later: (outcome: SqlOutcome) => void): SqlOutcome | null {
    let ended: SqlOutcome | null = null;
    const end = (outcome: SqlOutcome): void => {
      if (this.#isOver || ended !== null) return;
      ended = outcome;
      this.state.rowCount = outcome.kind === 'ok' ? outcome.affectedRows : NO_ROW_COUNT;
      if (this.#running === running) this.#running = null;
      later(outcome);
    };
    const running: Running = { text, since: this.#now, doing: NOTHING, interrupt: null, end };
    this.#running = running;
    this.#parts.asking.server.heard(this.#parts.state.user, text);
    try {
      run({
        ...this.#parts.asking,
        text,
        done: end,
        waits(state, interrupt) {
          running.doing = state;
          running.interrupt = interrupt;
        },
      });
    } catch (error) {
      end(refusalOf(error));
    }
    return ended;
  }

  #answered({ done }: Packet, outcomes: readonly SqlOutcome[]): void {
    this.#isBusy = false;
    this.#since = this.#now;
    if (!this.#isLeft && !this.#isHungUp) done(outcomes);
    if (this.#packets.length > 0 && !this.#isKilled) this.#next();
    else if (this.#isLeft || this.#isKilled) {
      this.#hangUp();
      this.#end();
    }
  }

  /** Tells the client, once, unless it is gone. */
  #hangUp(): void {
    if (this.#isHungUp || this.#isLeft) return;
    this.#isHungUp = true;
    this.#parts.options.onClosed();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.onEnded();
  }
}
