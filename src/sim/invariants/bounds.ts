/**
 * Invariant 9: how long a failover may take where nothing but the primary has failed (design/targets.md); what else goes wrong at the same time has no
 * bound but that of convergence, at the end of a run.
 */
import type { PlannedFault } from '../faults.ts';
import type { World } from '../world.ts';
import type { Promotion } from './promotions.ts';
import type { Violation } from './violation.ts';

/** A process that dies is missed at once: its connections break. */
const CRASH_MILLIS = 1_000;

/** One that is silent is missed when its replicas' net timeout has passed and they have failed to connect anew. */
const SILENCE_MILLIS = 10_000;

export class Bounds {
  readonly #world: World;
  readonly #fault: PlannedFault | null;
  #backlogMillis = 0;

  constructor(world: World, faults: readonly PlannedFault[]) {
    this.#world = world;
    const [only, ...others] = faults;
    this.#fault = only !== undefined && others.length === 0 ? only : null;
    if (this.#fault === null) return;
    world.queue.after(this.#fault.at, () => {
      this.#backlogMillis = this.#longestDrain();
    });
  }

  violations(promotions: readonly Promotion[]): readonly Violation[] {
    const bound = this.#boundMillis();
    if (this.#fault === null || bound === null) return [];
    const { at, fault } = this.#fault;
    const within = at + bound + this.#backlogMillis;
    const [first] = promotions;
    if (first !== undefined && first.at <= within) return [];
    const taken = first === undefined ? 'nobody' : `${first.server} after ${(first.at - at).toFixed(0)} ms`;
    return [{ invariant: 9, text: `after the ${fault.kind} of its primary ${taken} takes writes; bound ${bound} ms` }];
  }

  /** Null: a failover is not due, or may come too late because the primary is back before. */
  #boundMillis(): number | null {
    const fault = this.#fault?.fault;
    if (fault?.kind !== 'kill' && fault?.kind !== 'power-off') return null;
    const bound = fault.kind === 'kill' ? CRASH_MILLIS : SILENCE_MILLIS;
    const isBackBefore = fault.restartAfterMillis !== null && fault.restartAfterMillis < bound;
    return isBackBefore ? null : bound;
  }

  /** Nobody is promoted before it has applied what it has received. */
  #longestDrain(): number {
    const drains = this.#world.servers.map(
      ({ relayLog, options }) => relayLog.waiting.length * (options.applyMillis + options.commitMillis),
    );
    return Math.max(0, ...drains);
  }
}
