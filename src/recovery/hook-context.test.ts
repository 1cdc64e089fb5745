import { describe, expect, it } from 'vitest';
import { at } from '../analysis/testing.ts';
import { noCoordinates } from '../model/binlog-coordinates.ts';
import { hookEnvironment, substitutePlaceholders } from './hook-context.ts';
import { aHookContext, deadPrimary, SUCCESSOR } from './hook-testing.ts';

const entry = deadPrimary({
  commandHint: 'force-master-failover',
  isDowntimed: true,
  cluster: { ...deadPrimary().cluster, clusterAlias: 'main', clusterDomain: 'main.example' },
});
const recovered = aHookContext({ entry, successor: SUCCESSOR, lostReplicas: [at(22295), at(22299)] });
const UID = '1795408652939435816:996cf12b';

// Placeholder, variable, value: the table of the spec, in its order.
const FACTS = [
  ['failureType', 'ORC_FAILURE_TYPE', 'DeadMaster'],
  ['instanceType', 'ORC_INSTANCE_TYPE', 'master'],
  ['isMaster', 'ORC_IS_MASTER', 'true'],
  ['isCoMaster', 'ORC_IS_CO_MASTER', 'false'],
  ['failureDescription', 'ORC_FAILURE_DESCRIPTION', entry.description],
  ['command', 'ORC_COMMAND', 'force-master-failover'],
  ['failedHost', 'ORC_FAILED_HOST', 'testhost'],
  ['failedPort', 'ORC_FAILED_PORT', '22293'],
  ['failureCluster', 'ORC_FAILURE_CLUSTER', 'testhost:22293'],
  ['failureClusterAlias', 'ORC_FAILURE_CLUSTER_ALIAS', 'main'],
  ['failureClusterDomain', 'ORC_FAILURE_CLUSTER_DOMAIN', 'main.example'],
  ['countSlaves', null, '2'],
  ['countReplicas', 'ORC_COUNT_REPLICAS', '2'],
  ['isDowntimed', 'ORC_IS_DOWNTIMED', 'true'],
  ['autoMasterRecovery', 'ORC_AUTO_MASTER_RECOVERY', 'true'],
  ['autoIntermediateMasterRecovery', 'ORC_AUTO_INTERMEDIATE_MASTER_RECOVERY', 'false'],
  ['orchestratorHost', 'ORC_ORCHESTRATOR_HOST', 'observer.example'],
  ['recoveryUID', 'ORC_RECOVERY_UID', UID],
  ['isSuccessful', 'ORC_IS_SUCCESSFUL', 'true'],
  ['successorHost', 'ORC_SUCCESSOR_HOST', 'testhost'],
  ['successorPort', 'ORC_SUCCESSOR_PORT', '22294'],
  ['successorBinlogCoordinates', 'ORC_SUCCESSOR_BINLOG_COORDINATES', 'mysql-bin.000123:456'],
  ['successorAlias', 'ORC_SUCCESSOR_ALIAS', 'db-two'],
  ['lostSlaves', null, 'testhost:22295,testhost:22299'],
  ['lostReplicas', 'ORC_LOST_REPLICAS', 'testhost:22295,testhost:22299'],
  ['countLostReplicas', null, '2'],
  ['slaveHosts', null, 'testhost:22294,testhost:22295'],
  ['replicaHosts', 'ORC_REPLICA_HOSTS', 'testhost:22294,testhost:22295'],
] as const;

describe('placeholders of a hook', () => {
  it('are 28', () => expect(FACTS).toHaveLength(28));

  it.each(FACTS)('{%s} becomes its value, everywhere', (placeholder, _variable, value) => {
    expect(substitutePlaceholders(`a {${placeholder}} b {${placeholder}}`, recovered)).toBe(`a ${value} b ${value}`);
  });

  it('of a successor stay as they are without one', () => {
    const command = 'echo {successorHost}{successorPort}{successorBinlogCoordinates}{successorAlias}';
    expect(substitutePlaceholders(command, aHookContext())).toBe(command);
  });

  it('of the coordinates stays when the successor is known but they are not', () => {
    for (const coordinates of [null, noCoordinates('binary')]) {
      const context = aHookContext({ successor: { ...SUCCESSOR, coordinates, alias: '' } });
      expect(substitutePlaceholders('{successorPort} {successorBinlogCoordinates} {successorAlias}.', context)).toBe(
        '22294 {successorBinlogCoordinates} .',
      );
      expect(hookEnvironment(context)).not.toHaveProperty('ORC_SUCCESSOR_BINLOG_COORDINATES');
      expect(hookEnvironment(context)).toHaveProperty('ORC_SUCCESSOR_ALIAS', '');
    }
  });

  it('that are not known stay', () => {
    expect(substitutePlaceholders('{failedhost} {unknown} {{failedHost}} {}', recovered)).toBe(
      '{failedhost} {unknown} {testhost} {}',
    );
  });

  it('are replaced one after another: a value that holds a later one is expanded, one that holds an earlier one is not', () => {
    const alias = (clusterAlias: string) =>
      aHookContext({ entry: deadPrimary({ cluster: { ...entry.cluster, clusterAlias } }) });
    expect(substitutePlaceholders('{failureClusterAlias}', alias('<{countReplicas}>'))).toBe('<2>');
    expect(substitutePlaceholders('{failureClusterAlias}', alias('<{failedHost}>'))).toBe('<{failedHost}>');
    expect(substitutePlaceholders('{failureClusterAlias}', alias('<{failureClusterAlias}>'))).toBe(
      '<{failureClusterAlias}>',
    );
  });

  it('are not quoted, whatever their values hold (contract: hooks bring their own quotes)', () => {
    const hostile = `'; rm -rf $HOME "\`x\`" $& $1 $$ &`;
    const context = aHookContext({ successor: { ...SUCCESSOR, alias: hostile } });
    expect(substitutePlaceholders(`notify '{successorAlias}'`, context)).toBe(`notify '${hostile}'`);
  });

  it('tells success as the caller says when it differs from a known successor', () => {
    expect(substitutePlaceholders('{isSuccessful}', aHookContext())).toBe('false');
    expect(substitutePlaceholders('{isSuccessful}', aHookContext({ isSuccessful: true }))).toBe('true');
  });
});

describe('the environment of a hook', () => {
  it('has the 24 variables of the table and no other', () => {
    const expected = FACTS.filter(([, variable]) => variable !== null).map(([, variable, value]) => [variable, value]);
    expect(expected).toHaveLength(24);
    expect(hookEnvironment(recovered)).toEqual(Object.fromEntries(expected));
  });

  it('lacks the four of the successor when there is none', () => {
    const names = Object.keys(hookEnvironment(aHookContext()));
    expect(names).toHaveLength(20);
    expect(names.filter((name) => name.startsWith('ORC_SUCCESSOR'))).toEqual([]);
  });

  it.each([
    [{ isCoPrimary: true, isPrimary: true }, 'co-master'],
    [{ isGroupMember: true, isPrimary: true }, 'group-member'],
    [{ isPrimary: false }, 'intermediate-master'],
  ])('names the kind of server %o %s', (change, kind) => {
    expect(hookEnvironment(aHookContext({ entry: deadPrimary(change) }))).toHaveProperty('ORC_INSTANCE_TYPE', kind);
  });
});
