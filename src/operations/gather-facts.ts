/** Reads the servers that an operation is about, and gathers what its plan is made from. */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import type { Equivalence, MoveUnderWay, OperationFacts, ReadState } from '../planning/operations/operation-facts.ts';
import type { OperationRequest } from '../planning/operations/operation-request.ts';
import type { ReprovisionFacts } from '../planning/operations/reprovision-facts.ts';
import { isServerOperation } from '../planning/operations/server-operations.ts';
import { serversToRead } from '../planning/operations/servers-to-read.ts';
import { type Carried, gatherReprovision, NOTHING_CARRIED } from './gather-reprovision.ts';
import type { OperationPorts } from './operation-ports.ts';

/** For one live read. Milliseconds. */
export const LIVE_READ_MILLIS = 15_000;

/** How many servers are read beside each other. */
const READS_AT_ONCE = 32;

type Ports = Pick<
  OperationPorts,
  'servers' | 'topology' | 'clock' | 'rules' | 'equivalencesOf' | 'credentials' | 'failedTransaction' | 'reprovisioning'
>;

/** Facts of the present, with these servers read before, as far as they answer. */
export class Facts {
  readonly #ports: Ports;
  readonly #read = new Map<string, ReadState>();
  #equivalences: readonly Equivalence[] = [];
  #credentials: ReplicationCredentials | null = null;
  #failedTransaction = '';
  #reprovision: ReprovisionFacts | null = null;

  readonly #underWay: () => readonly MoveUnderWay[];
  readonly #silent: ReadonlySet<string>;

  /** `underWay`: moves of other operations. `silent`: servers that are not asked, since they do not answer. */
  constructor(ports: Ports, underWay: () => readonly MoveUnderWay[] = () => [], silent: readonly InstanceKey[] = []) {
    this.#ports = ports;
    this.#underWay = underWay;
    for (const key of silent) this.#read.set(keyId(key), { failure: 'it does not answer' });
    this.#silent = new Set(silent.map(keyId));
  }

  /** Again, also those that were read already. */
  async read(keys: readonly InstanceKey[]): Promise<void> {
    const waiting = [...new Map(keys.map((key) => [keyId(key), key])).values()].filter(
      (key) => !this.#silent.has(keyId(key)),
    );
    const work = async (): Promise<void> => {
      for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) await this.#readOne(key);
    };
    await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, waiting.length) }, work));
  }

  async #readOne(key: InstanceKey): Promise<void> {
    const seen = await this.#ports.servers.observe(key, LIVE_READ_MILLIS);
    this.#read.set(keyId(key), seen.kind === 'observed' ? 'read' : { failure: seen.failure.text });
  }

  /** What is asked of others than the servers themselves. */
  async lookUp(request: OperationRequest, carried: Carried = NOTHING_CARRIED): Promise<void> {
    if (request.kind === 'reprovision' || request.kind === 'rescue-transactions') {
      const read = (keys: readonly InstanceKey[]) => this.read(keys);
      this.#reprovision = await gatherReprovision(request, this.#ports, read, carried);
    }
    const instance = 'key' in request ? this.#ports.topology.get(request.key) : undefined;
    if (instance === undefined) return;
    if (NEEDS_EQUIVALENCES.has(request.kind) && instance.sourceKey !== null) {
      this.#equivalences = await this.#ports.equivalencesOf(instance.sourceKey, instance.execCoordinates);
    }
    if (NEEDS_CREDENTIALS.has(request.kind)) this.#credentials = await this.#ports.credentials(instance.key);
    if (request.kind === 'skip-query') this.#failedTransaction = await this.#ports.failedTransaction(instance.key);
  }

  now(): OperationFacts {
    const { topology, clock, rules } = this.#ports;
    return {
      topology,
      now: clock.now(),
      rules: rules(),
      read: (key) => this.#read.get(keyId(key)) ?? null,
      underWay: this.#underWay(),
      equivalences: this.#equivalences,
      credentials: this.#credentials,
      failedTransaction: this.#failedTransaction,
      ...(this.#reprovision === null ? {} : { reprovision: this.#reprovision }),
    };
  }
}

const NEEDS_EQUIVALENCES: ReadonlySet<OperationRequest['kind']> = new Set(['relocate', 'move-equivalent']);
const NEEDS_CREDENTIALS: ReadonlySet<OperationRequest['kind']> = new Set(['make-co-master', 'change-credentials']);

/** Those that a request names, with their sources; and the replicas, where it is about them. */
export function serversOfRequest(
  request: OperationRequest,
  topology: OperationPorts['topology'],
): readonly InstanceKey[] {
  if (isServerOperation(request)) return serversToRead(request, topology, true);
  const others = request.kind === 'reprovision' ? [request.donor] : 'below' in request ? [request.below] : [];
  const named = [request.key, ...others.filter((key) => key !== null)];
  const sources = named.flatMap((key) => sourceOf(topology.get(key)));
  const isAboutReplicas = ABOUT_REPLICAS.has(request.kind);
  const replicas = isAboutReplicas ? topology.replicasOf(request.key) : [];
  const siblings = ABOUT_SIBLINGS.has(request.kind) ? topology.siblingsOf(request.key) : [];
  return [...named, ...sources, ...[...replicas, ...siblings].map(({ key }) => key)];
}

const sourceOf = (instance: Instance | undefined): readonly InstanceKey[] =>
  instance === undefined || instance.sourceKey === null ? [] : [instance.sourceKey];

const ABOUT_REPLICAS: ReadonlySet<OperationRequest['kind']> = new Set([
  'relocate-replicas',
  'repoint-replicas',
  'move-up-replicas',
  'move-replicas-gtid',
  'match-replicas',
  'match-up-replicas',
  'regroup-replicas',
]);

const ABOUT_SIBLINGS: ReadonlySet<OperationRequest['kind']> = new Set([
  'take-siblings',
  'make-master',
  'make-local-master',
]);
