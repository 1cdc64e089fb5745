/**
 * How long to wait for a server's answer before it is suspected (architecture section 6): about a second, more for a server that is
 * usually slow, never beyond the configured limit. A suspicion alone leads to nothing: the replicas are asked.
 */

/** Shortest patience with a server. */
export const SUSPICION_MILLIS = 1_000;

/** Before this nobody is late. */
const LATE_MILLIS = 150;

/** A server may take this many times its usual answer time. */
const USUAL_TIMES = 5;

/** Weight of the newest answer in the usual time. */
const NEWEST_WEIGHT = 0.2;

/** After each suspicion it is waited so many times as long: a server that has become slow for good must be read in the end. */
const PATIENCE_GROWTH = 2;

export class ProbeDeadline {
  #usualMillis = 0;
  #afterSuspicionMillis = 0;

  /** After each good answer. */
  answered(tookMillis: number): void {
    this.#afterSuspicionMillis = 0;
    this.#usualMillis =
      this.#usualMillis === 0 ? tookMillis : this.#usualMillis * (1 - NEWEST_WEIGHT) + tookMillis * NEWEST_WEIGHT;
  }

  /** There was none in time. */
  suspected(limitMillis: number): void {
    this.#afterSuspicionMillis = this.answerMillis(limitMillis) * PATIENCE_GROWTH;
  }

  /** A ping asks for less than a probe: one that takes so long is late. */
  get lateMillis(): number {
    return Math.max(LATE_MILLIS, Math.ceil(this.#usualMillis * USUAL_TIMES));
  }

  answerMillis(limitMillis: number): number {
    return Math.min(
      limitMillis,
      Math.max(SUSPICION_MILLIS, this.#afterSuspicionMillis, Math.ceil(this.#usualMillis * USUAL_TIMES)),
    );
  }
}
