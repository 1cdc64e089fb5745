/**
 * Whether a database that has tables is a backend of ours or of the reference.
 *
 * Names alone do not make it one: the reference's raft store has tables `raft_log` and `raft_store`, and many programs have an `audit`. One of
 * these two every age of the schema has.
 */
export function isBackend(columnsOf: (table: string) => Iterable<string>): boolean {
  const has = (table: string, ...columns: string[]): boolean => {
    const present = new Set(columnsOf(table));
    return columns.every((name) => present.has(name));
  };
  return (
    has('database_instance', 'hostname', 'port', 'master_host', 'cluster_name') ||
    has('orchestrator_db_deployments', 'deployed_version')
  );
}
