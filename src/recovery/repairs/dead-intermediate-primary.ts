/** Recovery of a dead intermediate primary: its replicas replicate from somewhere alive (spec/recovery.md 3.3; H1). */
import { claimsDeath } from '../../analysis/codes.ts';
import type { AnalysisEntry } from '../../analysis/entry.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { type OrphanStage, orphanStages } from '../../planning/repairs/orphan-stages.ts';
import { nobody } from '../recovery-end.ts';
import type { RecoveryPorts } from '../recovery-ports.ts';
import type { RecoveryRun } from '../recovery-run.ts';
import { type Attempt, hooksObject } from '../run-recovery.ts';
import { connectedAgain, notKnown, signOfLife, stillAlive } from '../sign-of-life.ts';
import { homeAbove } from './home-above.ts';
import { Orphans } from './orphans.ts';
import { repaired } from './repaired.ts';

/** For a sibling that may take the replicas over: one that is slow now is no good choice. */
const SIBLING_LOOK_MILLIS = 1_000;

export const recoverDeadIntermediatePrimary: Attempt = async (run, incident, { forced }) => {
  const { entry } = incident;
  const objection = await hooksObject(run, incident);
  if (objection !== null) return nobody(objection);
  const failed = run.ports.known.get(entry.key);
  if (failed === undefined) return notKnown(entry);
  const alive = await (claimsDeath(entry.code) ? signOfLife : connectedAgain)(run, entry, forced);
  if (alive !== null) return stillAlive(run, entry, alive);
  const key = instanceKeyText(entry.key);
  run.say(`RecoverDeadIntermediateMaster: will recover ${key}`);
  const home = await homeAbove(failed, run.ports);
  const { taker, participants } =
    home === null ? { taker: null, participants: [] } : await bringHome(run, { ...failed, sourceKey: home.key });
  const successor = taker === null ? undefined : run.ports.known.get(taker);
  if (successor === undefined) {
    const reason = `RecoverDeadIntermediateMaster failed to match up any replica from ${key}`;
    run.fail(reason);
    return nobody(reason, participants);
  }
  run.say(`- RecoverDeadIntermediateMaster: will take over its replicas: ${instanceKeyText(successor.key)}`);
  return repaired(run, incident, { successor, participants, hooks: 'PostIntermediateMasterFailoverProcesses' });
};

/** Asked before anything is recorded: where its source is dead as well, that one is recovered first. Null: there is somebody. */
export async function nobodyAbove({ key }: AnalysisEntry, ports: RecoveryPorts): Promise<string | null> {
  const failed = ports.known.get(key);
  if (failed === undefined || (await homeAbove(failed, ports)) !== null) return null;
  return `nobody above ${instanceKeyText(key)} answers`;
}

interface Home {
  /** Who has the replicas now; null: none of them was moved. */
  readonly taker: InstanceKey | null;
  /** Everybody that was tried. */
  readonly participants: readonly InstanceKey[];
}

/** `failed`: with the source that its replicas are to have. */
async function bringHome(run: RecoveryRun, failed: Instance): Promise<Home> {
  const orphans = new Orphans(run, failed.key);
  orphans.sayUnreachable();
  const participants: InstanceKey[] = [];
  let leader: InstanceKey | null = null;
  for (const stage of await stagesOf(run, failed)) {
    if (!run.mayGoOn()) break;
    const tried = await runStage(orphans, failed.key, stage);
    if (tried.taker !== null) participants.push(tried.taker);
    // Whoever gathers the others is still below the dead one: the next stage brings it home, and them with it.
    if (stage.kind === 'regroup') leader = tried.hasMoved ? tried.taker : null;
    else if (tried.hasMoved && (stage.kind === 'grandparent' || orphans.reachable.length === 0))
      return { taker: stage.kind === 'grandparent' ? (leader ?? tried.taker) : tried.taker, participants };
  }
  return { taker: null, participants };
}

/** From what is seen of its siblings now. */
async function stagesOf(run: RecoveryRun, failed: Instance): Promise<readonly OrphanStage[]> {
  const { known, servers, policy } = run.ports;
  const siblings = failed.sourceKey === null ? [] : known.replicasOf(failed.sourceKey);
  const seen = await Promise.all(
    siblings.map(async (sibling): Promise<Instance> => {
      const look = await servers.observe(sibling.key, SIBLING_LOOK_MILLIS);
      return look.kind === 'observed' ? look.instance : { ...sibling, lastSeen: null };
    }),
  );
  const { stages, unfit } = orphanStages(failed, seen, policy().promotion);
  for (const { key, reason } of unfit) run.say(`not below ${instanceKeyText(key)}: ${reason}`);
  return stages;
}

interface Tried {
  readonly taker: InstanceKey | null;
  readonly hasMoved: boolean;
}

async function runStage(orphans: Orphans, failed: InstanceKey, stage: OrphanStage): Promise<Tried> {
  if (stage.kind !== 'regroup') {
    const { done } = await orphans.goBelow(stage.below);
    return { taker: stage.below, hasMoved: done.length > 0 };
  }
  // One alone has nobody to gather.
  const [first, second] = orphans.reachable;
  if (first === undefined || second === undefined) return { taker: null, hasMoved: false };
  const { promoted, problems } = await orphans.operate({ kind: 'regroup-replicas', key: failed, method: 'any' });
  return { taker: promoted, hasMoved: problems.length === 0 };
}
