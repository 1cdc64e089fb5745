/** Reads what a reprovision is planned from: the cluster that the server is to join, what the servers tell of the CLONE plugin, and what was begun before. */
import type { CloneReading } from '../model/clone-run.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import { isMysqlFamily, parseServerVersion } from '../model/server-version.ts';
import type { ReprovisionRequest, RescueRequest } from '../planning/operations/operation-request.ts';
import { clusterToJoin, primaryOf } from '../planning/operations/reprovision-cluster.ts';
import { isResumable, type ReprovisionFacts } from '../planning/operations/reprovision-facts.ts';
import type { OperationPorts } from './operation-ports.ts';

/** What this process remembers of the first stage: new data do not bring it back. */
export interface Carried {
  readonly replication: ReplicationCredentials | null;
  readonly formerly: Instance | null;
}

export const NOTHING_CARRIED: Carried = { replication: null, formerly: null };

export type GatherPorts = Pick<OperationPorts, 'topology' | 'clock' | 'credentials' | 'reprovisioning'>;

/** `read`: servers live, into the picture. The request's own server has been read before. */
export async function gatherReprovision(
  request: ReprovisionRequest | RescueRequest,
  ports: GatherPorts,
  read: (keys: readonly InstanceKey[]) => Promise<void>,
  carried: Carried,
): Promise<ReprovisionFacts> {
  const { topology, clock, reprovisioning } = ports;
  const [records, successor] = await Promise.all([reprovisioning.records(), reprovisioning.successorOf(request.key)]);
  const donor = request.kind === 'reprovision' ? request.donor : null;
  const name = clusterToJoin({ key: request.key, donor }, topology, successor);
  const isOther = ({ key }: Instance): boolean => !sameKey(key, request.key);
  const members = name === null ? [] : topology.cluster(name).filter(isOther);
  const primary = name === null ? null : primaryOf(name, topology, request.key);
  // The primary last: what came through it meanwhile must not seem to be anybody's own.
  await read(members.map(({ key }) => key).filter((key) => !sameKey(key, primary?.key ?? null)));
  if (primary !== null) await read([primary.key]);
  const isCloned = request.kind === 'reprovision';
  const asked = (isCloned ? [request.key, ...members.map(({ key }) => key)] : []).filter((key) =>
    isMysql(topology.get(key)),
  );
  const clones = new Map<KeyId, CloneReading>(
    await Promise.all(asked.map(async (key) => [keyId(key), await reprovisioning.readClone(key)] as const)),
  );
  return {
    records: records.filter((record) => isResumable(record, clock.now())),
    successor,
    clone: (key) => clones.get(keyId(key)) ?? null,
    account: reprovisioning.account(),
    replication: (await accountAt(primary, ports)) ?? carried.replication,
    formerly: carried.formerly,
    hooks: reprovisioning.hooks(),
  };
}

const isMysql = (instance: Instance | undefined): boolean =>
  instance !== undefined && isMysqlFamily(parseServerVersion(instance.version, instance.versionComment));

/** One replica that tells its account is enough; the configured query is answered by any server. */
async function accountAt(primary: Instance | null, ports: GatherPorts): Promise<ReplicationCredentials | null> {
  if (primary === null) return null;
  for (const { key } of [...ports.topology.replicasOf(primary.key), primary]) {
    const account = await ports.credentials(key);
    if (account !== null && account.user !== '') return account;
  }
  return null;
}
