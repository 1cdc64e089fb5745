/** Transactions of a primary that its replicas have and it has not: it has crashed, and had not flushed them (A23, G1). Pure. */
import { isEmpty, ofServers, subtract } from '../../model/gtid-set.ts';
import { gtidSetText } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import { mariadbPosition, mariadbPositionText } from '../../model/mariadb-gtid.ts';
import { type GtidProgress, gtidProgress } from '../gtid-progress.ts';

export interface LostByCrash {
  /** A replica that has them. */
  readonly replica: InstanceKey;
  /** MariaDB: its position in the domains concerned. */
  readonly gtids: string;
}

/**
 * Null: nothing is known to be lost, also where servers do not show GTIDs. What somebody wrote on a replica is no loss of the primary: only what began at the primary counts.
 */
export function lostByCrash(primary: Instance, replicas: readonly Instance[]): LostByCrash | null {
  const own = gtidProgress(primary);
  if (own === null) return null;
  for (const replica of replicas) {
    const theirs = gtidProgress(replica);
    const gtids = theirs === null ? '' : missingOf(primary, own, theirs);
    if (gtids !== '') return { replica: replica.key, gtids };
  }
  return null;
}

function missingOf(primary: Instance, own: GtidProgress, theirs: GtidProgress): string {
  if (own.family === 'oracle' && theirs.family === 'oracle') {
    const missing = ofServers(subtract(theirs.received, own.executed), primary.serverUuid);
    return isEmpty(missing) ? '' : gtidSetText(missing);
  }
  if (own.family !== 'mariadb' || theirs.family !== 'mariadb') return '';
  const ahead = theirs.received.gtids.filter(({ domain, server, sequence }) => {
    const at = own.executed.gtids.find((gtid) => gtid.domain === domain)?.sequence ?? 0;
    return server === primary.serverId && sequence > at;
  });
  return mariadbPositionText(mariadbPosition(ahead));
}
