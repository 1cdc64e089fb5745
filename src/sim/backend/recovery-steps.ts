/**
 * Steps of a recovery for people, in the order of their ids.
 */
import type { RecoveryStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { nextId } from './rows.ts';
import { readTimeOrZero, storedTime } from './timestamp.ts';

type StepStore = Pick<RecoveryStore, 'addStep' | 'steps'>;

export const recoveryStepStore = (engine: MemoryEngine): StepStore => ({
  addStep: (uid, message, at) =>
    engine.write(({ steps }) => {
      const id = nextId(steps);
      steps.push({ id, uid, at: storedTime(at), message });
      return { id, uid, at, message };
    }),

  steps: (uid) =>
    engine.read(({ steps }) =>
      steps.filter((row) => row.uid === uid).map((row) => ({ ...row, at: readTimeOrZero(row.at) })),
    ),
});
