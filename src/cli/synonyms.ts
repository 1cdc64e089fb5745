/**
 * Old names of commands and what they are called now (spec/cli.md 2.2).
 */
export const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['stop-slave', 'stop-replica'],
  ['start-slave', 'start-replica'],
  ['restart-slave', 'restart-replica'],
  ['reset-slave', 'reset-replica'],
  ['restart-slave-statements', 'restart-replica-statements'],
  ['relocate-slaves', 'relocate-replicas'],
  ['regroup-slaves', 'regroup-replicas'],
  ['move-up-slaves', 'move-up-replicas'],
  ['repoint-slaves', 'repoint-replicas'],
  ['enslave-siblings', 'take-siblings'],
  ['enslave-master', 'take-master'],
  ['get-candidate-slave', 'get-candidate-replica'],
  ['move-slaves-gtid', 'move-replicas-gtid'],
  ['regroup-slaves-gtid', 'regroup-replicas-gtid'],
  ['match-slaves', 'match-replicas'],
  ['match-up-slaves', 'match-up-replicas'],
  ['regroup-slaves-pgtid', 'regroup-replicas-pgtid'],
  ['which-cluster-osc-slaves', 'which-cluster-osc-replicas'],
  ['which-cluster-gh-ost-slaves', 'which-cluster-gh-ost-replicas'],
  ['which-slaves', 'which-replicas'],
  ['detach-slave', 'detach-replica-master-host'],
  ['detach-replica', 'detach-replica-master-host'],
  ['detach-slave-master-host', 'detach-replica-master-host'],
  ['reattach-slave', 'reattach-replica-master-host'],
  ['reattach-replica', 'reattach-replica-master-host'],
  ['reattach-slave-master-host', 'reattach-replica-master-host'],
]);

export function canonicalName(name: string): string {
  return SYNONYMS.get(name) ?? name;
}

/** The old names of a command, in the order of the contract. */
export function oldNamesOf(name: string): readonly string[] {
  return [...SYNONYMS].filter(([, current]) => current === name).map(([old]) => old);
}
