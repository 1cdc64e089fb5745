// Hooks of the pretended world: nothing is run, they end as they are told to.

import { millis } from '../../../src/model/brand.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { HookEnd, StartHook } from '../../../src/ports/hook-runner.ts';
import type { HookBehaviour } from '../../../src/sim/faults.ts';

const SUCCEEDS_AT_ONCE: HookBehaviour = { exitStatus: 0, takesMillis: 0 };

/** `hooks`: by the first word of their text; others succeed at once. */
export function pretendHooks(clock: Clock, hooks: ReadonlyMap<string, HookBehaviour>): StartHook {
  return async (script) => ({ ended: end(clock, hooks.get(script.split(' ')[0] ?? '') ?? SUCCEEDS_AT_ONCE) });
}

async function end(clock: Clock, { exitStatus, takesMillis }: HookBehaviour): Promise<HookEnd> {
  if (takesMillis > 0) await clock.sleep(millis(takesMillis));
  return { failure: exitStatus === 0 ? null : `exit status ${exitStatus}`, output: '', duration: millis(takesMillis) };
}
