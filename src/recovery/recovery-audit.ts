/** What the general audit tells of recoveries (spec/recovery.md 9.4): people who watch it need not know of records. */
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { RecoveryEnd } from './recovery-end.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** Nobody waits for it: a slow backend must not hold up a failover. */
export function auditBegin(run: RecoveryRun, type: string | null): void {
  if (type !== null) void write(run, type, 'problem found; will recover');
}

export async function auditEnd(
  run: RecoveryRun,
  type: string | null,
  { successor, reason }: RecoveryEnd,
): Promise<void> {
  if (type === null) return;
  const isPromotion = type === 'recover-dead-master' || type === 'recover-dead-co-master';
  const good = successor === null ? '' : instanceKeyText(successor.key);
  const bad = isPromotion ? 'Failure: no replica promoted.' : `Failure: ${reason}`;
  const done = type === 'recover-dead-co-master' ? 'promoted' : isPromotion ? 'promoted replica' : 'recovered';
  await write(run, type, successor === null ? bad : `${done}: ${good}`);
}

const write = (run: RecoveryRun, type: string, message: string): Promise<void> =>
  run.book(auditAbout(run.record.digest.key, { type, message }, run.ports));

/** One line about a server, under the cluster that it is in now. */
export async function auditAbout(
  key: InstanceKey,
  { type, message }: { readonly type: string; readonly message: string },
  { store, clock, known }: Pick<RecoveryPorts, 'store' | 'clock' | 'known'>,
): Promise<void> {
  const clusterName = known.get(key)?.clusterName ?? '';
  await store.appendAudit({ at: clock.now(), type, key, clusterName, message });
}
