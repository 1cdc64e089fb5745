/**
 * Setting `read_only` and `super_read_only`: waits for the global read lock, as long as the session's `lock_wait_timeout` allows.
 */
import type { ReadOnlyLevel } from '../server/write-gate.ts';
import type { SqlOutcome, SqlValue } from '../sql-session.ts';
import { activeLocks, lockWaitTimeout } from './errors.ts';
import { lockWaitMillis } from './lock-wait.ts';
import type { Execution } from './statement.ts';
import type { SystemVariable } from './system-variable.ts';

/** `target`: the level that the value means, where the server is at another. */
export function readOnlyWrite(
  target: (value: SqlValue, now: ReadOnlyLevel) => ReadOnlyLevel,
): NonNullable<SystemVariable['write']> {
  return (value, on, done) => {
    const { gate } = on.server.running;
    const level = target(value, gate.level);
    if (level !== 'off' && gate.locksOf(on.session.id).length > 0) {
      done(activeLocks());
      return;
    }
    becomeReadOnly(level, on, done);
  };
}

function becomeReadOnly(level: ReadOnlyLevel, on: Execution, done: (error: SqlOutcome | null) => void): void {
  const { gate } = on.server.running;
  const waiting = gate.set(level, lockWaitMillis(on), (error) => done(error === null ? null : lockWaitTimeout()));
  on.waits(
    () => on.family.waitStates.globalReadLock,
    () => {
      waiting.cancel();
      return true;
    },
  );
}
