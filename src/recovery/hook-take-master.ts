/**
 * `PostTakeMasterProcesses`: the one list with a calling convention of its own (spec/configuration.md 3.5).
 */

import { durationText } from '../model/duration-text.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { NO_GIFT, type StartHook } from '../ports/hook-runner.ts';
import type { Log } from '../ports/log.ts';

export interface TakeMasterHookRun {
  readonly startHook: StartHook;
  readonly commands: readonly string[];
  readonly successor: InstanceKey;
  readonly demoted: InstanceKey;
  readonly log: Log;
}

/**
 * Runs each command as it is written: no placeholders, and a final `&` is the shell's. `$1` is the successor and `$2` the demoted server;
 * so are `ORC_SUCCESSOR_HOST` and `ORC_FAILED_HOST`, here with their ports. Waits for each; failures are logged only. Never rejects.
 */
export async function runTakeMasterHooks(run: TakeMasterHookRun): Promise<void> {
  const { commands, log } = run;
  const successor = instanceKeyText(run.successor);
  const demoted = instanceKeyText(run.demoted);
  const variables = { ORC_SUCCESSOR_HOST: successor, ORC_FAILED_HOST: demoted };
  for (const [index, command] of commands.entries()) {
    const name = `PostTakeMasterProcesses hook ${index + 1} of ${commands.length}`;
    log.info(`Running ${name}: ${command}`);
    const { ended } = await run.startHook(command, [successor, demoted], variables, NO_GIFT);
    const { failure, output, duration } = await ended;
    if (failure === null) log.info(`Completed ${name} in ${durationText(duration)}`, { output });
    else log.error(`Failed ${name} after ${durationText(duration)}: ${failure}`, { output });
  }
}
