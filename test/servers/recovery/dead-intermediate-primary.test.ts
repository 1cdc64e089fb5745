// Intermediate primaries that die: their replicas replicate from somewhere alive, and lose nothing (spec/recovery.md 3.3; H1).

import { afterEach, describe, expect, it } from 'vitest';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { OperationWorld } from '../support/operation-world.ts';
import { followsSoon, kill } from '../support/servers.ts';
import { the } from '../support/world.ts';

let stage: OperationWorld;

afterEach(() => stage?.close());

const told = (list: string) => [
  `echo "${list} {failureType} {instanceType} {failedHost}:{failedPort} [{successorHost}:{successorPort}] [{lostReplicas}]" >> FOLDER/told`,
];

const REPAIRED = {
  RecoverIntermediateMasterClusterFilters: ['*'],
  PreFailoverProcesses: told('before'),
  PostIntermediateMasterFailoverProcesses: told('after-intermediate'),
  PostMasterFailoverProcesses: told('after-primary'),
  PostFailoverProcesses: told('after'),
};

async function open(family: ServerFamily, replicas: number, configuration = {}): Promise<OperationWorld> {
  stage = await OperationWorld.open({ family, replicas, configuration });
  return stage;
}

describe.each(['mysql', 'mariadb'] as const)('%s: a dead intermediate primary', (family) => {
  it('H1: its replicas go below a sibling of it, and the hooks of intermediate primaries run', async () => {
    const { world, primary } = await open(family, 4, REPAIRED);
    const [sibling, dying] = [stage.replica(1), stage.replica(2)];
    const [one, two] = [stage.replica(3), stage.replica(4)];
    await stage.done('relocate', one, dying);
    await stage.done('relocate', two, dying);
    await kill(dying);
    const recovery = await world.recoveryEnded();
    expect(recovery).toMatchObject({
      IsSuccessful: true,
      AllErrors: [''],
      LostReplicas: [],
      SuccessorKey: { Port: sibling.port },
      AnalysisEntry: { Analysis: 'DeadIntermediateMaster', AnalyzedInstanceKey: { Port: dying.port } },
    });
    await followsSoon(one, sibling);
    await followsSoon(two, sibling);
    const facts = `DeadIntermediateMaster intermediate-master ${world.key(dying)}`;
    await eventually(() => world.lines('told')).toEqual([
      `before ${facts} [{successorHost}:{successorPort}] []`,
      `after-intermediate ${facts} [${world.key(sibling)}] []`,
      `after ${facts} [${world.key(sibling)}] []`,
    ]);
    expect(await world.instance(dying)).toMatchObject({ IsDowntimed: false });
    await stage.everyRowOnce([primary, sibling, one, two]);
  });

  it('H1: without a sibling they gather below the best of them, which goes up', async () => {
    const { world, primary } = await open(family, 3, REPAIRED);
    const [dying, one, two] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await stage.done('relocate', one, dying);
    await stage.done('relocate', two, dying);
    await kill(dying);
    const { SuccessorKey, IsSuccessful } = await world.recoveryEnded();
    expect(IsSuccessful).toBe(true);
    const leader = the([one, two].find(({ port }) => port === SuccessorKey.Port));
    await followsSoon(leader, primary);
    await followsSoon(leader === one ? two : one, leader);
    await stage.everyRowOnce([primary, one, two]);
  });

  it('B1: is left where the cluster is not opted in, until a person orders it', async () => {
    const { world, primary } = await open(family, 3);
    const [sibling, dying, one] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await stage.done('relocate', one, dying);
    await kill(dying);
    await world.logged('the cluster is not in RecoverIntermediateMasterClusterFilters');
    expect(await world.recoveries()).toEqual([]);
    const answer = await world.get(`recover/${world.at(dying)}`);
    expect(answer).toMatchObject({
      code: 'OK',
      message: `Recovery executed on ${world.key(dying)}`,
      details: { Port: sibling.port },
    });
    await followsSoon(one, sibling);
    await stage.everyRowOnce([primary, sibling, one]);
  });
});
