/**
 * A primary that is alive and read-only takes writes again (spec/recovery.md 3.5; A23). Not where another server takes them: whoever was replaced and comes back
 * read-only looks just like it (12.2 #12).
 */
import type { AnalysisEntry } from '../../analysis/entry.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { isReplica, usesGtid } from '../../model/instance-status.ts';
import { lostByCrash } from '../../planning/repairs/lost-by-crash.ts';
import { giveVariables } from '../give-variables.ts';
import { waitAgain } from '../left-asynchronous.ts';
import { nobody } from '../recovery-end.ts';
import type { RecoveryPorts } from '../recovery-ports.ts';
import { type Attempt, hooksObject } from '../run-recovery.ts';
import { standingSuccessor, takesWrites } from '../standing-successor.ts';
import { repaired } from './repaired.ts';

const LOOK_MILLIS = 1_000;

export const recoverNonWritablePrimary: Attempt = async (run, incident) => {
  const { key } = incident.entry;
  const name = instanceKeyText(key);
  const objection = await hooksObject(run, incident);
  if (objection !== null) return nobody(objection);
  run.say(`recover-non-writeable-master: will make ${name} writable`);
  const refusal = await writableRefusal(incident.entry, run.ports);
  if (refusal !== null) {
    run.fail(refusal);
    return nobody(refusal);
  }
  // E2: told afterwards, the writes in between would be on this server alone.
  if (run.ports.waitedBeforeRestart(key)) await waitAgain(run, key);
  // E4: a restart has made it forget them.
  await giveVariables(run, key, run.ports.policy().promotion.primaryVariables);
  const { problems } = await run.operate({ kind: 'set-read-only', key, readOnly: false });
  const seen = await run.ports.servers.observe(key, LOOK_MILLIS);
  if (seen.kind === 'failed' || seen.instance.readOnly) {
    return nobody(problems[0]?.text ?? `${name} is still read-only`, [key]);
  }
  return repaired(run, incident, { successor: seen.instance, participants: [key], hooks: null });
};

/** Why it must not take writes; null: nothing speaks against it. Asked before anything is recorded, and once more before it is told. */
export async function writableRefusal(
  { key, isReadOnlyByRestart }: Pick<AnalysisEntry, 'key' | 'isReadOnlyByRestart'>,
  ports: RecoveryPorts,
): Promise<string | null> {
  const { servers } = ports;
  const name = instanceKeyText(key);
  const known = ports.known.get(key);
  // Also those below its replicas: in the same loss of power these have lost what it has. And before it: what it executes meanwhile must not look like something that it lacks.
  const below = membersBut(key, ports);
  const looks = await Promise.all(below.map((one) => servers.observe(one.key, LOOK_MILLIS)));
  const seen = await servers.observe(key, LOOK_MILLIS);
  if (seen.kind === 'failed') return `${name} does not answer: ${seen.failure.text}`;
  // A15: one of two that replicate from each other is a replica, too.
  if (isReplica(seen.instance) && known?.isCoPrimary !== true) return `${name} is a replica by now`;
  const replicas = looks.flatMap((look) => (look.kind === 'observed' ? [look.instance] : []));
  const lost = lostByCrash(seen.instance, replicas);
  // Its next writes would get the numbers of those that it has lost, and its replicas would pass them over.
  if (lost !== null) return `${instanceKeyText(lost.replica)} has ${lost.gtids}, which ${name} has lost`;
  const behind = isReadOnlyByRestart ? notSeenToGoOn(seen.instance, replicas) : undefined;
  if (behind !== undefined) {
    return `${instanceKeyText(behind.key)} has no GTIDs, and has not come to the binary log that ${name} began when it was started anew: it may have what ${name} has lost`;
  }
  const writer = membersBut(key, ports).find(takesWrites);
  if (writer !== undefined) return `${instanceKeyText(writer.key)} of its cluster takes writes`;
  const successor = await standingSuccessor(key, ports);
  return successor === null ? null : `${name} was replaced by ${instanceKeyText(successor.key)}, which takes writes`;
}

function membersBut(key: InstanceKey, { known }: Pick<RecoveryPorts, 'known'>): readonly Instance[] {
  const instance = known.get(key);
  return instance === undefined ? [] : known.cluster(instance.clusterName).filter((other) => !sameKey(other.key, key));
}

/**
 * Without GTIDs nobody can compare what two servers have. A replica that has read the former log to its end has lost nothing; one that has received more than the source has kept is refused there,
 * and stays in it. Undefined: all go on.
 */
function notSeenToGoOn(primary: Instance, replicas: readonly Instance[]): Instance | undefined {
  const { file, pos } = primary.selfCoordinates;
  const goesOn = ({ receiverRunning, readCoordinates: read }: Instance): boolean =>
    receiverRunning && read.file === file && read.pos <= pos;
  return replicas.find((replica) => sameKey(replica.sourceKey, primary.key) && !usesGtid(replica) && !goesOn(replica));
}
