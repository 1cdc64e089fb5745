/**
 * A cluster without a writer is an outage: whoever shall take writes is told so until it is seen to take them, not once.
 */
import { millis } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** A server that answers and stays read-only is told again for this long; one that does not answer is left to failure detection sooner. */
const PATIENCE_MILLIS = 30_000;
const SILENCE_MILLIS = 5_000;

/** A demotion that was given up ends by itself within this time: no command waits longer for locks of others (D12). */
export const DEMOTION_MAY_LAND_MILLIS = 5_000;

const LOOK_MILLIS = 2_000;
const ACT_MILLIS = 5_000;
const LOOK_AGAIN_MILLIS = millis(200);

const WRITABLE: ServerCommand = { kind: 'set-read-only', readOnly: false, superReadOnly: false };

export interface MakeWritableOptions {
  /** It must have been looked at for so long: a command that was given up may still make it read-only (D12). */
  readonly watchMillis: number;
}

/** Null: it takes writes. Else one line that says why not. */
export async function makeWritable(
  run: RecoveryRun,
  key: InstanceKey,
  options: MakeWritableOptions = { watchMillis: 0 },
): Promise<string | null> {
  const { clock } = run.ports;
  const began = clock.monotonic();
  let answeredAt = began;
  let reason = '';
  while (run.mayGoOn()) {
    const seen = await tellOnce(run, key);
    const now = clock.monotonic();
    if (seen.kind === 'writable' && now - began >= options.watchMillis) return null;
    if (seen.kind === 'silent') reason = seen.reason;
    else answeredAt = now;
    if (seen.kind === 'read-only') reason = seen.reason;
    if (now - answeredAt > SILENCE_MILLIS || now - began > PATIENCE_MILLIS) {
      return `${instanceKeyText(key)} could not be made writable: ${reason}`;
    }
    await clock.sleep(LOOK_AGAIN_MILLIS);
  }
  return `${instanceKeyText(key)}: this node may not act any more`;
}

type Seen =
  | { readonly kind: 'writable' }
  | { readonly kind: 'read-only'; readonly reason: string }
  | { readonly kind: 'silent'; readonly reason: string };

async function tellOnce(run: RecoveryRun, key: InstanceKey): Promise<Seen> {
  const { servers } = run.ports;
  const seen = await servers.observe(key, LOOK_MILLIS);
  if (seen.kind === 'failed') return { kind: 'silent', reason: seen.failure.text };
  if (!seen.instance.readOnly) return { kind: 'writable' };
  const told = await run.act(key, [WRITABLE], ACT_MILLIS);
  if (told.kind === 'failed') return { kind: 'read-only', reason: told.failure.text };
  return told.instance?.readOnly === false ? { kind: 'writable' } : { kind: 'read-only', reason: 'it is read-only' };
}
