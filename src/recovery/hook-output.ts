/**
 * Where a hook prints to: one pipe for standard output and error, so that their order is kept.
 *
 * The pipes that `spawn` makes are sockets, and a socket cannot be opened by name: `echo … > /dev/stderr`, which works in hooks
 * written for other programs, would fail with "No such device or address". So it is a real pipe, made by mkfifo(1); where
 * that program is missing, sockets serve, with that limitation.
 */
import { type ChildProcess, execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, open } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { OutputTail } from './hook-output-tail.ts';

/** How much of a hook's output is kept in memory, and logged. */
export const HOOK_OUTPUT_CAP_BYTES = 64 * 1024;

/**
 * How long after the end of a hook we wait for the end of its output. A background child that it left holds the output open for as
 * long as it lives; the recovery must not wait for that (the reference does, spec/configuration.md 3.2 item 5).
 */
export const HOOK_OUTPUT_GRACE_MILLIS = 100;

const MKFIFO_DEADLINE_MILLIS = 2_000;

interface NamedPipe {
  readonly reader: Socket;
  readonly writerFd: number;
}

export class HookOutput {
  readonly #pipe: NamedPipe | null;
  readonly #tail = new OutputTail(HOOK_OUTPUT_CAP_BYTES);
  #streams: Readable[] = [];
  #ends: Promise<unknown> = Promise.resolve();

  private constructor(pipe: NamedPipe | null) {
    this.#pipe = pipe;
    if (pipe !== null) this.#read([pipe.reader]);
  }

  /** Opens a pipe by way of the temporary folder; nothing of it stays there. */
  static async open(tmpDir: string): Promise<HookOutput> {
    return new HookOutput(await makeNamedPipe(tmpDir));
  }

  /** For `stdio` of `spawn`. */
  get target(): number | 'pipe' {
    return this.#pipe === null ? 'pipe' : this.#pipe.writerFd;
  }

  /** To be called once, when the child has been spawned, or could not be (null). */
  attach(child: ChildProcess | null): void {
    // Ours is closed, or the end of the output would never be seen.
    if (this.#pipe !== null) closeSync(this.#pipe.writerFd);
    else this.#read([child?.stdout, child?.stderr].filter((stream) => stream != null));
  }

  /** The tail of the output, at its end or after the grace. What comes later is read and thrown away: its writer must not block. */
  async afterExit(): Promise<string> {
    const waiting = new AbortController();
    await Promise.race([this.#ends, grace(waiting.signal)]);
    waiting.abort();
    const text = this.#tail.text();
    for (const stream of this.#streams) {
      stream.removeAllListeners('data').resume();
      // Somebody's background child must not keep us from ending.
      if (stream instanceof Socket) stream.unref();
    }
    return text;
  }

  #read(streams: Readable[]): void {
    this.#streams = streams;
    for (const stream of streams) stream.on('data', (chunk: Buffer) => this.#tail.add(chunk));
    this.#ends = Promise.allSettled(streams.map((stream) => finished(stream, { writable: false })));
  }
}

async function grace(signal: AbortSignal): Promise<void> {
  try {
    await pause(HOOK_OUTPUT_GRACE_MILLIS, undefined, { signal });
    // After a stall of ours the timer fires before the pipe was looked at: give it its turn.
    await nextTurn(undefined, { signal });
  } catch {
    // The output ended first.
  }
}

/** Null when there is no mkfifo or the folder cannot be written. */
async function makeNamedPipe(tmpDir: string): Promise<NamedPipe | null> {
  const path = join(tmpDir, `orchestrator-process-out-${randomBytes(8).toString('hex')}`);
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', path], { timeout: MKFIFO_DEADLINE_MILLIS });
    return await openBothEnds(path);
  } catch {
    return null;
  } finally {
    await rm(path, { force: true }).catch(() => {});
  }
}

/** The reader first and not blocking: opening a pipe for writing waits for a reader. Read only then: without a writer it would be at its end. */
async function openBothEnds(path: string): Promise<NamedPipe> {
  const openFile = promisify(open);
  const readerFd = await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const writerFd = await openFile(path, constants.O_WRONLY);
    return { reader: new Socket({ fd: readerFd, readable: true, writable: false }), writerFd };
  } catch (failure) {
    closeSync(readerFd);
    throw failure;
  }
}
