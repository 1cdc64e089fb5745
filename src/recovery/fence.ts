/**
 * A primary that was replaced and may believe to be the primary: it stops taking writes, and its clients have to look for the new one (G3, F7).
 */

import { millis } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { CommandResult } from '../ports/topology-servers.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** Switching to read-only takes some milliseconds, unless a commit stands in its way. */
const BLOCKED_AFTER_MILLIS = millis(200);

const END_SESSIONS_MILLIS = 2_000;

/**
 * G4: commits that wait for acknowledgements hold read-only back for as long as they wait. Their sessions are ended first; only then are the commits
 * let go, so that nobody is told "committed". Read-only must still be waiting by then: it keeps others from beginning to commit.
 */
const LET_GO: readonly ServerCommand[] = [{ kind: 'end-sessions' }, { kind: 'set-semi-sync-source', enabled: false }];

/** `deadlineMillis`: for becoming read-only. Returns what came of that; sessions that could not be ended are told of, and nothing more. */
export async function fence(run: RecoveryRun, key: InstanceKey, deadlineMillis: number): Promise<CommandResult> {
  const { policy, clock } = run.ports;
  const superReadOnly = policy().promotion.useSuperReadOnly;
  const mayGoOn = (): boolean => run.mayGoOn();
  let isSwitching = true;
  const send = await run.announce(key, [{ kind: 'set-read-only', readOnly: true, superReadOnly }]);
  const switching = send(deadlineMillis).finally(() => {
    isSwitching = false;
  });
  await Promise.race([switching, clock.sleep(BLOCKED_AFTER_MILLIS)]);
  // Not asked of itself: it is set in between.
  const isBlocked = (): boolean => isSwitching;
  const lettingGo = isBlocked() ? letGo(run, key, () => mayGoOn() && isBlocked()) : Promise.resolve();
  const switched = await switching;
  if (switched.kind === 'failed') return switched;
  await lettingGo;
  const ended = await run.act(key, [{ kind: 'end-sessions' }], END_SESSIONS_MILLIS);
  if (ended.kind === 'failed')
    run.say(`the sessions of ${instanceKeyText(key)} could not be ended: ${ended.failure.text}`);
  return switched;
}

/** `mayGoOn`: false as soon as read-only does not wait any more. */
async function letGo(run: RecoveryRun, key: InstanceKey, mayGoOn: () => boolean): Promise<void> {
  const result = await run.act(key, LET_GO, END_SESSIONS_MILLIS, mayGoOn);
  if (result.kind === 'done' || !mayGoOn()) return;
  run.ports.log.warning(
    `${instanceKeyText(key)}: commits that wait keep it writable, and their sessions cannot be ended: ${result.failure.text}`,
  );
}
