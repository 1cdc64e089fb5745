/**
 * One client's attempt to write: it may have to wait for locks, be refused, and be given up while it waits.
 */
import type { Planned } from '../event-queue.ts';
import type { Process } from '../process.ts';
import type { Transaction, Write } from '../transaction.ts';
import type { History } from './history.ts';
import { NOTHING_PLANNED } from './nothing-planned.ts';
import type { WriteGate } from './write-gate.ts';

export type WriteResult =
  /** Null: it is in no binary log. */
  | { readonly kind: 'committed'; readonly transaction: Transaction | null }
  | { readonly kind: 'refused'; readonly reason: 'read-only' }
  /** `row`: that is there already, by its key. */
  | { readonly kind: 'refused'; readonly reason: 'duplicate'; readonly row: number };

export interface WriteAttempt {
  /** It has its locks: it is being committed, or waits for acknowledgements. */
  readonly hasBegun: boolean;
  /** Somebody kills the statement. True: it is given up, and nothing was or will be written. False: it has begun to commit, and goes on. */
  interrupt(): boolean;
}

export interface WriteParts {
  readonly process: Process;
  readonly gate: WriteGate;
  readonly history: History;
  readonly commitMillis: number;
}

export interface WantedWrite {
  readonly write: Write;
  readonly who: 'client' | 'privileged';
  /** Whose own table locks are not in the way; 0: it has no session. */
  readonly session: number;
}

/** `commit` has its locks, must call the gate's `commitEnded`, and returns what an interruption does to it. */
export function attemptWrite(
  { process, gate, history, commitMillis }: WriteParts,
  { write, who, session }: WantedWrite,
  refuse: (result: WriteResult) => void,
  commit: () => Planned,
): WriteAttempt {
  let hasBegun = false;
  let wait: Planned = NOTHING_PLANNED;
  let end: Planned = NOTHING_PLANNED;
  const begin = (): void => {
    hasBegun = true;
    // It may have waited for the global read lock: the server may be read-only by now.
    const refusal = refusalOf();
    if (refusal === null) {
      end = commit();
      return;
    }
    gate.commitEnded();
    refuse(refusal);
  };
  // What writes nothing is let through (seen on 9.7).
  const isReadOnly = (): boolean => write.kind !== 'empty' && gate.refuses(who);
  const refusalOf = (): WriteResult | null => {
    if (isReadOnly()) return { kind: 'refused', reason: 'read-only' };
    const row = history.conflict({ write });
    return row === null ? null : { kind: 'refused', reason: 'duplicate', row };
  };
  const table = write.kind === 'rows' ? write.table : null;
  const cost = process.after(commitMillis, () => {
    if (isReadOnly()) refuse({ kind: 'refused', reason: 'read-only' });
    else wait = gate.beginCommit(begin, { table, session });
  });
  return {
    get hasBegun() {
      return hasBegun;
    },
    interrupt() {
      cost.cancel();
      if (hasBegun) end.cancel();
      else wait.cancel();
      return !hasBegun;
    },
  };
}
