/**
 * A client's connection that speaks no SQL: it writes, is seen in the process list, and can be killed.
 */
import type { Write } from '../transaction.ts';
import type { PretendServer } from './pretend-server.ts';
import type { WriteAttempt, WriteResult } from './write-attempt.ts';

export interface ClientConnectionOptions {
  readonly user: string;
  readonly host: string;
  /** The server hangs up; what is not answered yet never is. */
  readonly onKilled: () => void;
}

export class ClientConnection {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly #server: PretendServer;
  readonly #onKilled: () => void;
  readonly #onEnded: () => void;
  readonly #attempts = new Set<WriteAttempt>();
  #isOver = false;

  constructor(server: PretendServer, options: ClientConnectionOptions, onEnded: () => void) {
    this.#server = server;
    this.id = server.takeConnectionId();
    this.user = options.user;
    this.host = options.host;
    this.#onKilled = options.onKilled;
    this.#onEnded = onEnded;
  }

  get isBusy(): boolean {
    return this.#attempts.size > 0;
  }

  get isKilled(): boolean {
    return this.#isOver;
  }

  write(write: Write, isLarge: boolean, done: (result: WriteResult) => void): void {
    let attempt: WriteAttempt | null = null;
    let isDone = false;
    attempt = this.#server.write(write, 'client', isLarge, (result) => {
      isDone = true;
      if (attempt !== null) this.#ended(attempt);
      if (!this.#isOver) done(result);
    });
    if (!isDone) this.#attempts.add(attempt);
  }

  /** The client is gone; what it waits for goes on. */
  close(): void {
    this.#isOver = true;
    if (!this.isBusy) this.#onEnded();
  }

  kill(): void {
    if (this.#isOver) return;
    this.#onKilled();
    this.close();
    for (const attempt of [...this.#attempts]) if (attempt.interrupt()) this.#ended(attempt);
  }

  #ended(attempt: WriteAttempt): void {
    this.#attempts.delete(attempt);
    if (this.#isOver && !this.isBusy) this.#onEnded();
  }
}
