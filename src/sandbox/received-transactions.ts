// What replicas had received of their source's transactions at one moment: the measure of what a failover must not lose.

import { contains, type GtidSet, union } from '../model/gtid-set.ts';
import { parseGtidSet } from '../model/gtid-set-text.ts';
import { containsPosition, type MariadbPosition, parseMariadbPosition } from '../model/mariadb-gtid.ts';
import type { RunningServer } from './server.ts';

type AskedServer = Pick<RunningServer, 'family' | 'query'>;

/** Transactions that at least one of the asked replicas has received. */
export interface ReceivedTransactions {
  /** Whether a transaction is among them; `gtid` as a server names it. */
  includes(gtid: string): boolean;
}

/**
 * Asks every replica what it has received, applied or not. Ask right after a source was killed: what the replicas read from
 * their sockets after the question only makes the answer smaller than the truth.
 */
export async function receivedBy(replicas: readonly AskedServer[]): Promise<ReceivedTransactions> {
  const all = await Promise.all(replicas.map((replica) => received[replica.family](replica)));
  return { includes: (gtid) => all.some((one) => one.includes(gtid)) };
}

const received = { mysql: receivedByMysql, mariadb: receivedByMariadb };

async function receivedByMysql(replica: AskedServer): Promise<ReceivedTransactions> {
  const [status] = await replica.query('SHOW REPLICA STATUS');
  const set = union(mysqlSet(status?.['Retrieved_Gtid_Set']), mysqlSet(status?.['Executed_Gtid_Set']));
  return { includes: (gtid) => contains(set, mysqlSet(gtid)) };
}

async function receivedByMariadb(replica: AskedServer): Promise<ReceivedTransactions> {
  const [status] = await replica.query('SHOW SLAVE STATUS');
  const position = mariadbPosition(status?.['Gtid_IO_Pos']);
  return { includes: (gtid) => containsPosition(position, mariadbPosition(gtid)) };
}

function mysqlSet(text: unknown): GtidSet {
  const parse = parseGtidSet(String(text ?? ''));
  if (parse.kind === 'refused') throw new Error(parse.reason);
  return parse.set;
}

function mariadbPosition(text: unknown): MariadbPosition {
  const parse = parseMariadbPosition(String(text ?? ''));
  if (parse.kind === 'refused') throw new Error(parse.reason);
  return parse.position;
}
