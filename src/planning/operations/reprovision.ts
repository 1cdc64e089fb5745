/**
 * All data of a server are replaced by those of another one of its cluster: by MySQL's CLONE plugin, or by configured hooks. What it alone has is gone then, so that it is refused
 * unless there is nothing, or a person says that it may be. What was begun is gone on with: a clone goes on in the server, whatever becomes of whoever has asked for it.
 */
import { type CloneRun, cloneErrorText } from '../../model/clone-run.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { RETURN_MILLIS } from '../deadlines.ts';
import { lostText } from '../lost-data.ts';
import { move, planned } from './draft-plan.ts';
import { cannotReplicate, firstOf, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlan, OperationPlanResult, OperationRefusal, ReprovisionDraft } from './operation-plan.ts';
import type { ReprovisionRequest } from './operation-request.ts';
import { clusterToJoin, ownCluster, primaryOf } from './reprovision-cluster.ts';
import { chooseDonor } from './reprovision-donor.ts';
import { NOTHING_OF_REPROVISIONS, type ReprovisionFacts } from './reprovision-facts.ts';
import { type Begun, type Scene, whatWasBegun } from './reprovision-resume.ts';
import { cannotBeCloned, consentRefusal, recipientRefusal, wontReprovision } from './reprovision-rules.ts';
import { awaited, beforeHooks, cloneSteps, installPlugin, joinSteps, needsAccount } from './reprovision-steps.ts';

const OPERATION = 'reprovision';
const MINUTE_MILLIS = 60_000;

export function planReprovision(request: ReprovisionRequest, facts: OperationFacts): OperationPlanResult {
  const recipient = facts.topology.get(request.key);
  if (recipient === undefined) return unknown(request.key);
  const known = facts.reprovision ?? NOTHING_OF_REPROVISIONS;
  const found = findPrimary(request, recipient, facts, known);
  // Its own words first: one that has replicas is the top of a cluster in which nobody else takes writes.
  if (found.kind === 'refused') return recipientRefusal(recipient, facts) ?? found;
  const scene: Scene = { request, facts, known, recipient, primary: found.primary };
  const begun = whatWasBegun(scene);
  if (begun.kind === 'refused') return begun;
  if (begun.kind === 'goes-on') return goOn(begun, scene);
  const read = facts.read(recipient.key);
  if (read !== null && read !== 'read')
    return wontReprovision(recipient, 'cannot-read', `it does not answer: ${read.failure}`);
  return beginAnew(scene, begun.failed);
}

type Found = { readonly kind: 'found'; readonly primary: Instance } | OperationRefusal;

function findPrimary(
  request: ReprovisionRequest,
  recipient: Instance,
  { topology, read }: OperationFacts,
  { successor }: ReprovisionFacts,
): Found {
  const why = (code: string, text: string): OperationRefusal => wontReprovision(recipient, code, text);
  if (request.donor !== null && topology.get(request.donor) === undefined) return unknown(request.donor);
  const name = clusterToJoin(request, topology, successor);
  if (name === null) return why('no-cluster', 'nobody knows which cluster it belongs to: name a donor of that one');
  const own = ownCluster(recipient.key, topology);
  if (own !== null && own !== name) {
    return why('other-cluster', `it is of the cluster ${own}, and the donor of ${name}`);
  }
  const primary = primaryOf(name, topology, recipient.key);
  if (primary === null) return why('no-primary', `${name} has no other server that takes writes`);
  const state = read(primary.key);
  return state === null || state === 'read'
    ? { kind: 'found', primary }
    : why(
        'no-primary',
        `${instanceKeyText(primary.key)}, the primary that it is to follow, does not answer: ${state.failure}`,
      );
}

function beginAnew(scene: Scene, failed: CloneRun | null): OperationPlanResult {
  const { request, facts, known, recipient, primary } = scene;
  const refusal = firstOf(recipientRefusal(recipient, facts), cannotReplicate(recipient, primary, facts));
  if (refusal !== null) return refusal;
  const uncloned = cannotBeCloned(recipient, known);
  if (uncloned !== null && known.hooks === 0) return uncloned;
  const method = uncloned === null ? 'clone' : 'hooks';
  const lost = lostText(recipient, primary);
  const unwanted = consentRefusal(recipient, primary, lost, request.discardErrant);
  if (unwanted !== null || lost === null) return unwanted ?? unknown(recipient.key);
  const choice = chooseDonor({ recipient, primary, method, named: request.donor, facts, known });
  if (choice.kind === 'refused') return choice;
  const { donor } = choice;
  const account = accountRefusal(donor, method, scene);
  if (account !== null) return account;
  const formerClone = lastCloneOf(recipient.key, known)?.beganAt ?? '';
  const draft: ReprovisionDraft = {
    key: recipient.key,
    donor: donor.key,
    primary: primary.key,
    method,
    discarded: lost,
    formerClone,
    delaySeconds: recipient.sqlDelaySeconds,
    superReadOnly: recipient.superReadOnly,
    phase: 'begun',
  };
  const first = method === 'clone' ? clonePart(donor, draft, scene) : hooksPart(draft, scene);
  return planned(request, primary, facts, {
    ...first,
    locks: [recipient.key],
    method,
    because: `${instanceKeyText(donor.key)} is the donor: ${choice.because}`,
    rejected: uncloned === null ? [] : [{ method: 'clone', reason: uncloned.text }],
    warnings: [...warningsOf(draft, donor, scene, failed), ...choice.warnings],
    announcement: { audits: [beginAudit(draft)], record: draft },
    next: joinPart(draft, 'running', scene, `it joins ${instanceKeyText(primary.key)}`),
  });
}

const lastCloneOf = (key: InstanceKey, known: ReprovisionFacts): CloneRun | null => {
  const reading = known.clone(key);
  return reading?.kind === 'read' ? reading.facts.last : null;
};

/** Found out before anything is deleted: a server with new data that can log in nowhere is of no use. */
function accountRefusal(
  donor: Instance,
  method: 'clone' | 'hooks',
  { recipient, known }: Scene,
): OperationRefusal | null {
  // What hooks bring nobody knows; a replica brings its own account along.
  if (method === 'hooks' || !needsAccount(donor) || known.replication !== null) return null;
  const text = `the data of ${instanceKeyText(donor.key)} bring no replication account along, and no other is known: set ReplicationCredentialsQuery, or name a replica as the donor`;
  return wontReprovision(recipient, 'no-credentials', text);
}

type Part = Pick<OperationPlan, 'before' | 'lanes'>;

function clonePart(donor: Instance, draft: ReprovisionDraft, { recipient, primary, known }: Scene): Part {
  const lacks = (server: Instance): boolean => {
    const reading = known.clone(server.key);
    return reading?.kind === 'read' && reading.facts.plugin === 'missing';
  };
  const reading = known.clone(recipient.key);
  const steps = cloneSteps({
    recipient,
    donor: donor.key,
    credentials: known.account,
    validDonors: reading?.kind === 'read' ? reading.facts.validDonors : '',
    origin: primary.key,
    discards: draft.discarded,
  });
  const [first, ...rest] = steps;
  if (first === undefined) throw new Error('a clone has steps');
  const install = lacks(recipient) ? [installPlugin(recipient)] : [];
  return {
    before: lacks(donor) ? [installPlugin(donor)] : [],
    lanes: [
      {
        server: recipient.key,
        steps: [...install, { ...first, dependsOn: install.map(({ id }) => id) }, ...rest],
        effect: `it is being cloned from ${instanceKeyText(donor.key)}`,
      },
    ],
  };
}

function hooksPart(draft: ReprovisionDraft, { recipient, primary }: Scene): Part {
  const steps = beforeHooks(recipient, { origin: primary.key, discards: draft.discarded });
  return { before: [], lanes: [{ server: recipient.key, steps, effect: 'its data may be replaced' }] };
}

/** What was begun is waited for, if it is not done; then the server joins. */
function goOn({ draft, state, because }: Begun, scene: Scene): OperationPlanResult {
  const plan = joinPart(draft, state, scene, because);
  if (state === 'running') return { kind: 'planned', plan: { ...plan, announcement: { audits: [], record: draft } } };
  const { recipient, known } = scene;
  if (needsAccount(recipient) && known.replication === null && draft.method === 'clone') {
    const text = 'it has its new data, and no replication account is known: set ReplicationCredentialsQuery';
    return wontReprovision(recipient, 'no-credentials', text);
  }
  return { kind: 'planned', plan };
}

function joinPart(draft: ReprovisionDraft, state: Begun['state'], scene: Scene, because: string): OperationPlan {
  const { request, facts, known, recipient, primary } = scene;
  const isThere = state === 'provisioned';
  // What it will bring along: its own by now, or the donor's.
  const like = isThere ? recipient : (facts.topology.get(draft.donor) ?? recipient);
  const credentials = needsAccount(like) ? known.replication : null;
  const top = instanceKeyText(primary.key);
  const steps = joinSteps({
    recipient,
    primary,
    superReadOnly: facts.rules.useSuperReadOnly || draft.superReadOnly,
    credentials,
    securedAs: credentials === null ? null : modelFor(primary, recipient, facts),
    like: credentials === null ? null : known.formerly,
    delaySeconds: draft.delaySeconds,
  });
  const wait = isThere ? [] : [awaited(draft.method, recipient.key, draft.donor)];
  const [first, ...rest] = steps;
  if (first === undefined) throw new Error('to join takes steps');
  const lane = {
    server: recipient.key,
    steps: [...wait, { ...first, dependsOn: wait.map(({ id }) => id) }, ...rest],
    effect: `it has the data of ${instanceKeyText(draft.donor)}, and replicates from ${top}`,
  };
  const { plan } = planned(request, primary, facts, {
    because,
    locks: [recipient.key],
    lanes: [lane],
    moves: [move(recipient, primary.key, draft.method)],
    ...(isThere ? {} : { waitsFor: { kind: draft.method, record: draft, clusterName: primary.clusterName } }),
    audits: [
      {
        type: OPERATION,
        key: recipient.key,
        message: `reprovisioned from ${instanceKeyText(draft.donor)}; replicates from ${top}`,
      },
    ],
    effects: [{ kind: 'forget-reprovision', key: recipient.key }],
  });
  return plan;
}

/** A replica whose TLS and receiver options are taken. */
function modelFor(primary: Instance, recipient: Instance, { topology }: OperationFacts): InstanceKey | null {
  const [model] = topology.replicasOf(primary.key).filter(({ key }) => !sameKey(key, recipient.key));
  return model?.key ?? null;
}

function warningsOf(
  draft: ReprovisionDraft,
  donor: Instance,
  scene: Scene,
  failed: CloneRun | null,
): readonly string[] {
  const { recipient, primary } = scene;
  const [key, from] = [instanceKeyText(recipient.key), instanceKeyText(donor.key)];
  const loss =
    draft.discarded === ''
      ? `all data and binary logs of ${key} are deleted; it has nothing that ${instanceKeyText(primary.key)} has not`
      : `all data and binary logs of ${key} are deleted, and with them for good what ${instanceKeyText(primary.key)} has not: ${draft.discarded}`;
  return [
    loss,
    ...(failed === null ? [] : [`a clone from ${failed.donor} has failed before: ${cloneErrorText(failed)}`]),
    `accounts, passwords and plugins of ${key} are those of ${from} afterwards`,
    ...(draft.method === 'clone'
      ? [
          `${key} shuts down once all is copied: where no supervisor starts it again, somebody has to; it is waited for ${RETURN_MILLIS / MINUTE_MILLIS} minutes`,
        ]
      : []),
    `${key} comes back as its configuration says: read_only has to be set there, or it takes writes until it is told otherwise`,
  ];
}

const beginAudit = ({ key, donor, discarded, method }: ReprovisionDraft) => ({
  type: `begin-${OPERATION}`,
  key,
  message: `all data are replaced by those of ${instanceKeyText(donor)} (${method}); ${
    discarded === '' ? 'nothing is lost' : `ordered to be lost: ${discarded}`
  }`,
});
