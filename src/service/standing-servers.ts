/**
 * Servers that an operation has left standing still, of a process that died or did not lead any more: they are started as they were found, wherever they point to by now. Every CHANGE leaves a
 * server at a right place of its old or of its new source, so that starting it is right in either case.
 */
import { type Millis, millis, unixMillis } from '../model/brand.ts';
import { uuidsOf } from '../model/gtid-set.ts';
import { parseGtidSet } from '../model/gtid-set-text.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { OperationPorts } from '../operations/operation-ports.ts';
import { startDropsRelayLog } from '../planning/relay-log-ends.ts';
import { resolveCommand } from '../planning/resolve-command.ts';
import { COMMAND_NODE, type NodeRow, type NodeStore } from '../ports/decision-store.ts';
import type { StandingStill, StandingStillStore } from '../ports/standing-still-store.ts';
import { NODE_LIVES_MILLIS } from './housekeeping.ts';
import { repeat } from './repeat.ts';

export interface StandingServersOptions {
  readonly ports: OperationPorts;
  readonly store: StandingStillStore;
  readonly nodes: Pick<NodeStore, 'availableNodes'>;
  readonly identity: NodeIdentity;
  /** Whom this process sees to itself: it is made to stand still, or being put back. */
  readonly isSeenTo: (key: InstanceKey) => boolean;
  /** L4: it was stopped in a panic since. */
  readonly isMeantToStand: (key: InstanceKey) => boolean;
}

const LOOK_PERIOD = millis(2_000);
/** One that hung does what it was told as soon as it goes on; one whose disk stalls, when that is over. */
const LATE_MILLIS = 15_000;

const READ_MILLIS = 5_000;
const START_MILLIS = 30_000;

/** A process that lives renews its registration every second; rows have no fractions of a second. */
const RENEWS_MILLIS = 3_000;

export class StandingServers {
  readonly #options: StandingServersOptions;
  #end: () => void = () => {};
  /** Those that may be stopped late, and when each was first seen to run. */
  readonly #late = new Map<KeyId, Millis | null>();

  constructor(options: StandingServersOptions) {
    this.#options = options;
  }

  start(): void {
    const { ports } = this.#options;
    const looks = { clock: ports.clock, log: ports.log, period: LOOK_PERIOD, what: 'servers that stand still' };
    this.#end = repeat(looks, () => (ports.mayBegin() && !ports.noop ? this.#look() : undefined));
  }

  stop(): void {
    this.#end();
  }

  /** Its receiver runs, and may be stopped by a command that was sent to it while it hung (D12): then it is started again. */
  async startOnceStopped(key: InstanceKey, reason: string): Promise<void> {
    const { ports, store, identity } = this.#options;
    this.#late.set(keyId(key), null);
    const how = { receiverRan: true, applierRan: false, reason, node: identity, at: ports.clock.now() };
    await store.saveStandingStill({ key, ...how });
  }

  async #look(): Promise<void> {
    const left = await this.#leftAlone();
    await Promise.all(left.map((standing) => this.#startAgain(standing)));
  }

  /** By a process that has died; or by one that could not see to it any more, as it did not lead: this one, or one that does not lead now. */
  async #leftAlone(): Promise<readonly StandingStill[]> {
    const { store, nodes, ports } = this.#options;
    const all = await store.loadStandingStill();
    if (all.length === 0) return [];
    const now = ports.clock.now();
    const living = (await nodes.availableNodes(unixMillis(now - NODE_LIVES_MILLIS))).filter(
      ({ lastSeenActive }) => now - lastSeenActive <= RENEWS_MILLIS,
    );
    return all.filter((standing) => !this.#isSeenTo(standing, living));
  }

  /** Commands act without leading: what a living one has written down it sees to. */
  #isSeenTo({ key, node }: StandingStill, living: readonly NodeRow[]): boolean {
    const { identity, isSeenTo } = this.#options;
    if (node.token === identity.token) return isSeenTo(key);
    return living.some((row) => row.identity.token === node.token && row.extraInfo === COMMAND_NODE);
  }

  async #startAgain(standing: StandingStill): Promise<void> {
    const { ports, store, isMeantToStand } = this.#options;
    if (isMeantToStand(standing.key)) {
      await store.deleteStandingStill(standing.key, standing.node);
      return;
    }
    const seen = await ports.servers.observe(standing.key, READ_MILLIS);
    // It is tried again: one that does not answer now may stand still when it comes back.
    if (seen.kind === 'failed') return;
    const { instance } = seen;
    const key = instanceKeyText(standing.key);
    const commands = isReplica(instance) ? commandsFor(standing, instance) : [];
    if (commands.length > 0) {
      const danger = hasLostRecord(instance)
        ? 'it has lost the record of what it has executed: started, it would apply everything once more'
        : await this.#wouldLose(instance, commands);
      if (danger !== null) return ports.log.warning(`${key} stands still since ${standing.reason} was cut: ${danger}`);
      const what = `starting ${key} again`;
      const told = await ports.beside(instance.clusterName, what, () =>
        ports.servers.execute(
          standing.key,
          commands,
          START_MILLIS,
          () => ports.mayGoOn() && !isMeantToStand(standing.key),
        ),
      );
      if (told === null || told.kind === 'failed') return;
      const { reason } = standing;
      const why = this.#late.has(keyId(standing.key)) ? `${reason} had stopped it, late` : `${reason} was cut`;
      ports.log.warning(`${key} stood still since ${why}; it replicates again`);
      await ports.audit('put-back', standing.key, `${why}; replication started again`);
    } else if (this.#mayStopYet(standing.key)) {
      return;
    }
    this.#late.delete(keyId(standing.key));
    await store.deleteStandingStill(standing.key, standing.node);
  }

  #mayStopYet(key: InstanceKey): boolean {
    const id = keyId(key);
    const since = this.#late.get(id);
    if (since === undefined) return false;
    const now = this.#options.ports.clock.monotonic();
    if (since === null) this.#late.set(id, now);
    return since === null || now - since < LATE_MILLIS;
  }

  /** D4: MariaDB by GTID fetches again what it had received; from a dead source it cannot. Null: nothing is lost. */
  async #wouldLose(own: Instance, [command]: readonly ServerCommand[]): Promise<string | null> {
    const { sourceKey } = own;
    if (command === undefined || sourceKey === null || !startDropsRelayLog(own)) return null;
    const source = await this.#options.ports.servers.observe(sourceKey, READ_MILLIS);
    const resolution = resolveCommand(
      { kind: 'when-safe', command, relayLog: { kind: 'executed-by', server: sourceKey } },
      {
        own,
        other: () => (source.kind === 'observed' ? source.instance : null),
        after: () => null,
        found: () => null,
      },
    );
    return resolution.kind === 'refused' ? `started, it would drop what it has received: ${resolution.reason}` : null;
  }
}

function commandsFor({ receiverRan, applierRan }: StandingStill, instance: Instance): readonly ServerCommand[] {
  const receiver = receiverRan && instance.receiverState === 'stopped';
  const applier = applierRan && instance.applierState === 'stopped';
  if (receiver && applier) return [{ kind: 'start-replication' }];
  if (receiver) return [{ kind: 'start-receiver' }];
  return applier ? [{ kind: 'start-applier' }] : [];
}

/**
 * Between deleting its binary logs and counting as executed what it had executed (gtid-errant-reset-master), a server counts nothing, or what somebody has written there
 * since: nothing of what it has replicated.
 */
function hasLostRecord({ usingOracleGtid, executedGtidSet, serverUuid }: Instance): boolean {
  const executed = parseGtidSet(executedGtidSet);
  if (!usingOracleGtid || executed.kind === 'refused') return false;
  return uuidsOf(executed.set).every((uuid) => uuid === serverUuid.toLowerCase());
}
