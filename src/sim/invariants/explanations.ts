/**
 * When a server may be told to change something, by what a node has written: of a journaled step from its beginning until its end, of an operation of
 * the audit for as long as it may have lasted. Times are those of the world: the node's own clock jumps.
 */
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { JOURNAL_END, PLAN_ENTRY, TAKEN_UP } from '../../model/recovery-record.ts';
import type { JournalEntry } from '../../ports/decision-store.ts';
import type { AuditRow, StepRow } from '../backend/tables.ts';

/** A row, and when it came to the disk. */
export interface Written<Row> {
  readonly at: number;
  readonly row: Row;
}

export interface Explanation {
  /** `host:port`, as a whole. */
  readonly address: string;
  readonly from: number;
  readonly until: number;
}

/** Until a server that was told something before a line was written has heard it, and the last look at it has been had. */
export const TRAVEL_MILLIS = 500;

/** A step that failed was told something that may wait for locks of others; no such wait lasts longer (D12). */
export const LATE_LANDING_MILLIS = 5_000;

/** Longest operation that is audited when it has ended. */
export const OPERATION_MILLIS = 10_000;

/** Of operations that change a server; starts and stops by people are not audited (spec/topology-operations.md 3.13). Downtimes, maintenance and names change what the node thinks of it. */
const CHANGING_OPERATIONS: ReadonlySet<string> = new Set([
  'read-only',
  'put-back',
  'relocate-below',
  'emergently-restart-replication-topology-instance',
]);

interface KnownStep {
  readonly address: string;
  readonly deadlineMillis: number;
}

/** What is looked at of a plan as it is journaled. */
interface WrittenPlan {
  readonly steps: readonly { readonly id: string; readonly server: InstanceKey; readonly deadlineMillis: number }[];
}

interface OpenStep extends KnownStep {
  readonly uid: string;
  readonly from: number;
}

/** A step that has no end in the journal is one of a process that died in it: it ends with its deadline, or when another takes the recovery up. */
export function journaledExplanations(lines: readonly Written<JournalEntry>[]): readonly Explanation[] {
  const steps = new StepPeriods();
  for (const { at, row } of lines) {
    if (row.stepId === PLAN_ENTRY) steps.know(row);
    else if (row.stepId === TAKEN_UP) steps.takenUp(row, at);
    else if (row.phase === 'intended' || row.phase === 'undoing') steps.begin(row, at);
    else if (row.phase !== 'skipped') steps.end(row, at);
  }
  return steps.all();
}

class StepPeriods {
  readonly #known = new Map<string, KnownStep>();
  readonly #open = new Map<string, OpenStep>();
  readonly #ended: Explanation[] = [];

  know({ uid, detail }: JournalEntry): void {
    for (const [id, step] of stepsOf(detail)) this.#known.set(`${uid} ${id}`, step);
  }

  takenUp({ uid }: JournalEntry, at: number): void {
    for (const [id, { address, from, uid: ofStep }] of [...this.#open]) {
      if (ofStep !== uid) continue;
      this.#open.delete(id);
      this.#ended.push({ address, from, until: at });
    }
  }

  begin({ uid, stepId }: JournalEntry, at: number): void {
    const id = `${uid} ${stepId}`;
    const [step, before] = [this.#known.get(id), this.#open.get(id)];
    // The process that had begun it died, and another one begins it anew.
    if (before !== undefined) this.#ended.push(unended(before));
    if (step !== undefined) this.#open.set(id, { ...step, uid, from: at });
  }

  end({ uid, stepId, phase }: JournalEntry, at: number): void {
    const id = `${uid} ${stepId}`;
    const step = this.#open.get(id);
    if (step === undefined) return;
    this.#open.delete(id);
    const until = at + (phase === 'failed' ? LATE_LANDING_MILLIS : TRAVEL_MILLIS);
    this.#ended.push({ address: step.address, from: step.from, until });
  }

  all(): readonly Explanation[] {
    return [...this.#ended, ...[...this.#open.values()].map(unended)];
  }
}

const unended = ({ address, from, deadlineMillis }: OpenStep): Explanation => ({
  address,
  from,
  until: from + deadlineMillis + LATE_LANDING_MILLIS,
});

/** What a recovery tells a server beside its plans: the line names both. */
const TOLD = /^tell (?<address>\S+): /;

/**
 * Told again and again, it has one beginning; it lasts until it was done, or else as long as its recovery. One that was begun by a process that has died is over when another takes the recovery up, but
 * for what may still land.
 */
export function toldExplanations(lines: readonly Written<JournalEntry>[]): readonly Explanation[] {
  return lines.flatMap(({ at, row }, index) => {
    const address = TOLD.exec(row.stepId)?.groups?.['address'];
    if (address === undefined || row.phase !== 'intended') return [];
    const later = lines.slice(index + 1).filter((line) => line.row.uid === row.uid);
    const done = later.find((line) => line.row.stepId === row.stepId && line.row.phase === 'done');
    const over = later.find((line) => line.row.stepId === JOURNAL_END || line.row.stepId === TAKEN_UP);
    const failed = later.findLast((line) => line.row.stepId === row.stepId && line.row.phase === 'failed');
    if (done !== undefined) return [{ address, from: at, until: done.at + TRAVEL_MILLIS }];
    const ends = Math.max(over?.at ?? Number.POSITIVE_INFINITY, failed?.at ?? 0);
    return [{ address, from: at, until: ends + LATE_LANDING_MILLIS }];
  });
}

function stepsOf(plan: string): readonly (readonly [string, KnownStep])[] {
  const { steps }: WrittenPlan = JSON.parse(plan);
  return steps.map(({ id, server, deadlineMillis }) => [id, { address: instanceKeyText(server), deadlineMillis }]);
}

/** Audited when they have ended; and whatever is done to a server that is held for it (spec/topology-operations.md 3.12). */
export function auditedExplanations(lines: readonly Written<AuditRow>[]): readonly Explanation[] {
  return [...endedOperations(lines), ...heldPeriods(lines)];
}

/** From the beginning of a lock to its end. One without an end is of a process that died, or of a server that waits to be put back. */
function heldPeriods(lines: readonly Written<AuditRow>[]): readonly Explanation[] {
  return lines.flatMap(({ at, row }, index) => {
    if (row.type !== 'begin-maintenance') return [];
    const end = lines
      .slice(index + 1)
      .find(
        (line) => line.row.type === 'end-maintenance' && instanceKeyText(line.row.key) === instanceKeyText(row.key),
      );
    const until = end === undefined ? Number.POSITIVE_INFINITY : end.at + TRAVEL_MILLIS;
    return [{ address: instanceKeyText(row.key), from: at, until }];
  });
}

function endedOperations(lines: readonly Written<AuditRow>[]): readonly Explanation[] {
  return lines.flatMap(({ at, row: { type, key } }) =>
    CHANGING_OPERATIONS.has(type)
      ? [{ address: instanceKeyText(key), from: at - OPERATION_MILLIS, until: at + TRAVEL_MILLIS }]
      : [],
  );
}

/** What a recovery says of the primary that it has replaced, when it has told that one to be read-only. */
const DEMOTION = /read-only=1 on demoted master|the old primary could not be told to be read-only/;

/** `failed`: the replaced primary of each recovery. */
export function demotionExplanations(
  lines: readonly Written<StepRow>[],
  failed: ReadonlyMap<string, InstanceKey>,
): readonly Explanation[] {
  return lines.flatMap(({ at, row: { uid, message } }) => {
    const key = failed.get(uid);
    if (key === undefined || !DEMOTION.test(message)) return [];
    // What lies in the network lands when that is whole again, and does no harm: the server is replaced.
    const until = message.includes('could not be told') ? Number.POSITIVE_INFINITY : at + TRAVEL_MILLIS;
    return [{ address: instanceKeyText(key), from: at - OPERATION_MILLIS, until }];
  });
}
