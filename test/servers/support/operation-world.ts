// A world for tests of operations: rows flow on its primary, and the running program is asked by API v1, by API v2, and by commands beside it.

import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { flowingRows, type Rows } from './rows.ts';
import { openWorld, the, type World, type WorldOptions } from './world.ts';

const LAUNCHER = join(import.meta.dirname, '../../../bin/orchestrator');

/** One operation; some wait for replicas. Milliseconds. */
const CALL_MILLIS = 90_000;

export interface CommandEnd {
  readonly code: number;
  /** Of standard output, without the last line end. */
  readonly out: string;
  /** Of standard error. */
  readonly log: string;
}

export interface OperationAnswer {
  readonly status: number;
  readonly body: OperationBody;
}

/** What tests look at in the answers of API v2. */
export interface OperationBody {
  readonly outcome: string;
  readonly code?: string;
  readonly message?: string;
  readonly method?: string;
  readonly servers?: readonly {
    readonly server: { readonly port: number };
    readonly result: string;
    readonly text: string;
  }[];
  readonly leftOut?: readonly {
    readonly server: { readonly port: number };
    readonly code: string;
    readonly reason: string;
  }[];
  readonly problems?: readonly string[];
  readonly warnings?: readonly string[];
  readonly rejected?: readonly { readonly method: string; readonly reason: string }[];
  readonly held?: readonly { readonly port: number }[];
  readonly steps?: readonly {
    readonly id: string;
    readonly server: { readonly port: number };
    readonly statements: readonly string[];
  }[];
}

export type OperationFields = Readonly<Record<string, unknown>> & { readonly kind: string };

export class OperationWorld {
  readonly world: World;
  #rows: Rows | null;

  private constructor(world: World, rows: Rows) {
    this.world = world;
    this.#rows = rows;
  }

  static async open(options: WorldOptions): Promise<OperationWorld> {
    const world = await openWorld(options);
    try {
      return await OperationWorld.on(world);
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  /** On a world that is open. */
  static async on(world: World): Promise<OperationWorld> {
    return new OperationWorld(world, await flowingRows(world.fleet));
  }

  get primary(): RunningServer {
    return this.world.primary;
  }

  replica(number: number): RunningServer {
    return the(this.world.replicas[number - 1]);
  }

  /** `verb/host/port`, and another server or words behind it, as paths of API v1 have it. */
  path(verb: string, ...parts: readonly (RunningServer | string | number)[]): string {
    const texts = parts.map((part) => (typeof part === 'object' ? this.world.at(part) : String(part)));
    return [verb, ...texts].join('/');
  }

  /** What API v1 answers when an operation has gone well. */
  async done(verb: string, ...parts: readonly (RunningServer | string | number)[]): Promise<unknown> {
    const path = this.path(verb, ...parts);
    const answer = await this.world.get(path);
    expect([path, answer.code, answer.code === 'OK' ? '' : answer.message]).toEqual([path, 'OK', '']);
    return answer.details;
  }

  /** The message with which API v1 refuses one. */
  async refusal(verb: string, ...parts: readonly (RunningServer | string | number)[]): Promise<string> {
    const path = this.path(verb, ...parts);
    const answer = await this.world.get(path);
    expect([path, answer.code, answer.message]).toEqual([path, 'ERROR', answer.message]);
    return answer.message;
  }

  operate(fields: OperationFields): Promise<OperationAnswer> {
    return this.#post('operations', fields);
  }

  dryRun(fields: OperationFields): Promise<OperationAnswer> {
    return this.#post('operations?dry-run=true', fields);
  }

  async #post(path: string, fields: OperationFields): Promise<OperationAnswer> {
    const answer = await fetch(`${this.world.program.url}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
      signal: AbortSignal.timeout(CALL_MILLIS),
    });
    return { status: answer.status, body: (await answer.json()) as OperationBody };
  }

  /** The same program, configuration and backend as the service, as a command. */
  command(name: string, ...args: readonly string[]): Promise<CommandEnd> {
    const { configurationFile } = this.world.program;
    const words = [`--config=${configurationFile}`, '-c', name, ...args];
    // What it leaves when it is killed goes with the world.
    const env = { ...process.env, TMPDIR: dirname(configurationFile) };
    return new Promise((resolve) => {
      execFile(LAUNCHER, words, { env, timeout: CALL_MILLIS }, (error, out, log) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, out: out.trimEnd(), log });
      });
    });
  }

  /** Ends the writing; these servers then have every row once. Default: all. */
  async everyRowOnce(servers: readonly RunningServer[] = this.world.fleet.servers): Promise<void> {
    const rows = the(this.#rows);
    this.#rows = null;
    await rows.endOn(servers);
  }

  /** Ends the writing, and looks at nothing. */
  async stopRows(): Promise<void> {
    await this.#rows?.stop();
    this.#rows = null;
  }

  async close(): Promise<void> {
    await this.stopRows().catch(() => {});
    await this.world.stop();
  }
}
