/**
 * Closing the active period of a detection or a recovery.
 *
 * The unique key holds server, "active" and the closing second, so that one open row a server can exist beside any number of closed
 * ones. Two rows of one server closed in the same second would collide (spec/backend-schema.md 7, weak point 5): the later one
 * takes the next free second.
 */
import type { UnixMillis } from '../../model/brand.ts';
import type { Executor } from '../engine.ts';
import { unixSeconds } from '../timestamp.ts';

interface OpenDetection {
  readonly detection_id: number;
  readonly hostname: string;
  readonly port: number;
  readonly is_actionable: number;
}

interface OpenRecovery {
  readonly recovery_id: number;
  readonly hostname: string;
  readonly port: number;
}

/** First second from `wanted` on that is not taken. */
function firstFree(wanted: number, taken: readonly { readonly second: number | null }[]): number {
  const seconds = new Set(taken.map((row) => row.second));
  let second = wanted;
  while (seconds.has(second)) second += 1;
  return second;
}

/** Within a transaction of the caller's. */
export async function freeDetectionSecond(executor: Executor, row: OpenDetection, now: UnixMillis): Promise<number> {
  const wanted = unixSeconds(now);
  const taken = await executor
    .selectFrom('topology_failure_detection')
    .select('end_active_period_unixtime as second')
    .where('hostname', '=', row.hostname)
    .where('port', '=', row.port)
    .where('is_actionable', '=', row.is_actionable)
    .where('end_active_period_unixtime', '>=', wanted)
    .execute();
  return firstFree(wanted, taken);
}

/** Within a transaction of the caller's. */
export async function freeRecoverySecond(executor: Executor, row: OpenRecovery, now: UnixMillis): Promise<number> {
  const wanted = unixSeconds(now);
  const taken = await executor
    .selectFrom('topology_recovery')
    .select('end_active_period_unixtime as second')
    .where('hostname', '=', row.hostname)
    .where('port', '=', row.port)
    .where('end_active_period_unixtime', '>=', wanted)
    .execute();
  return firstFree(wanted, taken);
}
