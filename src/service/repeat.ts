/**
 * Work that is done again and again, each time so long after the end of the time before. What fails is told, and does not end it.
 */
import type { Millis } from '../model/brand.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

export interface RepeatOptions {
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Pick<Log, 'error'>;
  readonly period: Millis;
  /** What the log calls it where it fails. */
  readonly what: string;
}

/** For the first time after one period. Returns how to end it; what runs then runs to its end. */
export function repeat({ clock, log, period, what }: RepeatOptions, work: () => void | Promise<void>): () => void {
  let isStopped = false;
  let timer: Timer;
  const once = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (!isStopped) plan();
  };
  const plan = (): void => {
    timer = clock.after(period, () => void once());
  };
  plan();
  return () => {
    isStopped = true;
    timer.cancel();
  };
}
