/**
 * Replicas that were away while their source was replaced, and come back when that one follows its successor and is well again (G2): they would replicate one floor lower than they did, for ever.
 * As long as their source is marked as lost they are brought along with all that follows it (`after-failovers.ts`); later, and after planned switchovers, only those that were away, for what else
 * is below it was put there by somebody.
 */
import type { Picture } from '../discovery/picture.ts';
import { millis, type UnixMillis } from '../model/brand.ts';
import { LOST_IN_RECOVERY } from '../model/decisions.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid, isReplica } from '../model/instance-status.ts';
import type { RecoveryRecord } from '../model/recovery-record.ts';
import { bringAlong } from '../recovery/bring-along.ts';
import { loseAlso } from '../recovery/lost-servers.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import { RecoveryRun } from '../recovery/recovery-run.ts';
import { isRepair } from '../recovery/routines.ts';
import { standingSuccessor } from '../recovery/standing-successor.ts';
import type { Decisions } from './decisions.ts';
import { GrowingPatience } from './growing-patience.ts';
import { repeat } from './repeat.ts';

export interface AwaitedReplicasOptions {
  readonly picture: Pick<Picture, 'topology'>;
  readonly decisions: Pick<Decisions, 'downtimes'>;
  readonly recoveries: Recoveries;
  readonly ports: RecoveryPorts;
}

const LOOK_MILLIS = millis(1_000);

/** Records have the seconds of their times only. */
const RECORDED_MILLIS = 1_000;

interface Awaited {
  readonly key: InstanceKey;
  readonly lastSeen: UnixMillis;
}

/** One that is back below a server that was replaced meanwhile. */
interface Returned {
  readonly key: InstanceKey;
  readonly former: InstanceKey;
  readonly record: RecoveryRecord;
}

export class AwaitedReplicas {
  readonly #options: AwaitedReplicasOptions;
  /** Of those that are away: when they were last seen. */
  readonly #awaited = new Map<KeyId, Awaited>();
  /** With those that cannot be brought along. */
  readonly #patience: GrowingPatience<KeyId>;
  #endLooks: () => void = () => {};

  constructor(options: AwaitedReplicasOptions) {
    this.#options = options;
    this.#patience = new GrowingPatience(options.ports.clock);
  }

  /** Before anything is observed: for this process all are away. */
  start(): void {
    const { clock, log } = this.#options.ports;
    for (const instance of this.#options.picture.topology.all()) this.#await(instance);
    const looks = { clock, log, period: LOOK_MILLIS, what: 'looking for replicas that come back' };
    this.#endLooks = repeat(looks, () => this.#look());
  }

  stop(): void {
    this.#endLooks();
  }

  async #look(): Promise<void> {
    const { picture, ports } = this.#options;
    for (const instance of picture.topology.all()) if (!isLastCheckValid(instance)) this.#await(instance);
    if (!ports.mayBegin()) return;
    const back = [...this.#awaited.values()].filter((awaited) => this.#isToBeJudged(awaited));
    if (back.length === 0 || (await ports.store.recoveriesDisabled())) return;
    const records = await ports.store.recoveries({});
    for (const awaited of back) {
      const returned = this.#judge(awaited, records);
      if (returned === null) this.#forget(awaited.key);
      else await this.#bring(returned);
    }
  }

  #await({ key, sourceKey, lastSeen, isBinlogServer }: Instance): void {
    if (sourceKey === null || lastSeen === null || isBinlogServer || this.#awaited.has(keyId(key))) return;
    this.#awaited.set(keyId(key), { key, lastSeen });
  }

  #forget(key: InstanceKey): void {
    this.#awaited.delete(keyId(key));
    this.#patience.forget(keyId(key));
  }

  /** It is back, below a server that is a replica itself. */
  #isToBeJudged({ key }: Awaited): boolean {
    const { picture, decisions } = this.#options;
    const replica = picture.topology.get(key);
    if (replica !== undefined && !isLastCheckValid(replica)) return false;
    const { sourceKey = null } = replica ?? {};
    const source = sourceKey === null ? undefined : picture.topology.get(sourceKey);
    if (sourceKey === null || (source !== undefined && isLastCheckValid(source) && !isReplica(source))) {
      this.#forget(key);
      return false;
    }
    if (source === undefined || !isLastCheckValid(source)) return false;
    // It is brought along with all others.
    if (decisions.downtimes.get(keyId(source.key))?.reason === LOST_IN_RECOVERY) return false;
    return this.#patience.isDue(keyId(key));
  }

  /** Null: its source was not replaced while it was away. */
  #judge({ key, lastSeen }: Awaited, records: readonly RecoveryRecord[]): Returned | null {
    const former = this.#options.picture.topology.get(key)?.sourceKey ?? null;
    const record = records.find(({ digest, isSuccessful, successorKey }) => {
      const isReplacement = isSuccessful && !isRepair(digest.code) && !sameKey(successorKey, digest.key);
      return isReplacement && sameKey(digest.key, former);
    });
    if (former === null || record === undefined) return null;
    if (record.end !== null && record.end + RECORDED_MILLIS <= lastSeen) return null;
    return { key, former, record };
  }

  async #bring({ key, former, record }: Returned): Promise<void> {
    const { picture, recoveries, ports, decisions } = this.#options;
    const { store, journalCounts } = ports;
    this.#patience.tried(keyId(key));
    const successor = await standingSuccessor(former, ports);
    if (successor === null || record.end === null) return;
    if ((await store.unfinishedRecoveries()).some(({ uid }) => uid === record.uid)) return;
    if (recoveries.clusters.busyWith(successor.clusterName) !== '') return;
    const journal = await store.journal(record.uid);
    await recoveries.clusters.alone(
      successor.clusterName,
      `bringing ${instanceKeyText(key)} along`,
      async () => {
        const replica = picture.topology.get(key);
        if (replica === undefined || !isLastCheckValid(replica) || !sameKey(replica.sourceKey, former)) return;
        const run = new RecoveryRun(record, ports, journalCounts.join(record.uid, journal.at(-1)?.sequence ?? 0));
        await loseAlso(await bringAlong(run, former, successor.key, [replica]), decisions, ports);
      },
      { isShort: true },
    );
  }
}
