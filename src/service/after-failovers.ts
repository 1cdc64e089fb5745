/**
 * What a recovery left behind and could not reach: a primary that hung or was cut off comes back believing to be the primary, and is made read-only at once
 * (G3); replicas that did not answer while their source was replaced come back below it, and are brought below its successor (A3); those that were moved in
 * vain come back below the primary that there still is (D10).
 *
 * It is one that a recovery of ours has marked as lost, as long as it is so marked: a person who wants it as it is ends its downtime.
 */
import type { Picture } from '../discovery/picture.ts';
import { millis } from '../model/brand.ts';
import { LOST_IN_RECOVERY } from '../model/decisions.ts';
import { ownUnknownTo } from '../model/errant-gtid.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid, isReplica } from '../model/instance-status.ts';
import type { RecoveryRecord } from '../model/recovery-record.ts';
import { isResumable } from '../planning/operations/reprovision-facts.ts';
import type { ReprovisionStore } from '../ports/reprovision-store.ts';
import { bringAlong } from '../recovery/bring-along.ts';
import { fence } from '../recovery/fence.ts';
import { loseAlso } from '../recovery/lost-servers.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import { RecoveryRun } from '../recovery/recovery-run.ts';
import { rejoin, rejoinText, rejoinVerdict } from '../recovery/rejoin.ts';
import { returnStray } from '../recovery/return-stray.ts';
import { isRepair } from '../recovery/routines.ts';
import { standingSuccessor, takesWrites } from '../recovery/standing-successor.ts';
import type { Decisions } from './decisions.ts';
import { GrowingPatience } from './growing-patience.ts';
import { repeat } from './repeat.ts';

export interface AfterFailoversOptions {
  readonly picture: Picture;
  readonly decisions: Pick<Decisions, 'downtimes'>;
  readonly recoveries: Recoveries;
  readonly ports: RecoveryPorts;
  readonly reprovisions: Pick<ReprovisionStore, 'loadReprovisions'>;
  /** It took writes until it was started anew. */
  readonly isReadOnlyByRestart: (key: InstanceKey) => boolean;
}

const ACT_MILLIS = 5_000;
const LOOK_MILLIS = 1_000;

/** A change that comes while one is not yet due again may be the last for a long time: without this look it would stay writable. */
const LOOK_AGAIN_MILLIS = millis(1_000);

export class AfterFailovers {
  readonly #options: AfterFailoversOptions;
  /** With those that refuse. */
  readonly #patience: GrowingPatience<string>;
  /** What was last said of a former primary that is back. */
  readonly #told = new Map<string, string>();
  #unsubscribe: () => void = () => {};
  #endLooks: () => void = () => {};

  constructor(options: AfterFailoversOptions) {
    this.#options = options;
    this.#patience = new GrowingPatience(options.ports.clock);
  }

  start(): void {
    this.#unsubscribe = this.#options.picture.onChange(({ changed }) => this.#look(aboutWhom(changed)));
    const { clock, log } = this.#options.ports;
    const looks = { clock, log, period: LOOK_AGAIN_MILLIS, what: 'looking for what recoveries left behind' };
    this.#endLooks = repeat(looks, () => this.#look());
  }

  stop(): void {
    this.#unsubscribe();
    this.#endLooks();
  }

  /** Absent: at all that are lost. After a mass event they are many, and so are the changes: each change is about a few (B7). */
  #look(some?: ReadonlySet<KeyId>): void {
    const { decisions, ports } = this.#options;
    if (!ports.mayBegin()) return;
    const ids = some ?? decisions.downtimes.keys();
    for (const id of ids) {
      const downtime = decisions.downtimes.get(id);
      if (downtime?.reason !== LOST_IN_RECOVERY) continue;
      const { key } = downtime;
      if (!this.#isToBeLookedAt(key)) continue;
      this.#consider(key).catch((error: unknown) =>
        ports.log.error(`after the failover of ${instanceKeyText(key)}: ${String(error)}`),
      );
    }
  }

  /** G3: a primary that is back does not wait because replicas could not be brought along before it was. */
  #isToBeLookedAt(key: InstanceKey): boolean {
    const isBack = this.#believesToBePrimary(key) && this.#isDue(key, 'to be demoted');
    const leftSomething = this.#leftBehind(key).length > 0 || this.#stray(key) !== null;
    const isToBeBrought = leftSomething && this.#isDue(key, 'to be brought along');
    return isBack || isToBeBrought || (this.#isToBeJudged(key) && this.#isDue(key, 'to be judged'));
  }

  /** One that can be read, and follows a server that is none to follow. */
  #stray(key: InstanceKey): Instance | null {
    const { topology } = this.#options.picture;
    const instance = topology.get(key);
    if (instance === undefined || !isLastCheckValid(instance) || instance.sourceKey === null) return null;
    return topology.get(instance.sourceKey)?.sourceKey === null ? null : instance;
  }

  /** C15: a replica that a recovery has lost and that follows nobody died in its promotion: it is as good as a former primary. */
  #isAlone(key: InstanceKey): boolean {
    const instance = this.#options.picture.topology.get(key);
    return instance !== undefined && isLastCheckValid(instance) && !isReplica(instance);
  }

  #believesToBePrimary(key: InstanceKey): boolean {
    const instance = this.#options.picture.topology.get(key);
    // One of two that replicate from each other, and is lost, is no more the primary than any other.
    return instance !== undefined && takesWrites(instance);
  }

  /** It answers, takes no writes, and replicates from nobody, or does not run; or it follows whoever took its place, and has something of its own. */
  #isToBeJudged(key: InstanceKey): boolean {
    const { topology } = this.#options.picture;
    const instance = topology.get(key);
    if (instance === undefined || !isLastCheckValid(instance) || !instance.readOnly) return false;
    if (!isReplica(instance) || instance.receiverState === 'stopped') return true;
    const source = instance.sourceKey === null ? undefined : topology.get(instance.sourceKey);
    return source !== undefined && ownUnknownTo(instance, source) !== '';
  }

  /** A17: not binlog servers, which cannot be brought along: they would be tried again and again for as long as they are there. */
  #leftBehind(key: InstanceKey): readonly Instance[] {
    const replicas = this.#options.picture.topology.replicasOf(key);
    return replicas.filter((replica) => isLastCheckValid(replica) && !replica.isBinlogServer);
  }

  #isDue(key: InstanceKey, what: string): boolean {
    const id = `${keyId(key)} ${what}`;
    if (!this.#patience.isDue(id)) return false;
    this.#patience.tried(id);
    return true;
  }

  async #consider(key: InstanceKey): Promise<void> {
    const { recoveries, ports, decisions } = this.#options;
    if (await ports.store.recoveriesDisabled()) return;
    const records = await ports.store.recoveries({});
    await this.#bringHome(key, records);
    const record = records.find(
      ({ digest, lostReplicas }) =>
        !isRepair(digest.code) && (sameKey(digest.key, key) || (this.#isAlone(key) && includes(lostReplicas, key))),
    );
    const successor = record === undefined ? null : await this.#standingSuccessor(record);
    if (record === undefined || successor === null) return;
    // Repairs under way may be about the very same replicas, and know the cluster by its former name.
    if (recoveries.clusters.busyWith(record.digest.clusterName) !== '') return;
    // It may have promoted somebody and still be moving replicas, or wait to be taken up.
    if ((await ports.store.unfinishedRecoveries()).some(({ uid }) => uid === record.uid)) return;
    await recoveries.clusters.alone(
      successor.clusterName,
      `what the failover of ${instanceKeyText(key)} left behind`,
      async () => {
        const run = await this.#runOf(record);
        if (this.#believesToBePrimary(key)) await demote(run, key, successor.key);
        // Also those that the recovery gave up because they died in its middle.
        const left = await bringAlong(run, key, successor.key, this.#leftBehind(key));
        await loseAlso(left, decisions, ports);
        // A former primary that is silent must not hold the cluster up.
        if (this.#isToBeJudged(key)) await this.#judge(run, key, successor.key);
      },
      { isShort: true },
    );
  }

  /** G1, G2: each verdict is told once. */
  async #judge(run: RecoveryRun, key: InstanceKey, successor: InstanceKey): Promise<void> {
    // While its data are replaced it has nothing, and would be attached as if it were clean.
    const provisioned = await this.#options.reprovisions.loadReprovisions();
    const now = run.ports.clock.now();
    if (provisioned.some((record) => sameKey(record.key, key) && isResumable(record, now))) return;
    const [former, source] = await Promise.all(
      [key, successor].map((one) => run.ports.servers.observe(one, LOOK_MILLIS)),
    );
    if (former?.kind !== 'observed' || source?.kind !== 'observed') return;
    const verdict = rejoinVerdict(former.instance, source.instance, run.ports.known.replicasOf(successor));
    if (verdict.kind === 'not-to-be-told') return;
    const { rejoinsDemoted } = run.ports.policy();
    const text = rejoinText(key, successor, verdict, rejoinsDemoted);
    if (this.#told.get(keyId(key)) !== text) {
      this.#told.set(keyId(key), text);
      run.say(text);
      const { store, clock } = run.ports;
      const { clusterName } = source.instance;
      await store.appendAudit({ at: clock.now(), type: 'rejoin', key, clusterName, message: text });
    }
    const attaches = rejoinsDemoted && (verdict.kind === 'clean' || verdict.kind === 'attached-and-stopped');
    const problem = attaches ? await rejoin(run, key, successor) : null;
    if (problem !== null) run.ports.log.warning(`${instanceKeyText(key)} could not be attached: ${problem}`);
  }

  async #bringHome(key: InstanceKey, records: readonly RecoveryRecord[]): Promise<void> {
    const { recoveries } = this.#options;
    const record = records.find(({ lostReplicas }) => lostReplicas.some((lost) => sameKey(lost, key)));
    const stray = this.#stray(key);
    if (record === undefined || record.isSuccessful || record.end === null || stray === null) return;
    const primary = this.#topAbove(stray, record.digest.key);
    if (primary === null || recoveries.clusters.isBusy(primary.clusterName)) return;
    await recoveries.clusters.alone(
      primary.clusterName,
      `bringing ${instanceKeyText(key)} back`,
      async () => {
        const run = await this.#runOf(record);
        await returnStray(run, stray, primary.key);
      },
      { isShort: true },
    );
  }

  /** Still the top of what the stray hangs in, be it read-only (A23). Null: it is not, or cannot be read. */
  #topAbove({ sourceKey }: Instance, key: InstanceKey): Instance | null {
    const { topology } = this.#options.picture;
    const [primary, between] = [topology.get(key), sourceKey === null ? undefined : topology.get(sourceKey)];
    const isTop = primary !== undefined && isLastCheckValid(primary) && !isReplica(primary);
    return isTop && sameKey(between?.sourceKey ?? null, key) ? primary : null;
  }

  async #runOf(record: RecoveryRecord): Promise<RecoveryRun> {
    const { ports } = this.#options;
    const journal = await ports.store.journal(record.uid);
    return new RecoveryRun(record, ports, ports.journalCounts.join(record.uid, journal.at(-1)?.sequence ?? 0));
  }

  /** Its successor may have been replaced in its turn. Null: nobody takes writes in its place, then this one may be all that is left, and people decide. */
  async #standingSuccessor({ isSuccessful, end, successorKey, digest }: RecoveryRecord): Promise<Instance | null> {
    if (!isSuccessful || end === null || successorKey === null || sameKey(successorKey, digest.key)) return null;
    const direct = this.#options.picture.topology.get(successorKey);
    if (direct !== undefined && takesWrites(direct)) return direct;
    // E7, A23: what follows nobody any more is brought below it also before it takes writes again.
    return this.#restarted(successorKey) ?? (await standingSuccessor(digest.key, this.#options.ports));
  }

  /** Null: it has not, or cannot be read. */
  #restarted(key: InstanceKey): Instance | null {
    const { picture, isReadOnlyByRestart } = this.#options;
    const instance = picture.topology.get(key);
    return instance !== undefined && isLastCheckValid(instance) && isReadOnlyByRestart(key) ? instance : null;
  }
}

const includes = (keys: readonly InstanceKey[], key: InstanceKey): boolean => keys.some((one) => sameKey(one, key));

/** A server is looked at when it has changed, and when one below it has. */
const aboutWhom = (changed: readonly Instance[]): ReadonlySet<KeyId> =>
  new Set(
    changed.flatMap(({ key, sourceKey }) => (sourceKey === null ? [keyId(key)] : [keyId(key), keyId(sourceKey)])),
  );

async function demote(run: RecoveryRun, key: InstanceKey, successor: InstanceKey): Promise<void> {
  const { store, clock, log } = run.ports;
  const result = await fence(run, key, ACT_MILLIS);
  const [text, to] = [instanceKeyText(key), instanceKeyText(successor)];
  const isDone = result.kind === 'done';
  const message = isDone
    ? `came back writable although it was replaced by ${to}: made read-only`
    : `came back writable although it was replaced by ${to}, and does not become read-only: ${result.failure.text}`;
  if (isDone) run.say(`${text} ${message}`);
  else log.warning(`${text} ${message}`);
  // Also of what failed: it may have been told, and whoever looks at that server later asks by whom.
  const { clusterName } = run.record.digest;
  await store.appendAudit({ at: clock.now(), type: 'read-only', key, clusterName, message });
}
