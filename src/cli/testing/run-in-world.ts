/**
 * Runs the program in a pretend world: its words in; its streams, its status and what it asked for out.
 */
import { createLog } from '../log.ts';
import { runProgram } from '../program.ts';
import type { StopSignal, Surroundings } from '../surroundings.ts';
import { type FakeWorld, fakeCalls } from './fake-calls.ts';

export interface PretendWorld extends FakeWorld {
  /** What `--config=/orc.json` names; default: an object without keys. */
  readonly config?: string | object;
  readonly surroundings?: Partial<Surroundings>;
}

export interface Run {
  readonly status: number;
  readonly out: string;
  /** Date and time of log lines written as `DATE TIME`. */
  readonly err: string;
  readonly made: readonly string[];
}

export const CONFIG = '--config=/orc.json';

/** The program with these words, and with the configuration of the world. */
export function run(words: readonly string[], world: PretendWorld = {}): Promise<Run> {
  return runBare([CONFIG, ...words], world);
}

/** The program with nothing but these words. */
export async function runBare(words: readonly string[], world: PretendWorld = {}): Promise<Run> {
  const { calls, made } = fakeCalls(world);
  const printed = { out: '', err: '' };
  const surroundings: Surroundings = {
    env: {},
    readFile: readerOf(world.config ?? {}),
    writeOut: (text) => {
      printed.out += text;
    },
    writeError: (text) => {
      printed.err += text;
    },
    now: () => new Date(2026, 0, 2, 3, 4, 5),
    hostname: () => 'local.example',
    username: () => 'ops',
    version: () => ({ version: '1.2.3', commit: 'abc' }),
    openNode: async ({ command }) => {
      made.push(`open ${command}`);
      const closed = async (): Promise<void> => void made.push('stop');
      return { kind: 'ok', node: { calls, start: async () => void made.push('start'), stop: closed } };
    },
    openHttpDoor: async () => ({ kind: 'refused', reason: 'no door in this test' }),
    askService: async () => null,
    onSignal: () => undefined,
    exit: (status) => void made.push(`exit ${status}`),
    ...world.surroundings,
  };
  const log = createLog({ write: surroundings.writeError, now: surroundings.now });
  const status = await runProgram(words, log, surroundings);
  return { status, out: printed.out, err: printed.err.replaceAll('2026-01-02 03:04:05', 'DATE TIME'), made };
}

function readerOf(config: string | object): Surroundings['readFile'] {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return (path) => {
    if (path !== '/orc.json') return { kind: 'unreadable', code: 'ENOENT', reason: 'no such file or directory' };
    return { kind: 'read', bytes: new TextEncoder().encode(text) };
  };
}

/** Signals that a test sends by hand. */
export class PretendSignals {
  readonly #handlers = new Map<StopSignal, () => void>();

  readonly onSignal = (signal: StopSignal, handle: () => void): void => {
    this.#handlers.set(signal, handle);
  };

  send(signal: StopSignal): void {
    this.#handlers.get(signal)?.();
  }
}
