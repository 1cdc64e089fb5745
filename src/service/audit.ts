/** What was done to a server or a cluster, written down (spec/topology-operations.md 3.13). */
import type { Picture } from '../discovery/picture.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';

export interface AuditParts {
  readonly picture: Picture;
  readonly ports: RecoveryPorts;
}

/** Under the cluster that the server is in now; without a server, under none. */
export async function audit(
  { picture, ports }: AuditParts,
  type: string,
  key: InstanceKey | null,
  message: string,
): Promise<void> {
  const clusterName = key === null ? '' : (picture.topology.get(key)?.clusterName ?? '');
  await ports.store.appendAudit({ at: ports.clock.now(), type, key, clusterName, message });
}
