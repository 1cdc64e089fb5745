/** What every backend does about instances. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankInstance, NO_EVIDENCE } from '../../src/model/blank-instance.ts';
import { key, noon } from '../../src/store/temporary-backend.ts';
import { anyStoredInstance } from './any-stored-instance.ts';
import type { NewWorld } from './world.ts';

export function instancesContract(newWorld: NewWorld): void {
  describe('an instance', () => {
    it('comes back as it went in', async () => {
      const { backend } = await newWorld();
      await fc.assert(
        fc.asyncProperty(anyStoredInstance, async (instance) => {
          backend.queue(instance, 'facts');
          await backend.flush();
          expect(await backend.loadInstances()).toEqual([instance]);
        }),
        { numRuns: 200 },
      );
    });

    it('loses what is worth something only fresh', async () => {
      const { backend } = await newWorld();
      const evidence = { ...NO_EVIDENCE, lastErrorNumber: 2003, heartbeatsReceived: 1 };
      backend.queue({ ...blankInstance(key('a')), evidence, superReadOnly: true, lastSeen: noon() }, 'facts');
      await backend.flush();
      const [loaded] = await backend.loadInstances();
      expect(loaded).toMatchObject({ evidence: null, superReadOnly: false });
    });
  });
}
