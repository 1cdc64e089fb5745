/** A primary that was found dead, asked again before somebody takes its place: a supervisor may have started it meanwhile (A23). */
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';

/** One that was silent so lately is most likely still so. */
const HOLDS_MILLIS = 500;

export const LOOK_MILLIS = 250;

/** One that is not there is refused at once, and one that is back answers in no time; only one that hangs takes all of it. */
const QUICK_LOOK_MILLIS = 50;

/**
 * For one that refused connections and does so no more: somebody listens there again, and is still starting, or the machine is busy. Whoever is promoted now takes the
 * place of a primary that takes writes a moment later.
 */
const RETURNING_LOOK_MILLIS = 2_000;

export interface SilenceParts {
  readonly servers: Pick<TopologyServers, 'observe'>;
  readonly clock: Clock;
}

/** What was seen of servers that were found silent, as long as somebody acts on it. */
export class Silences {
  readonly #parts: SilenceParts;
  readonly #began: number;
  readonly #silent = new Map<
    string,
    { readonly at: number; readonly wasRefused: boolean; readonly isRefused: boolean }
  >();

  /** They were found silent just now. */
  constructor(parts: SilenceParts) {
    this.#parts = parts;
    this.#began = parts.clock.monotonic();
  }

  /** It refused connections when it was looked at last: nobody listens there. */
  refusesConnections(server: InstanceKey): boolean {
    return this.#silent.get(keyId(server))?.isRefused === true;
  }

  /** Whether it answers again; how long it is given depends on how it was silent. */
  async answersNow(server: InstanceKey): Promise<boolean> {
    const { servers, clock } = this.#parts;
    const { at, wasRefused } = this.#silent.get(keyId(server)) ?? { at: this.#began, wasRefused: false };
    const isFresh = clock.monotonic() - at < HOLDS_MILLIS;
    const seen = await servers.observe(server, isFresh ? QUICK_LOOK_MILLIS : LOOK_MILLIS);
    if (seen.kind === 'observed') return true;
    const isRefused = seen.failure.kind === 'refused';
    this.#silent.set(keyId(server), { at: clock.monotonic(), wasRefused: wasRefused || isRefused, isRefused });
    if (isRefused || !wasRefused) return false;
    return (await servers.observe(server, RETURNING_LOOK_MILLIS)).kind === 'observed';
  }
}
