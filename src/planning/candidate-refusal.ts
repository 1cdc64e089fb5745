/**
 * Why a replica may not be promoted, each reason with its words: the constraints of the choice (spec/recovery.md 2.3 with 12.2 #4; scenarios C2 to C8, C15, C18). Pure.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { hasSeveralSources } from '../model/instance-status.ts';
import { isSmallerMajor, majorVersionText, parseServerVersion } from '../model/server-version.ts';
import { compareFormats, isSmallerFormat } from './can-replicate.ts';
import type { ChoiceRequest, FrozenReplica } from './candidates.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { startDropsRelayLog } from './relay-log-ends.ts';
import { hasAppliedAll, type ReplicaProgress } from './replica-progress.ts';

export type CandidateRefusalKind =
  | 'unreachable'
  | 'no-binary-log'
  | 'no-log-replica-updates'
  | 'binlog-server'
  | 'several-sources'
  | 'must-not-be-promoted'
  | 'ignored-by-configuration'
  | 'no-gtid'
  | 'minority-version'
  | 'minority-binlog-format'
  | 'crosses-data-center'
  | 'crosses-region'
  | 'dying-data-center'
  | 'lags'
  | 'applier-broken'
  | 'applier-cannot-start'
  | 'not-drained'
  | 'has-less'
  | 'has-more'
  | 'logs-replica-updates'
  | 'other-binary-log'
  | 'delayed'
  | 'excluded';

/** Why a server may not be promoted now. */
export interface CandidateRefusal {
  readonly kind: CandidateRefusalKind;
  readonly text: string;
}

export interface RefusedCandidate {
  readonly key: InstanceKey;
  readonly refusal: CandidateRefusal;
}

/** Reasons why a replica that might be promoted cannot apply what it has received. */
const UNDRAINABLE: ReadonlySet<CandidateRefusalKind> = new Set<CandidateRefusalKind>([
  'applier-broken',
  'applier-cannot-start',
  'delayed',
  'not-drained',
]);

/** Those who could not apply what they have received. */
export const undrainable = (refused: readonly RefusedCandidate[]): readonly InstanceKey[] =>
  refused.filter(({ refusal }) => UNDRAINABLE.has(refusal.kind)).map(({ key }) => key);

interface Majority {
  readonly version: string;
  readonly format: string;
}

/** C2, C3, C4: with the majority of versions and formats, not with the newest; a tie goes to the smaller. */
export function majorityOf(replicas: readonly FrozenReplica[]): Majority {
  const versions = replicas.map((replica) => versionOf(replica.instance)).sort(bySmallerMajor);
  const formats = replicas
    .map((replica) => replica.instance.binlogFormat)
    .sort((one, other) => compareFormats(one, other) || (one < other ? -1 : 1));
  return { version: mostFrequent(versions.map(majorVersionText)), format: mostFrequent(formats) };
}

export const versionOf = (instance: Instance) => parseServerVersion(instance.version, instance.versionComment);

type Version = ReturnType<typeof versionOf>;

export const bySmallerMajor = (one: Version, other: Version): number =>
  isSmallerMajor(one, other) ? -1 : isSmallerMajor(other, one) ? 1 : 0;

/** The first of the most frequent ones; '' for an empty list. */
function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = '';
  for (const [value, count] of counts) if (count > (counts.get(best) ?? 0)) best = value;
  return best;
}

/** Why this replica may not be promoted in place of the failed primary, or null. Pure: facts in, verdict out. */
export function candidateRefusal(
  { instance, progress }: FrozenReplica,
  request: ChoiceRequest,
  majority: Majority,
  policy: PromotionPolicy,
): CandidateRefusal | null {
  const refuse = (kind: CandidateRefusalKind, text: string): CandidateRefusal => ({ kind, text });
  const { failed } = request;
  const key = instanceKeyText(instance.key);
  if (request.excluded.some((excluded) => sameKey(excluded, instance.key))) {
    return refuse('excluded', `${key} failed earlier in this recovery`);
  }
  if (request.undrained.some((undrained) => sameKey(undrained, instance.key))) {
    return refuse('not-drained', `${key} has not applied in time what it has received`);
  }
  if (instance.isBinlogServer) return refuse('binlog-server', `${key} is a binlog server`);
  if (hasSeveralSources(instance)) {
    return refuse('several-sources', `${key} replicates from other sources too`);
  }
  if (!instance.logBinEnabled) return refuse('no-binary-log', `${key} has no binary log`);
  if (!instance.logReplicaUpdatesEnabled) {
    return refuse('no-log-replica-updates', `${key} does not log what it replicates`);
  }
  if (policy.promotionRule(instance.key) === 'must_not') {
    return refuse('must-not-be-promoted', `${key} has the promotion rule must_not`);
  }
  if (policy.isIgnored(instance.key)) {
    return refuse('ignored-by-configuration', `${key} matches PromotionIgnoreHostnameFilters`);
  }
  if (majorVersionText(versionOf(instance)) !== majority.version && isNewerThan(instance, majority.version)) {
    return refuse('minority-version', `${key} is newer (${instance.version}) than most replicas (${majority.version})`);
  }
  if (isSmallerFormat(majority.format, instance.binlogFormat)) {
    return refuse('minority-binlog-format', `${key} logs ${instance.binlogFormat}, most replicas ${majority.format}`);
  }
  if (policy.preventCrossDataCenter && instance.dataCenter !== failed.dataCenter) {
    const text = `PreventCrossDataCenterMasterFailover: will not promote server in ${instance.dataCenter} when failed server in ${failed.dataCenter}`;
    return refuse('crosses-data-center', text);
  }
  if (policy.preventCrossRegion && instance.region !== failed.region) {
    const text = `PreventCrossRegionMasterFailover: will not promote server in ${instance.region} when failed server in ${failed.region}`;
    return refuse('crosses-region', text);
  }
  const lagLimitSeconds = policy.failOnLagMinutes * 60;
  if (lagLimitSeconds > 0 && (instance.replicationLagSeconds ?? 0) >= lagLimitSeconds) {
    const text = `FailMasterPromotionOnLagMinutes: ${key} lags ${instance.replicationLagSeconds} seconds`;
    return refuse('lags', text);
  }
  return drainRefusal(instance, progress, policy);
}

/** C18: a received transaction is no use on a server that cannot apply it. */
export function drainRefusal(
  instance: Instance,
  progress: ReplicaProgress,
  policy: PromotionPolicy,
): CandidateRefusal | null {
  if (hasAppliedAll(progress)) return null;
  const key = instanceKeyText(instance.key);
  if ((instance.evidence?.lastSqlErrorNumber ?? 0) !== 0) {
    return { kind: 'applier-broken', text: `${key} cannot apply what it received: ${instance.lastSqlError}` };
  }
  if (startDropsRelayLog(instance)) {
    return { kind: 'applier-cannot-start', text: `${key} would drop what it received when its applier is started` };
  }
  if (instance.sqlDelaySeconds > policy.drainSeconds) {
    return { kind: 'delayed', text: `${key} is delayed by ${instance.sqlDelaySeconds} seconds` };
  }
  return null;
}

function isNewerThan(instance: Instance, majorVersion: string): boolean {
  return isSmallerMajor(parseServerVersion(majorVersion), versionOf(instance));
}
