/**
 * Recoveries: asking for one, and the records of those that were (spec/http-api.md 2.11).
 */
import type { ClusterName } from '../../model/brand.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import type { OrchestratorCalls } from '../../service/calls.ts';
import { type Answer, bareAnswer, errorAnswer, okAnswer, refusedAnswer } from '../answer.ts';
import { recoveryFiltersJson } from './json/records.ts';
import { blockedRecoveryJson, executedRecoveryJson, recoveryStepJson } from './json/recovery.ts';
import { keyJson } from './json/scalars.ts';
import { detectionsJson, recoveriesJson } from './listing.ts';
import { pageNumber, positiveId, requiredInteger } from './parameters.ts';
import type { ApiRequest, Handler } from './request.ts';
import { clusterByAliasTarget, clusterTarget, instanceTarget, type Target } from './targets.ts';

/** By hint, or by an instance of the cluster; with or without a designated successor. */
export const gracefulTakeover =
  (auto: boolean): Handler =>
  async (request, calls) => {
    const cluster = clusterTarget(request, calls);
    if (cluster.kind === 'answer') return cluster.answer;
    const designated = optionalInstance(request, calls, 'designated');
    if (designated.kind === 'answer') return designated.answer;
    // Counted before: afterwards the cluster may have another name.
    const countInstances = calls.clusterInfo(cluster.value)?.countInstances ?? 0;
    const outcome = await calls.gracefulTakeover({ clusterName: cluster.value, designated: designated.value, auto });
    if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
    const details = executedRecoveryJson(outcome.value, countInstances);
    return outcome.value.record.successorKey === null
      ? errorAnswer('graceful-master-takeover: no successor promoted', details)
      : okAnswer('graceful-master-takeover: successor promoted', details);
  };

const NOBODY = { kind: 'found', value: null } as const;

/** By hint, or by an instance of the cluster; `takeover` names the successor. */
export const forceFailover =
  (form: 'failover' | 'takeover'): Handler =>
  async (request, calls) => {
    const cluster = clusterTarget(request, calls);
    if (cluster.kind === 'answer') return cluster.answer;
    const designated = form === 'takeover' ? instanceTarget(request, calls, 'designated') : NOBODY;
    if (designated.kind === 'answer') return designated.answer;
    // Counted before: afterwards the cluster may have another name.
    const countInstances = calls.clusterInfo(cluster.value)?.countInstances ?? 0;
    const outcome = await calls.forceFailover({ clusterName: cluster.value, designated: designated.value });
    if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
    return okAnswer('Master failed over', executedRecoveryJson(outcome.value, countInstances));
  };

/** `lite`: without external processes, as the query `skipProcesses=true` has it. A failure tells in Details whom it was about. */
export const recover =
  (form: 'full' | 'lite'): Handler =>
  async (request, calls) => {
    const target = instanceTarget(request, calls);
    if (target.kind === 'answer') return target.answer;
    const candidate = optionalInstance(request, calls, 'candidate');
    if (candidate.kind === 'answer') return candidate.answer;
    const skipProcesses = form === 'lite' || request.query('skipProcesses') === 'true';
    const outcome = await calls.recover(target.value, { candidate: candidate.value, skipProcesses });
    if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal, keyJson(target.value));
    return okAnswer(`Recovery executed on ${instanceKeyText(target.value)}`, keyJson(outcome.value));
  };

/** All forms of `audit-recovery`: by page, id, UID, cluster, alias, unacknowledged only. */
export const auditRecovery: Handler = async (request, calls) => {
  const unacknowledgedOnly = request.query('unacknowledged') === 'true';
  return bareAnswer(recoveriesJson(await calls.recoveries({ ...recordQuery(request), unacknowledgedOnly }), calls));
};

export const auditFailureDetection: Handler = async (request, calls) =>
  bareAnswer(detectionsJson(await calls.detections(recordQuery(request)), calls));

/** Of a record asked for by id or UID there is one; all else is paged, and a bad id shows the first page (contract). */
function recordQuery(request: ApiRequest): {
  page: number;
  id?: number;
  uid?: string;
  clusterName?: string;
  clusterAlias?: string;
} {
  const id = positiveId(request.param('id'));
  const uid = request.param('uid');
  const clusterName = request.param('clusterName');
  const clusterAlias = request.param('clusterAlias');
  return {
    page: pageNumber(request.param('page')),
    ...(id === null ? {} : { id }),
    ...(uid === '' ? {} : { uid }),
    ...(clusterName === '' ? {} : { clusterName }),
    ...(clusterAlias === '' ? {} : { clusterAlias }),
  };
}

export const auditRecoverySteps: Handler = async (request, calls) =>
  bareAnswer((await calls.recoverySteps(request.param('uid'))).map(recoveryStepJson));

/** In their active period and not ended. */
export const activeClusterRecovery: Handler = async (request, calls) => {
  const records = await calls.activeRecoveries(request.param('clusterName'));
  return bareAnswer(
    recoveriesJson(
      records.filter((record) => record.end === null),
      calls,
    ),
  );
};

export const blockedRecoveries: Handler = async (request, calls) => {
  const clusterName = request.param('clusterName');
  const blocked = await (clusterName === '' ? calls.blockedRecoveries() : calls.blockedRecoveries(clusterName));
  return bareAnswer(blocked.map(blockedRecoveryJson));
};

export const ackCluster: Handler = (request, calls) =>
  acknowledged(request, calls, () => {
    const target = clusterTarget(request, calls);
    return target.kind === 'answer' ? target : clusterAcknowledgement(target.value);
  });

export const ackClusterByAlias: Handler = (request, calls) =>
  acknowledged(request, calls, () => {
    const target = clusterByAliasTarget(request, calls);
    return target.kind === 'answer' ? target : clusterAcknowledgement(target.value);
  });

export const ackInstance: Handler = (request, calls) =>
  acknowledged(request, calls, () => {
    const target = instanceTarget(request, calls);
    if (target.kind === 'answer') return target;
    const ok = okAnswer('Acknowledged instance recoveries', keyJson(target.value));
    return { kind: 'found', value: { what: { kind: 'instance', key: target.value }, ok } };
  });

export const ackById: Handler = (request, calls) =>
  acknowledged(request, calls, () => {
    const text = request.param('recoveryId');
    const id = requiredInteger(text);
    if (id.kind === 'refused') return { kind: 'answer', answer: errorAnswer(id.reason) };
    return {
      kind: 'found',
      value: { what: { kind: 'id', id: id.value }, ok: okAnswer('Acknowledged recovery', text) },
    };
  });

export const ackByUid: Handler = (request, calls) =>
  acknowledged(request, calls, () => {
    const uid = request.param('uid');
    return { kind: 'found', value: { what: { kind: 'uid', uid }, ok: okAnswer('Acknowledged recovery', uid) } };
  });

export const ackAll: Handler = (request, calls) =>
  acknowledged(request, calls, () => {
    const ok = okAnswer('Acknowledged all recoveries', request.query('comment'));
    return { kind: 'found', value: { what: { kind: 'all' }, ok } };
  });

interface Acknowledging {
  readonly what: Parameters<OrchestratorCalls['acknowledge']>[0];
  readonly ok: Answer;
}

function clusterAcknowledgement(clusterName: ClusterName): Target<Acknowledging> {
  const ok = okAnswer('Acknowledged cluster recoveries', clusterName);
  return { kind: 'found', value: { what: { kind: 'cluster', clusterName }, ok } };
}

/** A comment is mandatory. Signed by the user, or by this node where nobody is named (4.10). OK even if nothing matched. */
async function acknowledged(
  request: ApiRequest,
  calls: OrchestratorCalls,
  selected: () => Target<Acknowledging>,
): Promise<Answer> {
  const comment = request.query('comment');
  if (comment === '') return errorAnswer('No acknowledge comment given');
  const target = selected();
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.acknowledge(target.value.what, request.user || calls.identity.hostname, comment);
  return outcome.kind === 'refused' ? refusedAnswer(outcome.refusal) : target.value.ok;
}

export const setGlobalRecoveries =
  (state: 'enabled' | 'disabled'): Handler =>
  async (_request, calls) => {
    const outcome = await calls.setRecoveriesDisabled(state === 'disabled');
    return outcome.kind === 'refused'
      ? refusedAnswer(outcome.refusal)
      : okAnswer(`Globally ${state} recoveries`, state);
  };

export const checkGlobalRecoveries: Handler = async (_request, calls) => {
  const state = (await calls.recoveriesDisabled()) ? 'disabled' : 'enabled';
  return okAnswer(`Global recoveries ${state}`, state);
};

export const automatedRecoveryFilters: Handler = (_request, calls) =>
  okAnswer('Automated recovery configuration details', recoveryFiltersJson(calls.settings()));

function optionalInstance(
  request: ApiRequest,
  calls: OrchestratorCalls,
  role: 'candidate' | 'designated',
): Target<InstanceKey | null> {
  return request.param(`${role}Host`) === '' ? { kind: 'found', value: null } : instanceTarget(request, calls, role);
}
