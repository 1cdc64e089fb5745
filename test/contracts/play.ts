/**
 * Sequences of calls that two processes make of one backend, and the answers they get.
 */
import fc from 'fast-check';
import { unixMillis } from '../../src/model/brand.ts';
import type { StoreBackend } from '../../src/store/backend.ts';
import { NOON } from '../../src/store/temporary-backend.ts';
import { type Call, everything } from './any-call.ts';
import type { World } from './world.ts';

/** Two processes on one disk. */
const PROCESSES = 2;

/** What a process does next, how many milliseconds after what was done before. */
type Event = { readonly process: number; readonly pauseMillis: number } & (
  | { readonly kind: 'call'; readonly call: Call }
  /** Another process takes its place: after it has closed, or died with what it had queued. */
  | { readonly kind: 'restart'; readonly closes: boolean }
);

const inProcess = {
  process: fc.nat(PROCESSES - 1),
  pauseMillis: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0, 1, 100) },
    { weight: 2, arbitrary: fc.constantFrom(499, 1000, 1501, 30_000, 650_000_000) },
  ),
};

export const eventsOf = (anyCall: fc.Arbitrary<Call>): fc.Arbitrary<Event[]> => {
  const called = fc.record({ ...inProcess, kind: fc.constant('call'), call: anyCall });
  const restarted = fc.record({ ...inProcess, kind: fc.constant('restart'), closes: fc.boolean() });
  const anyEvent = fc.oneof({ weight: 40, arbitrary: called }, { weight: 1, arbitrary: restarted });
  return fc.array(anyEvent, { minLength: 30, maxLength: 150, size: 'max' });
};

/** Rejections count as answers; what they say does not. Maps are compared in their order. */
async function answerOf(asked: Promise<unknown>): Promise<unknown> {
  try {
    const value = await asked;
    return { answer: value instanceof Map ? [...value] : value };
  } catch {
    return 'rejected';
  }
}

/** The answers to each event, and what lies on the disk afterwards. */
export async function play(world: World, events: readonly Event[]): Promise<unknown[]> {
  const processes: StoreBackend[] = [world.backend, await world.another()];
  const opened = [...processes];
  const open = async (): Promise<StoreBackend> => {
    const backend = await world.another();
    opened.push(backend);
    return backend;
  };
  const answers: unknown[] = [];
  let now = unixMillis(NOON);
  for (const event of events) {
    const backend = processes[event.process] ?? world.backend;
    now = unixMillis(now + event.pauseMillis);
    if (event.kind === 'call') {
      answers.push([event.call.method, await answerOf(event.call.run(backend, now))]);
    } else {
      if (event.closes) await backend.close();
      processes[event.process] = await open();
    }
  }
  answers.push(await everything(await open()));
  // Now, not when the test is over: a failing sequence is played hundreds of times until it is short, and files cannot be open without limit.
  for (const backend of opened) await backend.close();
  return answers;
}
