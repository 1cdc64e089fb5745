/**
 * How long to wait for a server's answer before it is suspected (architecture section 6): about a second, more for a server that is
 * usually slow, never beyond the configured limit. A suspicion alone leads to nothing: the replicas are asked.
 */

/** Shortest patience with a server. */
export const SUSPICION_MILLIS = 1_000;

/** A server may take this many times its usual answer time. */
const USUAL_TIMES = 5;

/** Weight of the newest answer in the usual time. */
const NEWEST_WEIGHT = 0.2;

export class ProbeDeadline {
  #usualMillis = 0;

  /** After each good answer. */
  answered(tookMillis: number): void {
    this.#usualMillis =
      this.#usualMillis === 0 ? tookMillis : this.#usualMillis * (1 - NEWEST_WEIGHT) + tookMillis * NEWEST_WEIGHT;
  }

  answerMillis(limitMillis: number): number {
    return Math.min(limitMillis, Math.max(SUSPICION_MILLIS, Math.ceil(this.#usualMillis * USUAL_TIMES)));
  }
}
