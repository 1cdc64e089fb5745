// A member of a replication group dies, and asynchronous replicas are below it: another member takes them over (spec/recovery.md 3.4).

import { afterAll, expect, it } from 'vitest';
import { eventually, inTime } from '../support/eventually.ts';
import { type GroupWorld, openGroupWorld } from '../support/group-world.ts';
import { followsSoon, hasNumbers, kill } from '../support/servers.ts';
import { write } from '../support/world.ts';

let group: GroupWorld;

afterAll(() => group?.stop());

it('H1: its replicas go below a member that is online, a secondary before the primary', async () => {
  group = await openGroupWorld({ RecoverIntermediateMasterClusterFilters: ['*'] });
  const { A, B, C, R } = group.servers;
  await eventually(() => group.drawing('c1'), inTime).toEqual(['A', '‡ B', '  + R', '‡ C']);
  await group.world.seesLeader();
  await write(A, 'INSERT INTO demo.numbers VALUES (1)');
  await hasNumbers(R, [1]);
  await kill(B);
  const recovery = await group.world.recoveryEnded();
  expect(recovery).toMatchObject({
    IsSuccessful: true,
    SuccessorKey: { Port: C.port },
    AnalysisEntry: { Analysis: 'DeadReplicationGroupMemberWithReplicas', AnalyzedInstanceKey: { Port: B.port } },
  });
  await followsSoon(R, C);
  await eventually(() => write(A, 'INSERT INTO demo.numbers VALUES (2)').then(() => true), inTime).toBe(true);
  await hasNumbers(R, [1, 2]);
});
