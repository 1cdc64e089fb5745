/**
 * Looks for primaries that a recovery of ours has promoted, and that have replicas enough that acknowledge by now, and wait for nobody (E2): the recovery found too few, or they have been started anew.
 */
import { storedRecoveryRoutine } from '../analysis/codes.ts';
import type { Picture } from '../discovery/picture.ts';
import { millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import type { RecoveryRecord } from '../model/recovery-record.ts';
import { semiSyncNow, waitAgain, wordAbout } from '../recovery/left-asynchronous.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import { RecoveryRun } from '../recovery/recovery-run.ts';
import { isRepair } from '../recovery/routines.ts';
import { MAX_SUCCESSIONS, takesWrites } from '../recovery/standing-successor.ts';
import { GrowingPatience } from './growing-patience.ts';
import { repeat } from './repeat.ts';

export interface LeftAsynchronousOptions {
  readonly picture: Pick<Picture, 'topology'>;
  readonly recoveries: Recoveries;
  readonly ports: RecoveryPorts;
}

/** What has changed may have done so while the cluster was busy. */
const LOOK_AGAIN_MILLIS = millis(1_000);

export class LeftAsynchronous {
  readonly #options: LeftAsynchronousOptions;
  /** Of those that look as if they were to wait: where people have replicas that acknowledge, and a primary that is to wait for nobody, the backend is asked about it ever more seldom. */
  readonly #patience: GrowingPatience<KeyId>;
  #endLooks: () => void = () => {};

  constructor(options: LeftAsynchronousOptions) {
    this.#options = options;
    this.#patience = new GrowingPatience(options.ports.clock);
  }

  start(): void {
    const { clock, log } = this.#options.ports;
    const looks = { clock, log, period: LOOK_AGAIN_MILLIS, what: 'looking for primaries without acknowledgements' };
    this.#endLooks = repeat(looks, () => this.#look());
  }

  stop(): void {
    this.#endLooks();
  }

  #look(): void {
    const { picture, ports } = this.#options;
    if (!ports.mayBegin()) return;
    for (const instance of picture.topology.all()) {
      if (!this.#couldWait(instance)) this.#patience.forget(keyId(instance.key));
      else if (this.#patience.isDue(keyId(instance.key))) this.#begin(instance.key);
    }
  }

  #couldWait(instance: Instance): boolean {
    const { available, sourceEnabled, priority } = instance.semiSync;
    // By its priority it would have been switched on when it was promoted.
    if (!available || sourceEnabled || priority > 0 || instance.readOnly || !takesWrites(instance)) return false;
    const replicas = this.#options.picture.topology.replicasOf(instance.key);
    return semiSyncNow(instance, replicas).kind === 'switched-on';
  }

  #begin(key: InstanceKey): void {
    this.#patience.tried(keyId(key));
    this.#consider(key).catch((error: unknown) =>
      this.#options.ports.log.error(`semi-sync of ${instanceKeyText(key)}: ${String(error)}`),
    );
  }

  async #consider(key: InstanceKey): Promise<void> {
    const { picture, ports, recoveries } = this.#options;
    const { store } = ports;
    if (await store.recoveriesDisabled()) return;
    const all = await store.recoveries({});
    const records = promotionsOf(key, all);
    const [record] = records;
    if (record === undefined) return;
    if (!ports.waitedBeforeRestart(key) && !(await this.#isToWait(key, all))) return;
    if ((await store.unfinishedRecoveries()).some(({ uid }) => records.some((one) => one.uid === uid))) return;
    const clusterName = picture.topology.get(key)?.clusterName;
    if (clusterName === undefined || recoveries.clusters.isBusy(clusterName)) return;
    const what = `semi-sync of ${instanceKeyText(key)}`;
    const journal = await store.journal(record.uid);
    await recoveries.clusters.alone(
      clusterName,
      what,
      async () => {
        const count = ports.journalCounts.join(record.uid, journal.at(-1)?.sequence ?? 0);
        await waitAgain(new RecoveryRun(record, ports, count), key);
      },
      { isShort: true },
    );
  }

  /** It was left without, or has taken the place of one that was. */
  async #isToWait(key: InstanceKey, all: readonly RecoveryRecord[]): Promise<boolean> {
    const { store } = this.#options.ports;
    let place = key;
    for (let succession = 0; succession < MAX_SUCCESSIONS; succession++) {
      const records = promotionsOf(place, all);
      const journals = await Promise.all(records.map(({ uid }) => store.journal(uid)));
      const word = wordAbout(place, journals);
      const replaced = records.at(-1)?.digest.key;
      if (word !== 'none' || replaced === undefined || sameKey(replaced, place)) return word === 'left-off';
      place = replaced;
    }
    return false;
  }
}

/** By which it took the place of another, and those after it by which it took writes again; the newest first. */
function promotionsOf(key: InstanceKey, records: readonly RecoveryRecord[]): readonly RecoveryRecord[] {
  const ofIt = records.filter(
    ({ digest, isSuccessful, successorKey, end }) =>
      isSuccessful && end !== null && sameKey(successorKey, key) && makesPrimaries(digest.code),
  );
  const replacement = ofIt.findIndex(({ digest }) => !isRepair(digest.code));
  return replacement === -1 ? ofIt : ofIt.slice(0, replacement + 1);
}

/** Somebody takes writes by it who did not. */
const makesPrimaries = (code: string): boolean =>
  !isRepair(code) || storedRecoveryRoutine(code) === 'non-writeable-primary';
