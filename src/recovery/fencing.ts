/**
 * What is known, before another server takes writes, of whether the replaced one takes them still (G6). Its replicas are frozen by then; what is not sure enough ends the recovery, and everything is as it was
 * found.
 */
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { fencingRefusal, fencingText, fencingVerdicts } from '../planning/fencing.ts';
import { type Incident, NOTHING_DONE_YET, runIncidentHooks } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';

export interface FencingAsk {
  readonly failed: Instance;
  /** All its replicas, as they were known before anything was done. */
  readonly replicas: readonly Instance[];
  /** Those whose receivers were stopped. */
  readonly asked: readonly InstanceKey[];
  /** It answered, and was made read-only. */
  readonly madeReadOnly: boolean;
}

/** Runs `FencingProcesses`, and records each verdict. Null: somebody may be promoted. */
export async function fencingObjects(run: RecoveryRun, incident: Incident, ask: FencingAsk): Promise<string | null> {
  const { ports, silences } = run;
  const policy = ports.policy();
  const hasHooks = policy.hooks.FencingProcesses.length > 0 && !incident.skipHooks && !policy.noop;
  const ended = hasHooks ? await runIncidentHooks('FencingProcesses', incident, NOTHING_DONE_YET, ports) : null;
  const failure = ended?.kind === 'failed' ? ended.reason : null;
  const verdicts = fencingVerdicts({
    ...ask,
    now: ports.clock.now(),
    refusesConnections: silences.refusesConnections(ask.failed.key),
    hooks: ended === null ? null : { failure },
  });
  run.say(fencingText(verdicts));
  const refusal =
    failure === null ? fencingRefusal(verdicts, policy.fencingDemand) : `FencingProcesses failed: ${failure}`;
  if (refusal !== null) run.fail(refusal);
  return refusal;
}
