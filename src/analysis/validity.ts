/**
 * Whether what is known of a server is the result of a good check (spec/failure-detection.md section 3).
 * Nothing here compares with the present: a row checked and seen at the same instant years ago is valid.
 */
import type { Instance } from '../model/instance.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { AnalysisPolicy } from './policy.ts';

const MILLIS_PER_SECOND = 1000;

/** `unknown`: never seen. Counts as not valid everywhere but in the reduction of entries (spec section 5). Never checked is not unknown: see `isLastCheckValid`. */
export type Validity = 'valid' | 'invalid' | 'unknown';

/**
 * Of the analysed server: its last check was a good one, and none is hanging, that is, attempted later than the last good one
 * by more than the poll interval and what a check may reasonably take. Replicas are judged by `isLastCheckValid` alone.
 */
export function lastCheckValidity(instance: Instance, policy: AnalysisPolicy): Validity {
  if (instance.lastSeen === null) return 'unknown';
  if (!isLastCheckValid(instance)) return 'invalid';
  const allowedMillis = (policy.instancePollSeconds + policy.reasonableInstanceCheckSeconds) * MILLIS_PER_SECOND;
  return (instance.lastAttemptedCheck ?? 0) <= instance.lastSeen + allowedMillis ? 'valid' : 'invalid';
}
