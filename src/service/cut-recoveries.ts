/**
 * Recoveries that a process left unfinished, because it died or might not act any more: looked for at the start of a service and every few seconds
 * while it leads, and finished or reported before anything else is recovered in their clusters.
 */
import type { Discovery } from '../discovery/discovery.ts';
import type { Picture } from '../discovery/picture.ts';
import { millis, unixMillis } from '../model/brand.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { RecoveryRecord } from '../model/recovery-record.ts';
import type { Timer } from '../ports/clock.ts';
import { COMMAND_NODE, type NodeStore, SERVICE_NODE } from '../ports/decision-store.ts';
import { finishCutRecovery } from '../recovery/cut-recovery.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import { NODE_LIVES_MILLIS } from './housekeeping.ts';

export interface CutRecoveriesOptions {
  readonly ports: RecoveryPorts;
  readonly recoveries: Recoveries;
  readonly discovery: Discovery;
  readonly picture: Picture;
  readonly nodes: Pick<NodeStore, 'availableNodes'>;
}

/** How often to look for them. */
const LOOK_AGAIN_MILLIS = millis(2_000);

/** Leadership is gained within seconds of the start; this is how often to look. */
const LEADER_LOOK_MILLIS = millis(100);

/** A service that lives and has lost leadership sees it at its next renewal. */
const LET_GO_MILLIS = millis(2_000);

export class CutRecoveries {
  readonly #options: CutRecoveriesOptions;
  #timer: Timer | null = null;
  #stopped = false;

  constructor(options: CutRecoveriesOptions) {
    this.#options = options;
  }

  /** Returns as soon as the clusters of cut recoveries are held, so that nothing new begins in them; the work goes on. */
  async start(): Promise<void> {
    await this.#look();
    this.#lookAgain();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #lookAgain(): void {
    const { clock, log, mayBegin } = this.#options.ports;
    this.#timer = clock.after(LOOK_AGAIN_MILLIS, () => {
      const looked = mayBegin() ? this.#look() : Promise.resolve();
      void looked
        .catch((error: unknown) => log.error(`looking for cut recoveries: ${String(error)}`))
        .then(() => {
          if (!this.#stopped) this.#lookAgain();
        });
    });
  }

  async #look(): Promise<void> {
    const { recoveries, ports } = this.#options;
    for (const record of await this.#cut()) {
      // Where something is under way in the cluster it may be this very recovery; else there is another look.
      void recoveries
        .alone(record.digest.clusterName, 'finishing a recovery that was cut', () => this.#takeUp(record))
        .catch((error: unknown) => ports.log.error(`taking up recovery ${record.uid}: ${String(error)}`));
    }
  }

  /** A command runs its takeover without leading; while it lives, what is unfinished is under way. */
  async #cut(): Promise<readonly RecoveryRecord[]> {
    const { ports } = this.#options;
    const unfinished = await ports.store.unfinishedRecoveries();
    if (unfinished.length === 0) return [];
    const commands = new Set((await this.#living(COMMAND_NODE)).map(({ identity }) => identity.token));
    return unfinished.filter((record) => !commands.has(record.node.token));
  }

  async #living(kind: string) {
    const { nodes, ports } = this.#options;
    const living = await nodes.availableNodes(unixMillis(ports.clock.now() - NODE_LIVES_MILLIS));
    return living.filter((row) => row.extraInfo === kind);
  }

  async #takeUp(record: RecoveryRecord): Promise<void> {
    const { ports, discovery, picture } = this.#options;
    const { clock, log } = ports;
    while (!ports.mayBegin()) {
      if (this.#stopped) return;
      await clock.sleep(LEADER_LOOK_MILLIS);
    }
    const services = await this.#living(SERVICE_NODE);
    const isOther = record.node.token !== ports.identity.token;
    if (isOther && services.some(({ identity }) => identity.token === record.node.token)) {
      await clock.sleep(LET_GO_MILLIS);
    }
    // It may have ended since it was listed.
    const unfinished = await ports.store.unfinishedRecoveries();
    if (!unfinished.some(({ uid }) => uid === record.uid)) return;
    log.warning(`recovery ${record.uid} of ${instanceKeyText(record.digest.key)} was cut; taking it up`);
    const members = picture.topology.cluster(record.digest.clusterName);
    await Promise.all(members.map((instance) => discovery.readAfresh(instance.key)));
    const end = await finishCutRecovery(record, ports);
    switch (end.kind) {
      case 'finished':
        return log.warning(`recovery ${record.uid}: finished: ${instanceKeyText(end.successor)}`);
      case 'given-up':
        return log.warning(`recovery ${record.uid}: given up: ${end.reason}`);
      case 'interrupted':
        return log.warning(`recovery ${record.uid}: cut again`);
    }
  }
}
