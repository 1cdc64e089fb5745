/**
 * A primary that was replaced while it hung, or was cut off, comes back believing to be the primary: it is made read-only at once (G3). Writes that it
 * takes would exist nowhere else.
 *
 * It is one that a recovery of ours has replaced and marked as lost, as long as it is so marked: a person who wants it back ends its downtime. One that
 * replicas follow has been put in its place again by somebody, and is left alone.
 */
import type { Picture } from '../discovery/picture.ts';
import { LOST_IN_RECOVERY } from '../model/decisions.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid, isReplica } from '../model/instance-status.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import type { Decisions } from './decisions.ts';

export interface DeposedPrimariesOptions {
  readonly picture: Picture;
  readonly decisions: Decisions;
  readonly recoveries: Recoveries;
  readonly ports: RecoveryPorts;
}

const ACT_MILLIS = 5_000;

/** One that refuses is told again after this long. */
const TELL_AGAIN_MILLIS = 1_000;

export class DeposedPrimaries {
  readonly #options: DeposedPrimariesOptions;
  readonly #toldAt = new Map<KeyId, number>();
  #unsubscribe: () => void = () => {};

  constructor(options: DeposedPrimariesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unsubscribe = this.#options.picture.onChange(() => this.#look());
  }

  stop(): void {
    this.#unsubscribe();
  }

  #look(): void {
    const { picture, decisions, ports } = this.#options;
    if (!ports.mayBegin()) return;
    for (const { key, reason } of decisions.downtimes.values()) {
      const instance = reason === LOST_IN_RECOVERY ? picture.topology.get(key) : undefined;
      if (instance === undefined || !this.#believesToBePrimary(instance) || !this.#isDue(key)) continue;
      this.#consider(key).catch((error: unknown) =>
        ports.log.error(`deposed primary ${instanceKeyText(key)}: ${String(error)}`),
      );
    }
  }

  #believesToBePrimary(instance: Instance): boolean {
    const { picture } = this.#options;
    const isFollowed = picture.topology
      .replicasOf(instance.key)
      .some((replica) => isLastCheckValid(replica) && replica.receiverState === 'running');
    return isLastCheckValid(instance) && !instance.readOnly && !isReplica(instance) && !isFollowed;
  }

  #isDue(key: InstanceKey): boolean {
    const now = this.#options.ports.clock.monotonic();
    const toldAt = this.#toldAt.get(keyId(key));
    if (toldAt !== undefined && now - toldAt < TELL_AGAIN_MILLIS) return false;
    this.#toldAt.set(keyId(key), now);
    return true;
  }

  async #consider(key: InstanceKey): Promise<void> {
    const { picture, recoveries, ports } = this.#options;
    const { store, servers, clock, log, policy } = ports;
    if (await store.recoveriesDisabled()) return;
    const record = (await store.recoveries({})).find(({ digest }) => sameKey(digest.key, key));
    if (record === undefined || !record.isSuccessful || record.successorKey === null) return;
    const successor = picture.topology.get(record.successorKey);
    if (successor === undefined || sameKey(successor.key, key) || recoveries.isBusy(successor.clusterName)) return;
    // Its successor may have been deposed in its turn, or have died: then this one may be all that is left, and people decide.
    if (!isLastCheckValid(successor) || successor.readOnly || isReplica(successor)) return;
    const { useSuperReadOnly } = policy().promotion;
    const demote = { kind: 'set-read-only', readOnly: true, superReadOnly: useSuperReadOnly } as const;
    const result = await servers.execute(key, [demote], ACT_MILLIS, ports.mayBegin);
    const [text, to] = [instanceKeyText(key), instanceKeyText(successor.key)];
    if (result.kind === 'failed') {
      log.warning(
        `${text} came back writable, was replaced by ${to}, and does not become read-only: ${result.failure.text}`,
      );
      return;
    }
    const message = `came back writable although it was replaced by ${to}: made read-only`;
    log.warning(`${text} ${message}`);
    await store.addStep(record.uid, `${text} ${message}`, clock.now());
    await store.appendAudit({
      at: clock.now(),
      type: 'read-only',
      key,
      clusterName: record.digest.clusterName,
      message,
    });
  }
}
