// Starting something that takes a while, and that may not be wanted any more before it is there.

import { killDescendants } from '../src/sandbox/descendants.ts';

/** While a start is being broken off: it may start another process after we looked. */
const killAgainMillis = 50;

export type Started<Thing> =
  | { readonly kind: 'started'; readonly thing: Thing }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'stopped' };

/** A start that is no longer wanted is made to fail by killing what it has started; then it cleans up by itself. */
export async function startedOrStopped<Thing extends { stop(): Promise<void> }>(
  starting: Promise<Thing>,
  stopped: Promise<'stop'>,
): Promise<Started<Thing>> {
  const outcome = starting.then(
    (thing): Started<Thing> => ({ kind: 'started', thing }),
    (error: unknown): Started<Thing> => ({ kind: 'failed', error }),
  );
  const first = await Promise.race([outcome, stopped]);
  if (first !== 'stop') return first;
  console.error('stopping before everything was started');
  killDescendants();
  const again = setInterval(killDescendants, killAgainMillis);
  const late = await outcome;
  clearInterval(again);
  if (late.kind === 'started') await late.thing.stop();
  return { kind: 'stopped' };
}
