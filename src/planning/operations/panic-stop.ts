/**
 * Stopping replication at once on all delayed replicas of a cluster, or on all (L4): somebody has dropped a table, and what still lacks that statement is the only copy.
 *
 * A panic waits for nobody: no server is read or locked before, none waits for another, and what could not be told to stop is named while the others have stopped.
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { hasSeveralSources, isReplica, threadsExist } from '../../model/instance-status.ts';
import { planned } from './draft-plan.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationLane, type OperationPlanResult, refuse } from './operation-plan.ts';
import type { ClusterRequest } from './operation-request.ts';
import { stopAll } from './replication-threads.ts';

/** So many are told at once: each takes a connection. The others follow as soon as one is done. */
export const PANIC_LANES_AT_ONCE_MAX = 200;

export function planPanicStop(
  request: Extract<ClusterRequest, { kind: 'panic-stop' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const { clusterName, which } = request;
  const members = facts.topology.cluster(clusterName);
  if (members.length === 0) return refuse('not-found', `No such cluster: ${clusterName}`);
  // One that has stopped by what was last seen may have been started since.
  const replicas = members.filter((member) => isReplica(member) || threadsExist(member));
  const chosen = replicas.filter(({ sqlDelaySeconds }) => which === 'all' || sqlDelaySeconds > 0);
  if (chosen.length === 0) {
    const what = which === 'all' ? 'replica' : 'delayed replica';
    return refuse('nothing-to-stop', `No ${what} in cluster ${clusterName}: nothing was stopped`);
  }
  const spared = replicas.filter((replica) => !chosen.includes(replica) && hasSeveralSources(replica));
  return planned(request, { clusterName }, facts, {
    because: which === 'all' ? 'every replica is to stop at once' : 'every delayed replica is to stop at once',
    lanes: chosen.map(lane),
    lanesAtOnce: Math.min(chosen.length, PANIC_LANES_AT_ONCE_MAX),
    locks: [],
    // Whoever holds a server may hold it for minutes, and every second applies more of what must not be applied.
    locksLanes: false,
    warnings: spared.map(
      ({ key }) =>
        `${instanceKeyText(key)} replicates from several sources, and the delay of the others is not known: it goes on`,
    ),
    audits: [{ type: 'panic-stop', key: null, message: `${clusterName}: stopped {done}/{total} replicas` }],
  });
}

/** Neither a look before nor a way back: nobody starts again what was stopped in a panic but a person. */
function lane(replica: Instance): OperationLane {
  return {
    server: replica.key,
    steps: [{ ...stopAll(replica), precondition: { kind: 'none' }, undo: [] }],
    effect: 'it stands still',
  };
}
