/** What all recoveries have in common, from their registration to their end; what each of them does in between is its attempt. */
import type { AnalysisEntry } from '../analysis/entry.ts';
import { errorText } from '../model/error-text.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { conclude, nobody, type RecoveryEnd } from './recovery-end.ts';
import { type Incident, NOTHING_DONE_YET, runIncidentHooks } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';

export interface RecoveryRequest {
  /** Of a dead primary alone. */
  readonly designated: InstanceKey | null;
  readonly skipHooks: boolean;
  /** A person forced it: a server that does not answer is recovered, whatever its replicas say. */
  readonly forced: boolean;
  /** A person says that the primary is to be replaced, alive or not. */
  readonly trusted?: boolean;
}

export type Attempt = (run: RecoveryRun, incident: Incident, request: RecoveryRequest) => Promise<RecoveryEnd>;

/** Never rejects: what goes wrong is the end of the recovery, recorded and told. */
export async function runRecovery(
  run: RecoveryRun,
  entry: AnalysisEntry,
  request: RecoveryRequest,
  attempt: Attempt,
): Promise<RecoveryEnd> {
  const key = instanceKeyText(entry.key);
  const say = (message: string): void => run.say(message);
  const incident: Incident = { entry, uid: run.uid, skipHooks: request.skipHooks, say, run };
  await run.noteIncident({ failure: entry, skipHooks: request.skipHooks });
  const started = { clusterName: entry.cluster.clusterName, uid: run.uid, key: entry.key, code: entry.code };
  run.ports.tell({ kind: 'started', ...started });
  run.say(`will handle ${entry.code} event on ${key}`);
  const end = await attempt(run, incident, request).catch((error: unknown): RecoveryEnd => {
    run.fail(`recovery of ${key} failed: ${errorText(error)}`);
    return nobody(errorText(error));
  });
  await conclude(run, end, incident);
  return end;
}

/** `PreFailoverProcesses`. Null: nobody objects (B9). */
export async function hooksObject(run: RecoveryRun, incident: Incident): Promise<string | null> {
  const veto = await runIncidentHooks('PreFailoverProcesses', incident, NOTHING_DONE_YET, run.ports);
  if (veto.kind !== 'failed') return null;
  const reason = `PreFailoverProcesses failed: ${veto.reason}`;
  run.fail(reason);
  return reason;
}
