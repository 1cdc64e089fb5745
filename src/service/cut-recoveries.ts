/**
 * Recoveries that a process left unfinished, because it died or might not act any more: looked for at the start of a service and every few seconds
 * while it leads, and finished or reported before anything else is recovered in their clusters.
 */
import type { Discovery } from '../discovery/discovery.ts';
import type { Picture } from '../discovery/picture.ts';
import { type ClusterName, clusterName, millis, unixMillis } from '../model/brand.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { RecoveryRecord, RecoveryUid } from '../model/recovery-record.ts';
import { TAKEN_UP } from '../model/recovery-record.ts';
import { COMMAND_NODE, type NodeStore, SERVICE_NODE } from '../ports/decision-store.ts';
import { finishCutRecovery } from '../recovery/cut-recovery.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import { NODE_LIVES_MILLIS } from './housekeeping.ts';
import { repeat } from './repeat.ts';

export interface CutRecoveriesOptions {
  readonly recoveries: Recoveries;
  readonly discovery: Discovery;
  readonly picture: Picture;
  readonly nodes: Pick<NodeStore, 'availableNodes'>;
}

/** What the cluster is called since its primary was replaced; null: as before. */
function nameAfter({ digest, successorKey }: RecoveryRecord): ClusterName | null {
  const name = successorKey === null ? digest.clusterName : clusterName(instanceKeyText(successorKey));
  return name === digest.clusterName ? null : name;
}

/** How often to look for them. */
const LOOK_AGAIN_MILLIS = millis(2_000);

/** Leadership is gained within seconds of the start; this is how often to look. */
const LEADER_LOOK_MILLIS = millis(100);

/** A service that lives and has lost leadership knows it after this long at the latest: its lease is shorter. */
const LET_GO_MILLIS = 4_000;

/** A process that lives renews its registration every second; rows have no fractions of a second. */
const RENEWS_MILLIS = 2_500;

export class CutRecoveries {
  readonly #options: CutRecoveriesOptions;
  #endLooks: () => void = () => {};
  /** Why some could not be finished when they were last looked at. */
  readonly #notYet = new Map<RecoveryUid, string>();
  #stopped = false;

  constructor(options: CutRecoveriesOptions) {
    this.#options = options;
  }

  /** Returns as soon as the clusters of cut recoveries are held, so that nothing new begins in them; the work goes on. */
  async start(): Promise<void> {
    await this.#look();
    if (this.#stopped) return;
    const { clock, log, mayBegin } = this.#options.recoveries.ports;
    const looks = { clock, log, period: LOOK_AGAIN_MILLIS, what: 'looking for cut recoveries' };
    this.#endLooks = repeat(looks, () => (mayBegin() ? this.#look() : undefined));
  }

  stop(): void {
    this.#stopped = true;
    this.#endLooks();
  }

  async #look(): Promise<void> {
    const { recoveries } = this.#options;
    for (const record of await this.#cut()) {
      const [name, newName] = [record.digest.clusterName, nameAfter(record)];
      if (newName !== null && recoveries.clusters.isBusy(newName)) continue;
      const takeUp = (): Promise<void> => {
        // Whoever was cut had moved the name already, and nobody moves it again.
        if (newName !== null) recoveries.clusters.holdAlso(name, newName);
        return this.#takeUp(record);
      };
      // Where something is under way in the cluster it may be this very recovery; else there is another look.
      void recoveries.clusters
        .alone(name, 'finishing a recovery that was cut', takeUp)
        .catch((error: unknown) => recoveries.ports.log.error(`taking up recovery ${record.uid}: ${String(error)}`));
    }
  }

  /** A command runs its takeover without leading; while it lives, what is unfinished is under way. */
  async #cut(): Promise<readonly RecoveryRecord[]> {
    const { ports } = this.#options.recoveries;
    const unfinished = await ports.store.unfinishedRecoveries();
    if (unfinished.length === 0) return [];
    const commands = new Set((await this.#living(COMMAND_NODE)).map(({ identity }) => identity.token));
    return unfinished.filter((record) => !commands.has(record.node.token));
  }

  async #living(kind: string) {
    const { nodes, recoveries } = this.#options;
    const living = await nodes.availableNodes(unixMillis(recoveries.ports.clock.now() - NODE_LIVES_MILLIS));
    return living.filter((row) => row.extraInfo === kind);
  }

  /** Waits until the process that ran it is seen to be dead, or must know by itself that it does not lead. */
  async #letGo(record: RecoveryRecord): Promise<void> {
    const { clock, identity, store } = this.#options.recoveries.ports;
    const claims = (await store.journal(record.uid)).filter(({ stepId }) => stepId === TAKEN_UP);
    const owner = claims.at(-1)?.detail ?? record.node.token;
    if (owner === identity.token) return;
    const until = clock.monotonic() + LET_GO_MILLIS;
    while (clock.monotonic() < until && !this.#stopped) {
      const services = await this.#living(SERVICE_NODE);
      const its = services.find((row) => row.identity.token === owner);
      if (its === undefined || clock.now() - its.lastSeenActive > RENEWS_MILLIS) return;
      await clock.sleep(LEADER_LOOK_MILLIS);
    }
  }

  async #takeUp(record: RecoveryRecord): Promise<void> {
    const { recoveries, discovery, picture } = this.#options;
    // Its own: they know that the cluster has another name as soon as its primary is another one.
    const { ports } = recoveries;
    const { clock, log } = ports;
    while (!ports.mayBegin()) {
      if (this.#stopped) return;
      await clock.sleep(LEADER_LOOK_MILLIS);
    }
    await this.#letGo(record);
    if (this.#stopped || !ports.mayBegin()) return;
    // It may have ended since it was listed.
    const unfinished = await ports.store.unfinishedRecoveries();
    if (!unfinished.some(({ uid }) => uid === record.uid)) return;
    if (!this.#notYet.has(record.uid)) {
      log.warning(`recovery ${record.uid} of ${instanceKeyText(record.digest.key)} was cut; taking it up`);
    }
    const members = picture.topology.cluster(record.digest.clusterName);
    await Promise.all(members.map((instance) => discovery.readAfresh(instance.key)));
    // A process that dies in its first tenth of a second has written nobody down, and its dead primary tells nobody's name: the record does.
    const unknown = record.digest.replicas.filter((key) => !picture.topology.has(key));
    await Promise.all(unknown.map((key) => discovery.discover(key)));
    const end = await finishCutRecovery(record, ports, this.#notYet.get(record.uid) ?? null);
    this.#notYet.delete(record.uid);
    switch (end.kind) {
      case 'finished':
        return log.warning(`recovery ${record.uid}: finished: ${instanceKeyText(end.successor)}`);
      case 'given-up':
        return log.warning(`recovery ${record.uid}: given up: ${end.reason}`);
      case 'not-yet':
        this.#notYet.set(record.uid, end.reason);
        return;
      case 'interrupted':
        return log.warning(`recovery ${record.uid}: cut again`);
    }
  }
}
