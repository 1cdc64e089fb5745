// What is said on one connection, packet by packet: greeting, login, then commands.

import type { SqlSession } from '../../sim/sql-session.ts';
import { decodeLogin, type Login } from './decode-login.ts';
import { accessDenied, badHandshake, type SqlError, unknownCommand } from './door-errors.ts';
import { newScramble, provesPassword } from './native-password.ts';
import type { NumberedSqlServer } from './numbered-sql-server.ts';
import { command, continuedPayloadBytes, nativePassword } from './numbers.ts';
import { PacketWriter } from './packet-writer.ts';
import { writeError, writeOk } from './status-packets.ts';
import { writeAuthenticationSwitch, writeGreeting } from './write-greeting.ts';
import { writeOutcomes } from './write-outcomes.ts';

/** The answer to a greeting is short; the attributes that a client tells of itself may take 64 KiB. */
const loginPayloadBytesMax = 128 * 1024;

const commandPayloadBytesMax = continuedPayloadBytes - 1;

/** Whom a conversation is about. */
export interface Host {
  readonly server: NumberedSqlServer;
  /** The password of an account; null: there is no such account. Absent: everybody is let in. */
  readonly passwordOf?: ((user: string) => string | null) | undefined;
}

/** What carries a conversation. */
export interface Carrier {
  readonly clientHost: string;
  readonly clientPort: number;
  send(answer: Buffer): void;
  /** Closes when everything sent has left. */
  end(): void;
  /** Closes at once. */
  drop(): void;
  /** An answer that was due has been sent. */
  goOn(): void;
}

/** `login`: what the client said already, when it was asked to say it by another method. */
interface LoginPhase {
  readonly kind: 'login';
  readonly id: number;
  readonly scramble: Buffer;
  readonly login: Login | null;
}

type Phase =
  | { readonly kind: 'greeting' }
  | LoginPhase
  | { readonly kind: 'commands'; readonly session: SqlSession }
  | { readonly kind: 'over' };

/** An answer is written in one turn, so that one writer does for all conversations. */
const writer = new PacketWriter();

const greetingPhase: Phase = { kind: 'greeting' };
const overPhase: Phase = { kind: 'over' };

export class Conversation {
  readonly #host: Host;
  readonly #carrier: Carrier;
  #phase: Phase = greetingPhase;
  #isAnswerDue = false;

  constructor(host: Host, carrier: Carrier) {
    this.#host = host;
    this.#carrier = carrier;
  }

  get isGreetingDue(): boolean {
    return this.#phase.kind === 'greeting';
  }

  /** The server has yet to answer the last packet; the next one must wait. */
  get isAnswerDue(): boolean {
    return this.#isAnswerDue;
  }

  get isOver(): boolean {
    return this.#phase.kind === 'over';
  }

  /** The sequence number that the client's next packet must have. */
  get sequenceExpected(): number {
    if (this.#phase.kind !== 'login') return 0;
    return this.#phase.login === null ? 1 : 3;
  }

  get isLoggedIn(): boolean {
    return this.#phase.kind === 'commands';
  }

  get payloadBytesMax(): number {
    return this.isLoggedIn ? commandPayloadBytesMax : loginPayloadBytesMax;
  }

  greet(): void {
    const { server } = this.#host;
    const id = server.takeSessionId();
    const scramble = newScramble();
    this.#phase = { kind: 'login', id, scramble, login: null };
    this.#answer(0, () => writeGreeting(writer, server.version, id, scramble));
  }

  /** Hears one packet; its answer starts at this sequence number. The payload is not kept. */
  hear(payload: Buffer, sequence: number): void {
    const phase = this.#phase;
    if (phase.kind === 'login') this.#hearLogin(phase, payload, sequence);
    if (phase.kind === 'commands') this.#hearCommand(phase.session, payload, sequence);
  }

  /** Answers an error and ends. */
  refuse(error: SqlError, sequence: number): void {
    this.#answer(sequence, () => writeError(writer, error));
    this.leave();
    this.#carrier.end();
  }

  /** The client is gone, or the process that it talked to. */
  leave(): void {
    const phase = this.#phase;
    this.#phase = overPhase;
    if (phase.kind === 'commands') phase.session.close();
  }

  #hearLogin(phase: LoginPhase, payload: Buffer, sequence: number): void {
    const login =
      phase.login === null ? decodeLogin(payload) : { ...phase.login, token: payload, plugin: nativePassword };
    if (login === null) {
      this.refuse(badHandshake, sequence);
    } else if (login.plugin !== nativePassword) {
      this.#phase = { ...phase, login };
      this.#answer(sequence, () => writeAuthenticationSwitch(writer, phase.scramble));
    } else if (this.#isProved(login, phase.scramble)) {
      this.#open(phase.id, login.user, sequence);
    } else {
      this.refuse(accessDenied(login.user, this.#carrier.clientHost, login.token.length > 0), sequence);
    }
  }

  #isProved({ user, token }: Login, scramble: Buffer): boolean {
    const { passwordOf } = this.#host;
    if (passwordOf === undefined) return true;
    const password = passwordOf(user);
    return password !== null && provesPassword(token, scramble, password);
  }

  #open(id: number, user: string, sequence: number): void {
    const { clientHost, clientPort } = this.#carrier;
    const onClosed = (): void => {
      this.#phase = overPhase;
      this.#carrier.drop();
    };
    const opened = this.#host.server.openSession({ id, user, clientHost, clientPort, onClosed });
    if (this.isOver) return;
    if (opened.kind === 'refused') {
      this.refuse(opened.error, sequence);
      return;
    }
    // A client that wants to end what it left behind would end the session of somebody else.
    if (opened.session.id !== id) throw new Error(`session ${opened.session.id} was greeted as ${id}`);
    this.#phase = { kind: 'commands', session: opened.session };
    this.#answer(sequence, () => writeOk(writer));
  }

  #hearCommand(session: SqlSession, payload: Buffer, sequence: number): void {
    const code = payload[0];
    switch (code) {
      case command.query:
        this.#query(session, payload.toString('utf8', 1), sequence);
        return;
      // There are no databases to change to, and nothing that a session could have set is kept by the door.
      case command.initDatabase:
      case command.ping:
      case command.resetConnection:
        this.#answer(sequence, () => writeOk(writer));
        return;
      case command.quit:
        this.leave();
        this.#carrier.end();
        return;
      // By the protocol these have no answer: one would be taken for that of the next command.
      case command.statementClose:
      case command.statementSendLongData:
        return;
      default:
        this.#answer(sequence, () => writeError(writer, unknownCommand(code)));
    }
  }

  #query(session: SqlSession, sql: string, sequence: number): void {
    let isAnswered = false;
    this.#isAnswerDue = true;
    session.query(sql, (outcomes) => {
      if (isAnswered) throw new Error(`answered twice: ${sql}`);
      isAnswered = true;
      this.#isAnswerDue = false;
      if (this.isOver) return;
      this.#answer(sequence, () => writeOutcomes(writer, outcomes));
      this.#carrier.goOn();
    });
  }

  #answer(sequence: number, write: () => void): void {
    writer.begin(sequence);
    write();
    this.#carrier.send(writer.finish());
  }
}
