/**
 * Reading topologies (spec/http-api.md 2.7, 2.12, 2.11 rows 114-116): what is known, without contacting any server.
 */
import type { ClusterName } from '../../model/brand.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import type { OrchestratorCalls } from '../../service/calls.ts';
import { type Answer, bareAnswer, errorAnswer, okAnswer } from '../answer.ts';
import { clusterInfoJson } from './json/cluster-info.ts';
import { instanceJson } from './json/instance.ts';
import type { Json } from './json/json.ts';
import { analysisChangelogJson, auditJson } from './json/records.ts';
import { replicationAnalysisJson } from './json/replication-analysis.ts';
import { instanceContext, instancesJson } from './listing.ts';
import { pageNumber } from './parameters.ts';
import type { Handler } from './request.ts';
import { clusterByAliasTarget, clusterTarget, instanceTarget, type Target } from './targets.ts';

export const instance: Handler = (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const view = calls.instance(target.value);
  if (view === null) return errorAnswer(`Cannot read instance: ${instanceKeyText(target.value)}`);
  return bareAnswer(instanceJson(view, instanceContext(calls)));
};

export const allInstances: Handler = (_request, calls) => bareAnswer(instancesJson(calls.allInstances(), calls));

/** `:searchString` or the query `s`; an empty text finds everything. */
export const search: Handler = (request, calls) =>
  bareAnswer(instancesJson(calls.search(request.param('searchString') || request.query('s')), calls));

export const clusters: Handler = (_request, calls) =>
  bareAnswer(nullIfNone(calls.clusters().map((info) => info.clusterName)));

export const clustersInfo: Handler = (_request, calls) => bareAnswer(calls.clusters().map(clusterInfoJson));

export const cluster: Handler = (request, calls) => instancesOfCluster(clusterTarget(request, calls), calls);

export const clusterByAlias: Handler = (request, calls) =>
  instancesOfCluster(clusterByAliasTarget(request, calls), calls);

export const clusterOfInstance: Handler = (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const view = calls.instance(target.value);
  if (view === null) return errorAnswer(`Cannot read instance: ${instanceKeyText(target.value)}`);
  return bareAnswer(instancesJson(calls.cluster(view.instance.clusterName), calls));
};

export const clusterInfo: Handler = (request, calls) => infoOfCluster(clusterTarget(request, calls), calls);

export const clusterInfoByAlias: Handler = (request, calls) =>
  infoOfCluster(clusterByAliasTarget(request, calls), calls);

export const master: Handler = (request, calls) => {
  const target = clusterTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const primary = calls.primaryOf(target.value);
  if (primary === null) return errorAnswer(`No masters found for ${target.value}`);
  return bareAnswer(instanceJson(primary, instanceContext(calls)));
};

export const masters: Handler = (_request, calls) =>
  bareAnswer(nullIfNone(instancesJson(calls.writablePrimaries(), calls)));

/** Of an unknown instance: an empty list (4.2). */
export const instanceReplicas: Handler = (request, calls) => {
  const target = instanceTarget(request, calls);
  return target.kind === 'answer' ? target.answer : bareAnswer(instancesJson(calls.replicasOf(target.value), calls));
};

export const problems: Handler = (request, calls) => {
  const clusterName = request.param('clusterName');
  const found = clusterName === '' ? calls.problems() : calls.problems(clusterName);
  return bareAnswer(nullIfNone(instancesJson(found, calls)));
};

export const downtimed: Handler = (_request, calls) => bareAnswer(instancesJson(calls.downtimed(), calls));

export const downtimedOfCluster: Handler = (request, calls) => {
  const target = clusterTarget(request, calls);
  return target.kind === 'answer' ? target.answer : bareAnswer(instancesJson(calls.downtimed(target.value), calls));
};

/** The tree as text, in one of three forms. */
export const topology =
  (form: 'plain' | 'tabulated' | 'tags'): Handler =>
  async (request, calls) => {
    const target = clusterTarget(request, calls);
    if (target.kind === 'answer') return target.answer;
    return okAnswer(`Topology for cluster ${target.value}`, await calls.topologyText(target.value, form));
  };

/** All clusters, or one by alias or name; an unknown name passes through and finds nothing (4.2). */
export const replicationAnalysis: Handler = (request, calls) => {
  const name = request.param('clusterName');
  const clusterName = name === '' ? {} : { clusterName: calls.clusterByAlias(name) ?? name };
  return analysisAnswer(calls.replicationAnalysis({ ...clusterName, includeDowntimed: true }));
};

export const replicationAnalysisOfInstance: Handler = (request, calls) => {
  const outcome = calls.resolveKey(request.param('host'), request.param('port'));
  if (outcome.kind === 'refused') return errorAnswer(`Cannot get analysis: ${outcome.refusal.message}`);
  return analysisAnswer(calls.replicationAnalysis({ key: outcome.value, includeDowntimed: true }));
};

export const analysisChangelog: Handler = async (_request, calls) =>
  bareAnswer(nullIfNone(analysisChangelogJson(await calls.analysisChangelog())));

/** Of an instance that does not resolve: the whole log (contract). */
export const audit: Handler = async (request, calls) => {
  const page = pageNumber(request.param('page'));
  const key = request.param('host') === '' ? null : instanceTarget(request, calls);
  const records = await calls.audit(key?.kind === 'found' ? { page, key: key.value } : { page });
  return bareAnswer(records.map(auditJson));
};

/** Some lists of the catalogue are null when empty ("null if none"; recorded `problems`). */
function nullIfNone(list: readonly Json[]): Json {
  return list.length === 0 ? null : list;
}

function analysisAnswer(entries: ReturnType<OrchestratorCalls['replicationAnalysis']>): Answer {
  return okAnswer(
    'Analysis',
    entries.map((entry) => replicationAnalysisJson(entry)),
  );
}

function instancesOfCluster(target: Target<ClusterName>, calls: OrchestratorCalls): Answer {
  return target.kind === 'answer' ? target.answer : bareAnswer(instancesJson(calls.cluster(target.value), calls));
}

function infoOfCluster(target: Target<ClusterName>, calls: OrchestratorCalls): Answer {
  if (target.kind === 'answer') return target.answer;
  const info = calls.clusterInfo(target.value);
  return info === null ? errorAnswer(`No cluster info found for ${target.value}`) : bareAnswer(clusterInfoJson(info));
}
