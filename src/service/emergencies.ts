/**
 * What is done at once about an entry, before anybody acts on it: witnesses are read again, and receivers that trust in old connections have to connect anew
 * (spec/failure-detection.md 12.1). By the leader alone; reads and restarts have gates of their own, which the reference mixes up (14 #4).
 */
import { type EmergentOperation, emergentOperations, type ReplicasOf } from '../analysis/emergent.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { Lane } from '../discovery/lane.ts';
import { Recent } from '../discovery/recent.ts';
import type { InstanceKey, KeyId } from '../model/instance-key.ts';
import { instanceKeyText, keyId } from '../model/instance-key.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';

export interface EmergenciesOptions {
  /** Direct replicas, under whatever name they know it. */
  readonly replicasOf: ReplicasOf;
  /** Never rejects. */
  readonly read: (key: InstanceKey) => Promise<unknown>;
  readonly ports: Pick<RecoveryPorts, 'clock' | 'log' | 'mayGoOn'> & {
    readonly servers: Pick<RecoveryPorts['servers'], 'execute'>;
    readonly store: Pick<RecoveryPorts['store'], 'recoveriesDisabled' | 'appendAudit'>;
  };
}

/** One urgent read a server at most this often. */
const READ_MILLIS = 1_000;

/** What has stood for so long is no emergency any more: its servers are read in their rhythms, the dead ones in a slower one. */
const READ_FOR_MILLIS = 60_000;

/** Receivers that lose their source notice it within milliseconds; nobody is restarted before they could. */
const NOTICED_MILLIS = 1_000;

/** One line of audit about the reads of a server for one reason at most this often, while it lasts. */
const AUDITED_MILLIS = 60_000;

/** The replicas of one server are made to connect anew at most this often, and each replica too. */
const RESTART_MILLIS = 30_000;

/** After that its replicas may look as if it were dead, while they connect: nothing is concluded from it. */
const GRACE_MILLIS = 5_000;

const RESTARTS_AT_ONCE = 128;
const RESTART_DEADLINE_MILLIS = 10_000;

type Restart = Extract<EmergentOperation, { kind: 'restart-receiver' }>;

/** The same for people, a clause each: what is done about an entry that stands for so long, whether it is recovered or not. */
export function measuresFor(entry: AnalysisEntry, replicasOf: ReplicasOf, lastedMillis: number): readonly string[] {
  if (entry.isSkippableDueToDowntime) return [];
  const operations = emergentOperations(entry, replicasOf);
  const reads = operations.filter(({ kind }) => kind === 're-read').length;
  const restarts = operations.filter(({ kind }) => kind === 'restart-receiver').length;
  return [
    ...(reads > 0 && lastedMillis < READ_FOR_MILLIS ? [`${serversText(reads)} read again every second`] : []),
    ...(restarts > 0
      ? [`the receivers of ${serversText(restarts)} made to connect anew every ${RESTART_MILLIS / 1_000} s`]
      : []),
  ];
}

const serversText = (count: number): string => (count === 1 ? '1 server is' : `${count} servers are`);

export class Emergencies {
  readonly #options: EmergenciesOptions;
  readonly #read: Recent<KeyId>;
  readonly #audited: Recent<string>;
  readonly #restartedBelow: Recent<KeyId>;
  readonly #restarted: Recent<KeyId>;
  readonly #grace: Recent<KeyId>;
  readonly #lane = new Lane(() => RESTARTS_AT_ONCE);

  constructor(options: EmergenciesOptions) {
    this.#options = options;
    const { clock } = options.ports;
    this.#read = new Recent(clock, () => READ_MILLIS);
    this.#audited = new Recent(clock, () => AUDITED_MILLIS);
    this.#restartedBelow = new Recent(clock, () => RESTART_MILLIS);
    this.#restarted = new Recent(clock, () => RESTART_MILLIS);
    this.#grace = new Recent(clock, () => GRACE_MILLIS);
  }

  /**
   * The receivers of its replicas were stopped and started a moment ago: for so long, in milliseconds, that they are not connected says nothing. 0: they
   * were not.
   */
  graceMillis(key: InstanceKey): number {
    return this.#grace.leftMillis(keyId(key));
  }

  /** `lastedMillis`: how long the entry has been what it is. */
  respond(entry: AnalysisEntry, lastedMillis: number): void {
    const operations = emergentOperations(entry, this.#options.replicasOf);
    for (const operation of operations) {
      if (operation.kind === 're-read' && lastedMillis < READ_FOR_MILLIS) this.#reRead(operation.key, entry);
    }
    const restarts = operations.filter((operation): operation is Restart => operation.kind === 'restart-receiver');
    if (restarts.length === 0 || lastedMillis < NOTICED_MILLIS || this.#restartedBelow.has(keyId(entry.key))) return;
    this.#restartedBelow.note(keyId(entry.key));
    this.#restartAll(entry, restarts).catch((error: unknown) =>
      this.#options.ports.log.error(`restarting replication below ${instanceKeyText(entry.key)}: ${String(error)}`),
    );
  }

  #reRead(key: InstanceKey, entry: AnalysisEntry): void {
    if (this.#read.has(keyId(key))) return;
    this.#read.note(keyId(key));
    void this.#options.read(key);
    const what = `${keyId(key)} ${entry.code}`;
    if (this.#audited.has(what)) return;
    this.#audited.note(what);
    this.#audit('emergently-read-topology-instance', key, entry);
  }

  /** B3: the global switch holds for these too. */
  async #restartAll(entry: AnalysisEntry, restarts: readonly Restart[]): Promise<void> {
    if (await this.#options.ports.store.recoveriesDisabled()) return;
    this.#grace.note(keyId(entry.key));
    await Promise.all(restarts.map(({ key }) => this.#lane.run(() => this.#restart(key, entry))));
  }

  async #restart(key: InstanceKey, entry: AnalysisEntry): Promise<void> {
    const { servers, mayGoOn, log } = this.#options.ports;
    if (this.#restarted.has(keyId(key)) || !mayGoOn()) return;
    this.#restarted.note(keyId(key));
    const commands = [{ kind: 'stop-receiver' }, { kind: 'start-receiver' }] as const;
    const result = await servers.execute(key, commands, RESTART_DEADLINE_MILLIS, mayGoOn);
    this.#grace.note(keyId(entry.key));
    if (result.kind === 'failed') log.warning(`${instanceKeyText(key)} does not connect anew: ${result.failure.text}`);
    this.#audit('emergently-restart-replication-topology-instance', key, entry);
  }

  #audit(type: string, key: InstanceKey, { code, cluster }: AnalysisEntry): void {
    const { store, clock, log } = this.#options.ports;
    store
      .appendAudit({ at: clock.now(), type, key, clusterName: cluster.clusterName, message: code })
      .catch((error: unknown) => log.error(`backend: ${String(error)}`));
  }
}
