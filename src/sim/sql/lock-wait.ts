/** Waiting for locks of others: as long as the session's `lock_wait_timeout` allows, and until somebody kills the statement. */
import type { Planned } from '../event-queue.ts';
import { NOTHING_PLANNED } from '../server/nothing-planned.ts';
import { lockWaitTimeout } from './errors.ts';
import type { Asking, Execution } from './statement.ts';
import { variableValue } from './system-variable.ts';

const MILLIS_PER_SECOND = 1000;

/** No world lasts so long: such a wait needs no timer. */
const FOR_EVER_MILLIS = 86_400_000;

export function lockWaitMillis(on: Asking): number {
  const found = on.family.variables.get('lock_wait_timeout');
  return found === undefined ? 0 : Number(variableValue(found, 'session', on)) * MILLIS_PER_SECOND;
}

/** Calls `late` when the session's patience is at its end; for cancelling when it is not needed any more. */
export function lockPatience(on: Execution, late: () => void): Planned {
  const millis = lockWaitMillis(on);
  return millis >= FOR_EVER_MILLIS ? NOTHING_PLANNED : on.server.running.process.after(millis, late);
}

/** `begin` asks for the lock, and calls `taken` when it has it; returns how to give up. After the timeout the statement ends with an error. */
export function awaitLock(on: Execution, begin: (taken: () => void) => Planned): void {
  let isTaken = false;
  let patience: Planned = NOTHING_PLANNED;
  const waiting = begin(() => {
    isTaken = true;
    patience.cancel();
  });
  if (isTaken) return;
  patience = lockPatience(on, () => {
    waiting.cancel();
    on.done(lockWaitTimeout());
  });
  on.waits(
    () => on.family.waitStates.tableLock,
    () => {
      patience.cancel();
      waiting.cancel();
      return true;
    },
  );
}
