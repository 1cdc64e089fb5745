/**
 * What the last lines of a relay log do to whoever stops and starts threads.
 *
 * MySQL: `STOP REPLICA` waits a minute for the rest of a transaction of which the receiver had fetched a part when it stopped (D15).
 *
 * MariaDB replicating by GTID throws its relay log away when, with both threads stopped, either of them is started: it means to fetch all
 * again from the position it applied (knowledge base, "Global Transaction ID", on START SLAVE; seen on 10.11). From a dead source
 * nothing can be fetched again. So there an applier is started while the receiver still runs, or not at all (D3, D4).
 */
import type { Instance } from '../model/instance.ts';

/** Does its relay log end with half a transaction? Only a receiver that has stopped leaves one. */
export function hasHalfTransaction(instance: Instance): boolean {
  return instance.receiverState === 'stopped' && (instance.evidence?.partialTransaction ?? '') !== '';
}

/** Would starting a thread of this server drop what it received? */
export function startDropsRelayLog(instance: Instance): boolean {
  return instance.usingMariadbGtid && instance.applierState === 'stopped' && instance.receiverState === 'stopped';
}

/** Must its applier be started before its receiver is stopped, since it could not be afterwards? A broken one would only break again. */
export function needsApplierBeforeFreeze(instance: Instance): boolean {
  const broken = (instance.evidence?.lastSqlErrorNumber ?? 0) !== 0;
  return (
    instance.usingMariadbGtid && instance.applierState === 'stopped' && instance.receiverState !== 'stopped' && !broken
  );
}
