/**
 * Receivers that a cut recovery had stopped run again, also where their source is dead: a receiver that stands still is no witness of a death, and the
 * recovery would never begin anew. What somebody else had stopped stays so.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { threadsStopped } from '../model/instance-status.ts';
import { startDropsRelayLog } from '../planning/relay-log-ends.ts';
import { LOOK_MILLIS, tell } from './cut-recovery-looks.ts';
import type { JournaledWork } from './journaled-work.ts';
import type { RecoveryRun } from './recovery-run.ts';

export async function restartReceivers(run: RecoveryRun, work: JournaledWork): Promise<void> {
  const { servers } = run.ports;
  const restart = async (key: InstanceKey): Promise<void> => {
    const seen = await servers.observe(key, LOOK_MILLIS);
    if (seen.kind === 'failed' || seen.instance.receiverState !== 'stopped') return;
    if (!wasFrozenBelow(run, work, key, seen.instance.sourceKey)) return;
    // None of its threads is started alone.
    if (seen.instance.isBinlogServer) {
      const refused = await tell(run, key, [{ kind: 'start-replication' }]);
      if (refused !== null) run.say(refused);
      return;
    }
    const replica = await withApplier(run, work, seen.instance);
    if (startDropsRelayLog(replica)) {
      run.say(`the receiver of ${instanceKeyText(key)} stays stopped: its start would drop what it has not applied`);
      return;
    }
    const refused = await tell(run, key, [{ kind: 'start-receiver' }]);
    if (refused !== null) run.say(refused);
  };
  await Promise.all([...work.frozen.map(restart), ...work.halted.map((key) => startHalted(run, key))]);
}

/** It stood below a binlog server, which gives it again whatever it has dropped. */
async function startHalted(run: RecoveryRun, key: InstanceKey): Promise<void> {
  const { servers, known } = run.ports;
  const seen = await servers.observe(key, LOOK_MILLIS);
  if (seen.kind === 'failed' || !threadsStopped(seen.instance)) return;
  const { sourceKey } = seen.instance;
  if (sourceKey === null || known.get(sourceKey)?.isBinlogServer !== true) return;
  const refused = await tell(run, key, [{ kind: 'start-replication' }]);
  if (refused !== null) run.say(refused);
}

/** D4: an applier that the recovery had stopped runs again before its receiver does; on MariaDB that one would else drop what is not applied. As it is then. */
async function withApplier(run: RecoveryRun, { standing }: JournaledWork, replica: Instance): Promise<Instance> {
  const { key, applierState } = replica;
  if (applierState !== 'stopped' || !standing.some((one) => sameKey(one, key))) return replica;
  const refused = await tell(run, key, [{ kind: 'start-applier' }]);
  if (refused !== null) run.say(refused);
  const seen = await run.ports.servers.observe(key, LOOK_MILLIS);
  return seen.kind === 'observed' ? seen.instance : replica;
}

/** Below the primary, or, caught on its way back, below the server that this recovery had moved it below. Elsewhere people have moved it. */
function wasFrozenBelow(
  run: RecoveryRun,
  { moved }: JournaledWork,
  key: InstanceKey,
  source: InstanceKey | null,
): boolean {
  const movedBelow = moved.some((move) => sameKey(move.replica, key) && sameKey(source, move.source));
  return movedBelow || sameKey(source, run.record.digest.key);
}
