/** The replicas of a server that is dead: who of them answers, and how they are brought below another one. */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { isLastCheckValid } from '../../model/instance-status.ts';
import type { OperationRequest } from '../../planning/operations/operation-request.ts';
import type { OperateOutcome } from '../recovery-ports.ts';
import type { RecoveryRun } from '../recovery-run.ts';

export class Orphans {
  readonly #run: RecoveryRun;
  readonly #failed: InstanceKey;

  constructor(run: RecoveryRun, failed: InstanceKey) {
    this.#run = run;
    this.#failed = failed;
  }

  /** Those below it that answer: they can be moved. */
  get reachable(): readonly Instance[] {
    return this.#all.filter(isLastCheckValid);
  }

  /** Told of once: they are neither moved nor waited for. */
  sayUnreachable(): void {
    for (const { key } of this.#unreachable) this.#run.fail(`${instanceKeyText(key)} did not answer; left as it is`);
  }

  /** The dead one and those that do not answer are not asked. */
  operate(request: OperationRequest): Promise<OperateOutcome> {
    return this.#run.operate(request, [this.#failed, ...this.#unreachable.map(({ key }) => key)]);
  }

  goBelow(below: InstanceKey): Promise<OperateOutcome> {
    return this.operate({ kind: 'relocate-replicas', key: this.#failed, below, pattern: '' });
  }

  get #all(): readonly Instance[] {
    return this.#run.ports.known.replicasOf(this.#failed);
  }

  get #unreachable(): readonly Instance[] {
    return this.#all.filter((replica) => !isLastCheckValid(replica));
  }
}
