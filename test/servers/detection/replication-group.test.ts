// A replication group of real servers, and what is seen of it: whole, through elections, and without those who have left it.

import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mysql84 } from '../../../src/mysql/mysql-84/mysql-84.ts';
import { minimalGrants } from '../../../src/mysql/privileges.ts';
import { applicationAccount, orchestratorAccount } from '../../../src/sandbox/accounts.ts';
import { freePorts } from '../../../src/sandbox/free-ports.ts';
import { startReplicationGroup } from '../../../src/sandbox/replication-group.ts';
import { eventually, inTime } from '../support/eventually.ts';
import { statementsOf } from '../support/general-log.ts';
import { type GroupWorld, openGroupWorld } from '../support/group-world.ts';
import { answeredBy, closeLinks, keyOf, linkTo } from '../support/server-world.ts';
import { asRoot, hang, holdApplier, isWritable, kill } from '../support/servers.ts';
import { the, write } from '../support/world.ts';

let group: GroupWorld;

beforeAll(async () => {
  group = await openGroupWorld();
});
afterAll(() => group?.stop());
afterEach(closeLinks);

/** The cluster under its alias is drawn so, and is the only one. */
async function isDrawn(alias: string, ...lines: readonly string[]): Promise<void> {
  await eventually(() => group.drawing(alias), inTime).toEqual(lines);
  expect(await group.clusters()).toEqual([lines[0]]);
  expect(await group.clusterCalled(alias)).toBe(lines[0]);
}

const shown = (server: { readonly port: number }) => ({ Hostname: '127.0.0.1', Port: server.port });
const NOBODY = { Hostname: '', Port: 0 };

describe('a replication group of three, and a replica of one of them', () => {
  it('is found whole from one member, the primary on top, whoever was asked first', async () => {
    await isDrawn('c1', 'A', '‡ B', '  + R', '‡ C');
    await group.world.seesLeader();
    await eventually(() => group.drawingByCommand('c1')).toEqual(['A', '‡ B', '  + R', '‡ C']);
  });

  it('is told by each member in the words of the contract', async () => {
    const { A, B, C, R } = group.servers;
    const cluster = (await group.world.get('cluster/c1')).details as readonly { readonly Key: { Port: number } }[];
    expect(cluster.map(({ Key }) => Key.Port)).toEqual([A, B, C, R].map(({ port }) => port));
    const ofAll = {
      ClusterName: group.world.key(A),
      MasterKey: NOBODY,
      ReplicationGroupName: group.groupName,
      ReplicationGroupIsSinglePrimary: true,
      ReplicationGroupMemberState: 'ONLINE',
      ReplicationGroupPrimaryInstanceKey: shown(A),
    };
    const secondary = { ...ofAll, ReplicationGroupMemberRole: 'SECONDARY', ReplicationDepth: 1, ReadOnly: true };
    expect(await group.seen(A)).toMatchObject({
      ...ofAll,
      ReplicationGroupMemberRole: 'PRIMARY',
      ReplicationGroupMembers: [shown(B), shown(C)],
      ReplicationDepth: 0,
      ReadOnly: false,
    });
    expect(await group.seen(B)).toMatchObject({ ...secondary, ReplicationGroupMembers: [shown(A), shown(C)] });
    expect(await group.seen(C)).toMatchObject({ ...secondary, ReplicationGroupMembers: [shown(A), shown(B)] });
    expect(await group.seen(R)).toMatchObject({
      ClusterName: group.world.key(A),
      MasterKey: shown(B),
      ReplicationDepth: 2,
      ReplicationGroupName: '',
      ReplicationGroupMemberState: '',
      ReplicationGroupMemberRole: '',
      ReplicationGroupMembers: [],
      ReplicationGroupPrimaryInstanceKey: NOBODY,
    });
  });

  it('is read with the minimal grants', async () => {
    const { A } = group.servers;
    const account = { user: 'minimal', password: 'minimal_pw' };
    const quoted = `'${account.user}'@'%'`;
    const create = `CREATE USER ${quoted} IDENTIFIED BY '${account.password}'`;
    await asRoot(A, create, ...minimalGrants(mysql84.statements, quoted));
    const { facts, refused } = await answeredBy(linkTo(keyOf(A), { account }));
    expect([facts.instance.group.memberRole, refused]).toEqual(['PRIMARY', []]);
  });

  it('is drawn below the primary that people have elected, with the alias that servers suggest', async () => {
    await group.elect(group.servers.B);
    await isDrawn('c1', 'B', '‡ A', '‡ C', '+ R');
  });

  it('does without a member that was stopped, which is a server by itself until it joins again', async () => {
    const { world, servers } = group;
    await world.get(`set-cluster-alias/${world.key(servers.B)}?alias=shop`);
    await group.leave(servers.C);
    await eventually(() => group.drawing('shop')).toEqual(['B', '‡ A', '+ R']);
    expect(await group.clusters()).toEqual(['B', 'C']);
    expect(await group.drawing(world.key(servers.C))).toEqual(['C']);
    expect(await group.seen(servers.C)).toMatchObject({
      ReadOnly: true,
      Problems: [],
      ReplicationGroupName: '',
      ReplicationGroupMemberState: '',
      ReplicationGroupMemberRole: '',
      ReplicationGroupMembers: [],
      ReplicationGroupPrimaryInstanceKey: NOBODY,
    });
    expect([await group.clusterCalled('shop'), await group.clusterCalled('c1')]).toEqual(['B', '']);
    await group.join(servers.C);
    await isDrawn('shop', 'B', '‡ A', '‡ C', '+ R');
  });

  it('has its primary that hangs below the one that it has elected, which is seen although it has much left to apply', async () => {
    const { world, servers } = group;
    // So that it is known who will be elected.
    await asRoot(servers.A, 'SET GLOBAL group_replication_member_weight = 100');
    const applier = await holdApplier(servers.A);
    await write(servers.B, 'INSERT INTO demo.numbers VALUES (1)');
    await hang(servers.B);
    await isDrawn('shop', 'A', '‡ B', '  - R', '‡ C');
    await world.afterLooks(servers.A);
    expect(await group.seen(servers.A)).toMatchObject({ IsLastCheckValid: true, ReadOnly: true });
    expect(await group.seen(servers.B)).toMatchObject({
      IsLastCheckValid: false,
      Problems: ['last_check_invalid'],
      ReplicationGroupMemberRole: 'PRIMARY',
      ReplicationGroupPrimaryInstanceKey: shown(servers.A),
    });
    await applier.release();
    await eventually(() => isWritable(servers.A)).toBe(true);
  });

  it('has it there also when it goes on and takes itself for the primary, and when it knows that it was shut out', async () => {
    const { B, A } = group.servers;
    const drawings = new Set<string>();
    B.kill('SIGCONT');
    await eventually(async () => {
      drawings.add((await group.clusters()).join());
      return group.seen(B);
    }, inTime).toMatchObject({
      IsLastCheckValid: true,
      ReadOnly: true,
      Problems: ['group_replication_member_not_online'],
      ReplicationDepth: 1,
      ReplicationGroupName: group.groupName,
      ReplicationGroupMemberState: 'ERROR',
      ReplicationGroupMemberRole: '',
      ReplicationGroupMembers: [],
      ReplicationGroupPrimaryInstanceKey: shown(A),
    });
    expect([...drawings]).toEqual(['A']);
    // It lets nobody in, also no replica; orchestrator has CONNECTION_ADMIN.
    await expect(B.query('SELECT 1', applicationAccount)).rejects.toMatchObject({ errno: 6400 });
    await eventually(() => group.drawing('shop')).toEqual(['A', '‡ B', '  - R', '‡ C']);
    await group.join(B);
    await isDrawn('shop', 'A', '‡ B', '  + R', '‡ C');
  });

  it('follows when its primary dies, and the replica of that is found wanting, and left alone', async () => {
    const { world, servers } = group;
    await group.elect(servers.B);
    await isDrawn('shop', 'B', '‡ A', '‡ C', '+ R');
    await kill(servers.B);
    const detected = async () => (await world.detections()).map(({ AnalysisEntry }) => AnalysisEntry.Analysis);
    await eventually(detected).toContain('DeadReplicationGroupMemberWithReplicas');
    await isDrawn('shop', 'A', '‡ B', '  - R', '‡ C');
    await eventually(() => world.codeOf(servers.B)).toBe('DeadReplicationGroupMemberWithReplicas');
    await eventually(() => isWritable(servers.A)).toBe(true);
  });

  it('has never been told anything: who is primary is the business of the group', async () => {
    const { world, servers } = group;
    expect(group.changes()).toEqual([]);
    expect([await world.recoveries(), world.journal()]).toEqual([[], []]);
    // The log shows what was told, and that each of them was read.
    const told = (name: keyof GroupWorld['servers']) => statementsOf(servers[name], orchestratorAccount.user);
    expect(told('R').join('\n')).toContain('CHANGE REPLICATION SOURCE TO');
    for (const name of ['A', 'B', 'C', 'R'] as const) expect(told(name)).toContain('SHOW REPLICA STATUS');
  });
});

describe('a replication group that cannot start', () => {
  it('leaves nothing behind, also when some of its servers run already', async () => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`orcts-${process.pid}-`));
    const before = folders();
    const ports = await freePorts(2);
    const taken = createServer();
    await new Promise<void>((listens) => taken.listen(the(ports[1]), '127.0.0.1', listens));
    try {
      await expect(startReplicationGroup({ members: 2, ports })).rejects.toThrow('ended at once');
    } finally {
      taken.close();
    }
    expect(folders()).toEqual(before);
  });
});
