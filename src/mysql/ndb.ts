/**
 * SQL nodes of an NDB Cluster: servers over the same data, which no replication status names (spec/discovery.md 9.9; MySQL manual,
 * "The ndbinfo processes Table").
 */
import type { InstanceKey } from '../model/instance-key.ts';
import { isNdb, type ServerVersion } from '../model/server-version.ts';
import type { Rows } from '../ports/server-wire.ts';
import type { ProbeSection, SeenReplica, StatementFact } from './dialect.ts';
import { textOf } from './row-values.ts';

/** Without its own: there it is by the address that it told the cluster, which need not be the name it is known by. */
const SQL_NODES_SQL =
  "SELECT service_URI AS uri FROM ndbinfo.processes WHERE process_name = 'mysqld' AND service_URI NOT IN (SELECT own.service_URI FROM ndbinfo.processes own JOIN performance_schema.global_status s ON s.VARIABLE_VALUE = own.node_id WHERE s.VARIABLE_NAME = 'Ndb_cluster_node_id' AND own.service_URI IS NOT NULL)";

export const NDB_STATEMENT: StatementFact = {
  name: 'ndb',
  sql: SQL_NODES_SQL,
  purpose: 'the other SQL nodes of an NDB Cluster; asked of its members only, and needs SELECT on ndbinfo.processes',
  // None that all servers could grant: on any other the table does not exist, and the GRANT would fail.
  privileges: [],
  changes: false,
};

/** Asked of servers of an NDB Cluster alone. */
export function ndbSections(version: ServerVersion): readonly ProbeSection[] {
  return isNdb(version) ? [{ name: 'ndb', sql: SQL_NODES_SQL, essential: false }] : [];
}

const SCHEME = 'mysql://';

/**
 * `mysql://198.51.100.3:3306/?server-id=1`. A node without a port in its URI is taken to listen where the asked one does, as in the
 * contract; one that shows a socket instead (`mysql://198.51.100.3/tmp/mysql.sock`) listens nowhere and is left out.
 */
export function sqlNodes(rows: Rows | undefined, self: InstanceKey): readonly SeenReplica[] {
  return (rows ?? []).flatMap((row) => sqlNode(textOf(row, 'uri'), self.port));
}

function sqlNode(uri: string, defaultPort: number): readonly SeenReplica[] {
  if (!uri.startsWith(SCHEME)) return [];
  const [, bracketed, plain = '', port, path = ''] = URI.exec(uri.slice(SCHEME.length)) ?? [];
  const host = bracketed ?? plain;
  const isSocket = port === undefined && path !== '' && path !== '/';
  const reached = port === undefined ? defaultPort : Number(port);
  return host === '' || isSocket || reached < 1 || reached > MAX_PORT ? [] : [{ host, port: reached, user: '' }];
}

const MAX_PORT = 65_535;

/** User, which is not asked for; IPv6 host in brackets, any other host; port; path; query. Whole, or it is no such URI. */
const URI = /^(?:[^@/?]*@)?(?:\[([^\]]+)\]|([^:/?@[\]]*))(?::(\d+))?(\/[^?]*)?(?:\?.*)?$/;
