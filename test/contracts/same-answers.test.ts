import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyId } from '../../src/model/instance-key.ts';
import { memoryBackend } from '../../src/sim/backend/open-memory-backend.ts';
import { key, newBackend } from '../../src/store/temporary-backend.ts';
import { themesOf } from './any-call.ts';
import { anyInstanceOf } from './any-instance.ts';
import { memoryWorld, sqliteWorld } from './backends.ts';
import { eventsOf, play } from './play.ts';

/** The test's own limit: it opens a hundred files. */
const SLOW_MACHINE_MILLIS = 60_000;

/** After that the shortest failing sequence found so far must do. */
const SHRINKING_MILLIS = 30_000;

it.each(Object.entries(themesOf({ numbers: true })))(
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
