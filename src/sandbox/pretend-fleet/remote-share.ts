// A share of a pretended fleet in a process of its own: one process may open only so many sockets.

import { type ChildProcess, fork } from 'node:child_process';
import type { ControlledFleet, ControlledServer, FleetOrder } from './fleet-order.ts';
import type { ShareOptions } from './fleet-share.ts';
import type { FromShare, ToShare } from './share-messages.ts';

const program = new URL('./share-process.ts', import.meta.url);

/** Rejects when a port is taken, or the process ends. */
export async function startRemoteShare(options: ShareOptions): Promise<RemoteShare> {
  const share = new RemoteShare();
  try {
    await share.start(options);
    return share;
  } catch (error) {
    await share.stop();
    throw error;
  }
}

export class RemoteShare implements ControlledFleet {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<FromShare>>();
  readonly #started = Promise.withResolvers<void>();
  #lastId = 0;

  constructor() {
    // A session of its own: a Ctrl-C in the terminal must not reach it before whoever watches its servers has stopped.
    this.#child = fork(program, { detached: true, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (message: FromShare) => this.#hear(message));
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => {
        this.#lost();
        resolve();
      });
    });
    // Told to everybody who waits, when somebody does.
    this.#started.promise.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async start(options: ShareOptions): Promise<void> {
    this.#tell({ kind: 'start', options });
    await this.#started.promise;
  }

  servers(): Promise<readonly ControlledServer[]> {
    return this.#describe(null);
  }

  serversOf(cluster: number): Promise<readonly ControlledServer[]> {
    return this.#describe(cluster);
  }

  async #describe(cluster: number | null): Promise<readonly ControlledServer[]> {
    const answer = await this.#ask((id) => ({ kind: 'servers', id, cluster }));
    return answer.kind === 'described' ? answer.servers : [];
  }

  async order(order: FleetOrder): Promise<string | null> {
    const answer = await this.#ask((id) => ({ kind: 'order', id, order }));
    return answer.kind === 'ordered' ? answer.refused : 'it was not understood';
  }

  async stop(): Promise<void> {
    // There is nothing in it that would have to be put in order.
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async #ask(messageOf: (id: number) => ToShare): Promise<FromShare> {
    // After its end nobody would ever answer.
    if (!this.#child.connected) throw this.#hasEnded();
    this.#lastId += 1;
    const asked = Promise.withResolvers<FromShare>();
    this.#waiting.set(this.#lastId, asked);
    this.#tell(messageOf(this.#lastId));
    return asked.promise;
  }

  #tell(message: ToShare): void {
    // A process that is gone hears nothing; its end is told by its exit.
    this.#child.send(message, () => {});
  }

  #hear(message: FromShare): void {
    switch (message.kind) {
      case 'started':
        this.#started.resolve();
        break;
      case 'failed':
        this.#started.reject(new Error(message.reason));
        break;
      default:
        this.#waiting.get(message.id)?.resolve(message);
        this.#waiting.delete(message.id);
    }
  }

  #hasEnded(): Error {
    return new Error(`the process ${this.pid}, which has a part of the fleet, has ended`);
  }

  #lost(): void {
    const error = this.#hasEnded();
    this.#started.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
