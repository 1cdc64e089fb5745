/** What was begun of a reprovision before: nothing that runs is begun a second time, and nothing that is done. */
import { type CloneRun, cloneProgressText } from '../../model/clone-run.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import type { ReprovisionRecord } from '../../model/reprovision-record.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationRefusal, ReprovisionDraft } from './operation-plan.ts';
import type { ReprovisionRequest } from './operation-request.ts';
import { isResumable, type ReprovisionFacts } from './reprovision-facts.ts';
import { wontReprovision } from './reprovision-rules.ts';

/** Everything that is decided by. */
export interface Scene {
  readonly request: ReprovisionRequest;
  readonly facts: OperationFacts;
  readonly known: ReprovisionFacts;
  readonly recipient: Instance;
  readonly primary: Instance;
}

/** `draft`: as it is written down. `state`: its new data are there; or the server is at it, or is away to restart. */
export interface Begun {
  readonly kind: 'goes-on';
  readonly state: 'provisioned' | 'running';
  readonly draft: ReprovisionDraft;
  readonly because: string;
}

/** `failed`: a clone that was begun for the same, and has failed. */
interface NothingBegun {
  readonly kind: 'nothing';
  readonly failed: CloneRun | null;
}

const NOTHING: NothingBegun = { kind: 'nothing', failed: null };

export function whatWasBegun(scene: Scene): Begun | NothingBegun | OperationRefusal {
  const { recipient, known } = scene;
  const record = recordOf(scene);
  const reading = known.clone(recipient.key);
  const last = reading?.kind === 'read' ? reading.facts.last : null;
  const ours = record !== null && last?.beganAt !== record.formerClone ? last : null;
  if (last?.state === 'running') return running(last, ours === null ? adopted(last, scene) : record, scene);
  return record === null ? NOTHING : recorded(record, ours, scene);
}

function recordOf({ recipient, facts: { now }, known }: Scene): ReprovisionRecord | null {
  return known.records.find((record) => sameKey(record.key, recipient.key) && isResumable(record, now)) ?? null;
}

function running(clone: CloneRun, draft: ReprovisionDraft | null, scene: Scene): Begun | OperationRefusal {
  const { recipient } = scene;
  const from = `it is being cloned from ${clone.donor}`;
  if (draft === null) return wontReprovision(recipient, 'clone-runs', `${from}, which is none of its cluster`);
  if (wantsOther(draft.donor, scene)) {
    return wontReprovision(recipient, 'clone-runs', `${from}: ${cloneProgressText(clone)}`);
  }
  return { kind: 'goes-on', state: 'running', draft, because: `${from} already` };
}

/** Whoever names somebody else wants other data. */
const wantsOther = (donor: InstanceKey, { request }: Scene): boolean =>
  request.donor !== null && !sameKey(request.donor, donor);

function recorded(
  record: ReprovisionRecord,
  ours: CloneRun | null,
  scene: Scene,
): Begun | NothingBegun | OperationRefusal {
  const { facts, recipient, primary } = scene;
  const donor = instanceKeyText(record.donor);
  const read = facts.read(recipient.key);
  const isSilent = read !== null && read !== 'read';
  if (isSilent && record.method === 'clone') {
    const because = `it was being cloned from ${donor}, and does not answer`;
    return wantsOther(record.donor, scene)
      ? wontReprovision(recipient, 'clone-runs', because)
      : { kind: 'goes-on', state: 'running', draft: record, because };
  }
  const isDone = record.phase === 'provisioned' || (record.method === 'clone' && ours?.state === 'completed');
  if (isDone && !isSilent && !wantsOther(record.donor, scene)) {
    const because = `it has the data of ${donor} already, and is to join ${instanceKeyText(primary.key)}`;
    return { kind: 'goes-on', state: 'provisioned', draft: record, because };
  }
  return { kind: 'nothing', failed: ours?.state === 'failed' ? ours : null };
}

/** A clone that somebody else has begun, or that we have no record of. Null: its donor is none of the cluster. */
function adopted({ donor }: CloneRun, { recipient, primary, facts }: Scene): ReprovisionDraft | null {
  const members = facts.topology.cluster(primary.clusterName);
  const found = members.find(({ key }) => instanceKeyText(key) === donor);
  if (found === undefined) return null;
  return {
    key: recipient.key,
    donor: found.key,
    primary: primary.key,
    method: 'clone',
    discarded: '',
    formerClone: '',
    delaySeconds: recipient.sqlDelaySeconds,
    superReadOnly: recipient.superReadOnly,
    phase: 'begun',
  };
}
