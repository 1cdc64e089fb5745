/** A primary that was found dead, asked again before somebody takes its place: a supervisor may have started it meanwhile (A23). */
import type { InstanceKey } from '../model/instance-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';

/** One that was silent so lately is most likely still so. */
const HOLDS_MILLIS = 500;

export const LOOK_MILLIS = 250;

/** One that is not there is refused at once, and one that is back answers in no time; only one that hangs takes all of it. */
const QUICK_LOOK_MILLIS = 50;

export interface SilenceParts {
  readonly servers: Pick<TopologyServers, 'observe'>;
  readonly clock: Clock;
}

/** `since`: when it was found silent, by the monotonic clock. */
export async function answersNow(
  { servers, clock }: SilenceParts,
  server: InstanceKey,
  since: number,
): Promise<boolean> {
  const isFresh = clock.monotonic() - since < HOLDS_MILLIS;
  const seen = await servers.observe(server, isFresh ? QUICK_LOOK_MILLIS : LOOK_MILLIS);
  return seen.kind === 'observed';
}
