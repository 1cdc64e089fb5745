/** Servers that this process is provisioning anew: one at a time each, and what was last said of it. */
import { type InstanceKey, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import type { OperationPlan } from '../planning/operations/operation-plan.ts';
import type { ReprovisionRequest } from '../planning/operations/operation-request.ts';
import type { OperationResult } from './operation-result.ts';
import { ReprovisionRun, type ReprovisionRunOptions } from './reprovision-run.ts';

interface Running {
  readonly donor: InstanceKey | null;
  readonly result: Promise<OperationResult>;
  progress: string;
}

export class Reprovisions {
  readonly #options: Omit<ReprovisionRunOptions, 'onProgress'>;
  readonly #running = new Map<KeyId, Running>();

  constructor(options: Omit<ReprovisionRunOptions, 'onProgress'>) {
    this.#options = options;
  }

  /** What was last said of it; null: this process is not at it. */
  progressOf(key: InstanceKey): string | null {
    return this.#running.get(keyId(key))?.progress ?? null;
  }

  /** Who asks for the same again hears the end of what is under way; for something else, that the server is held. */
  run(request: ReprovisionRequest, draft: OperationPlan): Promise<OperationResult> {
    const id = keyId(request.key);
    const other = this.#running.get(id);
    if (other === undefined) return this.#begin(id, request, draft);
    const isSame = request.donor === null || sameKey(request.donor, other.donor);
    return isSame ? other.result : new ReprovisionRun(request, draft, { ...this.#options, onProgress: () => {} }).run();
  }

  #begin(id: KeyId, request: ReprovisionRequest, draft: OperationPlan): Promise<OperationResult> {
    const { promise, resolve, reject } = Promise.withResolvers<OperationResult>();
    const running: Running = { donor: request.donor, result: promise, progress: 'it has begun' };
    this.#running.set(id, running);
    const onProgress = (text: string): void => {
      running.progress = text;
    };
    new ReprovisionRun(request, draft, { ...this.#options, onProgress })
      .run()
      .finally(() => this.#running.delete(id))
      .then(resolve, reject);
    return promise;
  }
}
