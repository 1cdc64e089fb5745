/**
 * The words in which an instance is described to people and scripts: spec/cli.md 3.1, spec/discovery.md 14.1.
 */
import type { UnixMillis } from './brand.ts';
import type { Downtime } from './decisions.ts';
import type { Instance } from './instance.ts';
import {
  hasReasonableMaintenanceLag,
  isDetached,
  isDowntimeActive,
  isLastCheckValid,
  isRecentlyChecked,
  isReplica,
  isReplicaRunning,
  type StatusSettings,
  usesGtid,
} from './instance-status.ts';

export type StatusText = 'invalid' | 'unchecked' | 'nonreplicating' | 'lag' | 'ok';

/** Lag, status, version, `ro`/`rw`, binary log format, extras: always six, the last possibly empty. */
export type DescriptionTokens = readonly [string, StatusText, string, 'ro' | 'rw', string, string];

export function statusText(instance: Instance, now: UnixMillis, settings: StatusSettings): StatusText {
  if (!isLastCheckValid(instance)) return 'invalid';
  if (!isRecentlyChecked(instance, now, settings)) return 'unchecked';
  if (isReplica(instance) && !isReplicaRunning(instance)) return 'nonreplicating';
  if (isReplica(instance) && !hasReasonableMaintenanceLag(instance, settings)) return 'lag';
  return 'ok';
}

/** `detached`, `unknown`, `null`, or seconds as in `3s`. Primaries print `0s`. */
export function lagText(instance: Instance, now: UnixMillis, settings: StatusSettings): string {
  if (isDetached(instance)) return 'detached';
  if (!isLastCheckValid(instance) || !isRecentlyChecked(instance, now, settings)) return 'unknown';
  if (isReplica(instance) && (!isReplicaRunning(instance) || instance.secondsBehindSource === null)) return 'null';
  return `${instance.replicationLagSeconds ?? 0}s`;
}

export function descriptionTokens(
  instance: Instance,
  now: UnixMillis,
  settings: StatusSettings,
  downtime: Downtime | null | undefined,
): DescriptionTokens {
  return [
    lagText(instance, now, settings),
    statusText(instance, now, settings),
    instance.version,
    instance.readOnly ? 'ro' : 'rw',
    instance.logBinEnabled ? instance.binlogFormat : 'nobinlog',
    extras(instance, isDowntimeActive(downtime, now)).join(','),
  ];
}

function extras(instance: Instance, downtimed: boolean): string[] {
  const words: string[] = [];
  if (instance.logBinEnabled && instance.logReplicaUpdatesEnabled) words.push('>>');
  if (usesGtid(instance) || instance.supportsOracleGtid)
    words.push(instance.gtidErrant === '' ? 'GTID' : 'GTID:errant');
  if (instance.usingPseudoGtid) words.push('P-GTID');
  if (instance.semiSync.sourceStatus) words.push('semi:master');
  if (instance.semiSync.replicaStatus) words.push('semi:replica');
  if (downtimed) words.push('downtimed');
  return words;
}

/** `[0s,ok,8.0.36,rw,ROW,>>,GTID]`: what is not empty, so that the number of items varies (contract). */
export const bracketedDescription = (tokens: DescriptionTokens): string =>
  `[${tokens.filter((token) => token !== '').join(',')}]`;

/** `0s|ok|8.0.36|rw|ROW|>>,GTID`: always six columns. */
export const tabulatedDescription = (tokens: DescriptionTokens): string => tokens.join('|');
