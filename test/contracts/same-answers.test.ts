import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unixMillis } from '../../src/model/brand.ts';
import { keyId } from '../../src/model/instance-key.ts';
import { memoryBackend } from '../../src/sim/backend/open-memory-backend.ts';
import type { StoreBackend } from '../../src/store/backend.ts';
import { key, NOON, newBackend } from '../../src/store/temporary-backend.ts';
import { type Call, everything, themes } from './any-call.ts';
import { anyInstanceOf } from './any-instance.ts';
import { memoryWorld, sqliteWorld, type World } from './backends.ts';

/** The test's own limit: it opens a hundred files. */
const SLOW_MACHINE_MILLIS = 60_000;

/** After that the shortest failing sequence found so far must do. */
const SHRINKING_MILLIS = 30_000;

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

const eventsOf = (anyCall: fc.Arbitrary<Call>): fc.Arbitrary<Event[]> => {
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
async function play(world: World, events: readonly Event[]): Promise<unknown[]> {
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

it.each(Object.entries(themes))(
  'both backends give the same answers to any calls of two processes: %s',
  async (_theme, anyCall) => {
    await fc.assert(
      fc.asyncProperty(eventsOf(anyCall), async (events) => {
        expect(await play(await memoryWorld(), events)).toEqual(await play(await sqliteWorld(), events));
      }),
      { numRuns: 25, interruptAfterTimeLimit: SHRINKING_MILLIS },
    );
  },
  SLOW_MACHINE_MILLIS,
);

it('both backends give back any observation the same', async () => {
  const { backend: sqlite } = await newBackend();
  const memory = memoryBackend();
  const queued = fc.record({ instance: anyInstanceOf(key('host')), change: fc.constantFrom('facts', 'timestamps') });
  await fc.assert(
    fc.asyncProperty(queued, async ({ instance, change }) => {
      for (const backend of [sqlite, memory]) {
        backend.queue(instance, change);
        await backend.flush();
      }
      expect(await memory.loadInstances()).toEqual(await sqlite.loadInstances());
      expect((await memory.loadInstances()).map((found) => keyId(found.key))).toEqual(['host:3306']);
    }),
    { numRuns: 500 },
  );
});
