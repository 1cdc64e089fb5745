// The hooks as scripts of people see them: real processes, in the contract's order, told by placeholders and by their environment.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from '../support/eventually.ts';
import { kill, others } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

const LISTS = [
  'OnFailureDetectionProcesses',
  'PreGracefulTakeoverProcesses',
  'PreFailoverProcesses',
  'PostMasterFailoverProcesses',
  'PostFailoverProcesses',
  'PostUnsuccessfulFailoverProcesses',
  'PostGracefulTakeoverProcesses',
];

/** All facts whose value a test can know, in one line; coordinates and ids have tests of their own. */
const PLACEHOLDERS =
  '{failureType} {instanceType} {isMaster} {isCoMaster} [{command}] {failedHost}:{failedPort} {failureCluster} {failureClusterAlias} [{failureClusterDomain}] {countReplicas} {countSlaves} {isDowntimed} {autoMasterRecovery} {autoIntermediateMasterRecovery} {isSuccessful} [{lostReplicas}] {countLostReplicas}';

/** Each list says what it was told, in one line of one file, and leaves its environment in a file of its own. */
const hooks = Object.fromEntries(
  LISTS.map((list) => [
    list,
    [
      `echo "${list} ${PLACEHOLDERS} to {successorHost}:{successorPort}" >> FOLDER/told`,
      `env | grep ^ORC_ | sort > FOLDER/${list}.env`,
    ],
  ]),
);

describe('hooks of a failover and of a planned switchover', () => {
  let world: World;
  let promoted: RunningServer;
  beforeAll(async () => {
    world = await openWorld({ family: 'mariadb', configuration: hooks });
    await kill(world.primary);
    promoted = await world.promoted();
    const [recovery] = await world.recoveries();
    await eventually(() => world.steps(the(recovery).UID)).toContain('done running PostFailoverProcesses hooks');
  });
  afterAll(() => world?.stop());

  const facts = (failed: RunningServer, replicas: number, command: string, isSuccessful: boolean) =>
    `DeadMaster master true false [${command}] ${world.key(failed)} ${world.key(failed)} c1 [${world.key(failed)}] ${replicas} ${replicas} false true false ${isSuccessful} [] 0`;

  it('F5: run in the contract’s order, each told what is known by then', async () => {
    const failed = world.primary;
    const unknown = 'to {successorHost}:{successorPort}';
    const known = `to ${world.key(promoted)}`;
    expect(world.lines('told')).toEqual([
      `OnFailureDetectionProcesses ${facts(failed, 3, '', false)} ${unknown}`,
      `PreFailoverProcesses ${facts(failed, 3, '', false)} ${unknown}`,
      `PostMasterFailoverProcesses ${facts(failed, 3, '', true)} ${known}`,
      `PostFailoverProcesses ${facts(failed, 3, '', true)} ${known}`,
    ]);
  });

  it('F5: have 24 variables after the promotion and 20 before, with the same facts', async () => {
    const failed = world.primary;
    const [recovery] = await world.recoveries();
    const after = environment(world, 'PostFailoverProcesses');
    expect(after).toMatchObject({
      ORC_FAILURE_TYPE: 'DeadMaster',
      ORC_INSTANCE_TYPE: 'master',
      ORC_FAILED_HOST: failed.host,
      ORC_FAILED_PORT: String(failed.port),
      ORC_FAILURE_CLUSTER: world.key(failed),
      ORC_FAILURE_CLUSTER_ALIAS: 'c1',
      ORC_COUNT_REPLICAS: '3',
      ORC_IS_SUCCESSFUL: 'true',
      ORC_SUCCESSOR_HOST: promoted.host,
      ORC_SUCCESSOR_PORT: String(promoted.port),
      ORC_RECOVERY_UID: the(recovery).UID,
      ORC_COMMAND: '',
    });
    expect(after['ORC_SUCCESSOR_BINLOG_COORDINATES']).toMatch(/^binlog\.\d{6}:\d+$/);
    expect(Object.keys(after)).toHaveLength(24);
    const replicas = (after['ORC_REPLICA_HOSTS'] ?? '').split(',').sort();
    expect(replicas).toEqual(world.replicas.map((one) => world.key(one)).sort());

    const before = environment(world, 'PreFailoverProcesses');
    expect(before['ORC_RECOVERY_UID']).toBe(the(recovery).UID);
    expect(Object.keys(before)).toHaveLength(20);
    expect(Object.keys(before).filter((name) => name.startsWith('ORC_SUCCESSOR'))).toEqual([]);
  });

  it('L1: each run is a step of the recovery, with its text as it was run', async () => {
    const [recovery] = await world.recoveries();
    const steps = await world.steps(the(recovery).UID);
    expect(steps).toContain('Running 2 PreFailoverProcesses hooks');
    expect(steps.some((step) => step.startsWith('Running PreFailoverProcesses hook 1 of 2: echo "PreFailover'))).toBe(
      true,
    );
    expect(steps.some((step) => /^Completed PostFailoverProcesses hook 2 of 2 in /.test(step))).toBe(true);
    expect(steps).toContain('done running PostFailoverProcesses hooks');
  });

  it('I3: a switchover has hooks of its own around the others, and a command that tells it apart', async () => {
    const [designated] = others(world.replicas, promoted);
    const before = world.lines('told').length;
    const answer = await world.get(`graceful-master-takeover-auto/c1/${world.at(the(designated))}`);
    expect(answer).toMatchObject({ code: 'OK', message: 'graceful-master-takeover: successor promoted' });
    const command = 'graceful-master-takeover';
    const unknown = 'to {successorHost}:{successorPort}';
    const known = `to ${world.key(the(designated))}`;
    expect(world.lines('told').slice(before)).toEqual([
      `PreGracefulTakeoverProcesses ${facts(promoted, 2, command, true)} ${known}`,
      `OnFailureDetectionProcesses ${facts(promoted, 2, command, false)} ${unknown}`,
      `PreFailoverProcesses ${facts(promoted, 2, command, false)} ${unknown}`,
      `PostMasterFailoverProcesses ${facts(promoted, 2, command, true)} ${known}`,
      `PostFailoverProcesses ${facts(promoted, 2, command, true)} ${known}`,
      `PostGracefulTakeoverProcesses ${facts(promoted, 2, command, true)} ${known}`,
    ]);
    expect(environment(world, 'PreGracefulTakeoverProcesses')).toMatchObject({
      ORC_COMMAND: command,
      ORC_SUCCESSOR_PORT: String(the(designated).port),
      ORC_RECOVERY_UID: '',
    });
  });
});

function environment(world: World, list: string): Record<string, string> {
  return Object.fromEntries(
    world.lines(`${list}.env`).map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}
