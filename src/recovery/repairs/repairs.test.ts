/** Repairs: which operations they run, in which order, and how they end. */
import { describe, expect, it } from 'vitest';
import type { EntryCode } from '../../analysis/codes.ts';
import type { AnalysisEntry } from '../../analysis/entry.ts';
import { unixMillis } from '../../model/brand.ts';
import type { Maintenance } from '../../model/decisions.ts';
import type { Instance } from '../../model/instance.ts';
import { sampleGroup, sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { at, holding, PRIMARY_PORT, trx } from '../../planning/testing.ts';
import { deadPrimary } from '../hook-testing.ts';
import { RecoveryRun } from '../recovery-run.ts';
import { type Attempt, runRecovery } from '../run-recovery.ts';
import { aRecord, RecoveryWorld, type WorldOptions } from '../testing.ts';
import { recoverDeadGroupMember } from './dead-group-member.ts';
import { nobodyAbove, recoverDeadIntermediatePrimary } from './dead-intermediate-primary.ts';
import { replicasAreHeld } from './held-replicas.ts';
import { recoverNonWritablePrimary, writableRefusal } from './non-writable-primary.ts';
import { recoverLockedSemiSync, recoverTooManySemiSyncReplicas } from './semi-sync.ts';

const [TOP, SIBLING, DEAD] = [PRIMARY_PORT, PRIMARY_PORT + 1, PRIMARY_PORT + 2];
const [ONE, TWO] = [PRIMARY_PORT + 3, PRIMARY_PORT + 4];

const NOT_CONNECTED = { receiverState: 'other', receiverRunning: false } as const;
const BY_PLACE = { usingOracleGtid: false, usingMariadbGtid: false, gtidMode: 'OFF' } as const;
const orphan = (port: number, change: Partial<Instance> = {}) =>
  sampleReplica(port, DEAD, { ...NOT_CONNECTED, ...change });
const dead = (change: Partial<Instance> = {}) => sampleReplica(DEAD, TOP, { lastSeen: null, ...change });

function entryOf(port: number, code: EntryCode, replicas: readonly number[] = []): AnalysisEntry {
  return { ...deadPrimary(), key: at(port), code, replicas: replicas.map((one) => at(one)) };
}

/** A person forces it, so that nobody is asked whether it is dead. */
async function repair(
  attempt: Attempt,
  entry: AnalysisEntry,
  servers: readonly Instance[],
  options: WorldOptions = {},
) {
  const world = new RecoveryWorld(servers, options);
  const run = new RecoveryRun(aRecord(), world.ports);
  const request = { designated: null, skipHooks: true, forced: true };
  const end = await runRecovery(run, entry, request, attempt);
  return {
    world,
    end,
    successor: end.successor?.key.port ?? null,
    participants: end.outcome.participants.map(({ port }) => port),
  };
}

/** Every orphan that is to go somewhere goes there, but for these. */
const movesAll =
  (...but: readonly number[]): NonNullable<WorldOptions['operate']> =>
  (text, world) => {
    const [, below] = / below .*:(\d+)$/.exec(text) ?? [];
    const isOrphan = (port: number): boolean => world.ports.known.get(at(port))?.sourceKey?.port === DEAD;
    const orphans = [ONE, TWO].filter((port) => isOrphan(port) && !but.includes(port));
    const target = below === undefined ? orphans[0] : Number(below);
    const moved = orphans.filter((port) => port !== target);
    for (const port of moved) world.follows(port, target ?? 0);
    const problems = but.map((port) => ({ server: at(port), text: `${port} cannot be moved` }));
    return {
      done: moved.map((port) => at(port)),
      problems,
      promoted: target === undefined ? null : at(target),
      method: 'gtid',
    };
  };

describe('H1: a dead intermediate primary', () => {
  const entry = entryOf(DEAD, 'DeadIntermediateMaster', [ONE, TWO]);
  const cluster = (...others: readonly Instance[]) => [sampleServer(TOP), dead(), orphan(ONE), orphan(TWO), ...others];

  it('its replicas go below a sibling; the dead one is not waited for', async () => {
    const servers = cluster(sampleReplica(SIBLING, TOP));
    const { world, successor, participants } = await repair(recoverDeadIntermediatePrimary, entry, servers, {
      silent: [DEAD],
      operate: movesAll(),
    });
    expect(world.operated).toEqual([`relocate-replicas 127.0.0.1:${DEAD} below 127.0.0.1:${SIBLING}, without ${DEAD}`]);
    expect([successor, participants]).toEqual([SIBLING, [SIBLING]]);
    expect(world.resolved.at(-1)).toMatchObject({
      successorKey: at(SIBLING),
      participants: [at(SIBLING)],
      lostReplicas: [],
    });
  });

  it('whom the sibling cannot take goes up', async () => {
    const servers = cluster(sampleReplica(SIBLING, TOP));
    const { world, successor, participants } = await repair(recoverDeadIntermediatePrimary, entry, servers, {
      silent: [DEAD],
      operate: (text, now) => movesAll(...(text.endsWith(`:${SIBLING}`) ? [TWO] : []))(text, now),
    });
    expect(world.operated.map((text) => text.replaceAll('127.0.0.1:', '').replace(/,.*/, ''))).toEqual([
      `relocate-replicas ${DEAD} below ${SIBLING}`,
      `relocate-replicas ${DEAD} below ${TOP}`,
    ]);
    expect([successor, participants, world.sourcePort(TWO)]).toEqual([TOP, [SIBLING, TOP], TOP]);
  });

  it('without a sibling they gather first, and whoever has the others goes up and is the successor', async () => {
    const { world, successor } = await repair(recoverDeadIntermediatePrimary, entry, cluster(), {
      silent: [DEAD],
      operate: movesAll(),
    });
    expect(world.operated).toHaveLength(2);
    expect([successor, world.sourcePort(ONE), world.sourcePort(TWO)]).toEqual([ONE, TOP, ONE]);
  });

  it('A3: one that does not answer is left, said, and no reason to try others', async () => {
    const servers = [
      sampleServer(TOP),
      sampleReplica(SIBLING, TOP),
      dead(),
      orphan(ONE),
      orphan(TWO, { lastSeen: null }),
    ];
    const { world, successor } = await repair(recoverDeadIntermediatePrimary, entry, servers, {
      silent: [DEAD, TWO],
      operate: movesAll(TWO),
    });
    expect(world.operated).toEqual([
      `relocate-replicas 127.0.0.1:${DEAD} below 127.0.0.1:${SIBLING}, without ${DEAD} ${TWO}`,
    ]);
    expect(successor).toBe(SIBLING);
    expect(world.steps).toContain(`127.0.0.1:${TWO} did not answer; left as it is`);
  });

  it('where nobody can be moved, it has failed, with the contract’s words', async () => {
    const { end, world } = await repair(recoverDeadIntermediatePrimary, entry, cluster(), { silent: [DEAD] });
    expect(end).toMatchObject({
      successor: null,
      reason: `RecoverDeadIntermediateMaster failed to match up any replica from 127.0.0.1:${DEAD}`,
    });
    expect(world.resolved.at(-1)).toMatchObject({ successorKey: null, participants: [at(TOP)] });
  });

  it('A3: where its source was replaced, they go below the successor, also when the old primary is back', async () => {
    const other = sampleServer(SIBLING);
    const replaced = aRecord({ isSuccessful: true, successorKey: at(SIBLING), end: aRecord().start });
    const { successor, world } = await repair(recoverDeadIntermediatePrimary, entry, cluster(other), {
      silent: [DEAD],
      operate: movesAll(),
      records: [replaced],
    });
    expect([successor, world.sourcePort(ONE)]).toEqual([ONE, SIBLING]);
  });

  it('is not begun while nobody above it answers', async () => {
    const silentTop = sampleServer(TOP, { lastSeen: null });
    const world = new RecoveryWorld([silentTop, dead(), orphan(ONE)]);
    expect(await nobodyAbove(entry, world.ports)).toBe(`nobody above 127.0.0.1:${DEAD} answers`);
    const living = new RecoveryWorld(cluster());
    expect(await nobodyAbove(entry, living.ports)).toBeNull();
  });
});

describe('3.4: a dead member of a replication group', () => {
  const [A, B, C] = [TOP, DEAD, SIBLING];
  const entry = entryOf(B, 'DeadReplicationGroupMemberWithReplicas', [ONE]);
  const members = (port: number, role: 'PRIMARY' | 'SECONDARY', memberState = 'ONLINE') =>
    sampleServer(port, { group: { ...sampleGroup(A, port), memberRole: role, memberState } });
  const knowing = sampleServer(B, { lastSeen: null, group: { ...sampleGroup(A, B), members: [at(A), at(C)] } });

  it('its replicas go below a secondary before the primary', async () => {
    const servers = [members(A, 'PRIMARY'), knowing, members(C, 'SECONDARY'), orphan(ONE)];
    const { successor } = await repair(recoverDeadGroupMember, entry, servers, { silent: [B], operate: movesAll() });
    expect(successor).toBe(C);
  });

  it('a member that is not online takes nobody', async () => {
    const servers = [members(A, 'PRIMARY'), knowing, members(C, 'SECONDARY', 'RECOVERING'), orphan(ONE)];
    const { successor } = await repair(recoverDeadGroupMember, entry, servers, { silent: [B], operate: movesAll() });
    expect(successor).toBe(A);
  });

  it('without any other member it has failed, with the contract’s words', async () => {
    const servers = [members(A, 'PRIMARY'), { ...knowing, group: { ...knowing.group, members: [] } }, orphan(ONE)];
    const { end } = await repair(recoverDeadGroupMember, entry, servers, { silent: [B] });
    expect(end.reason).toBe(
      'RecoverDeadReplicationGroupMemberWithReplicas: unable to find a candidate group member to relocate replicas to',
    );
  });

  it('where some cannot be moved, the next member is tried, and then it has failed', async () => {
    const servers = [members(A, 'PRIMARY'), knowing, members(C, 'SECONDARY'), orphan(ONE), orphan(TWO)];
    const { end, participants } = await repair(recoverDeadGroupMember, entry, servers, {
      silent: [B],
      operate: movesAll(TWO),
    });
    expect(end.successor).toBeNull();
    expect(end.reason).toContain(`left: 127.0.0.1:${TWO}`);
    expect(participants).toEqual([C, A]);
  });
});

describe('A23: a primary that is read-only', () => {
  const entry = entryOf(TOP, 'NoWriteableMasterStructureWarning');
  const readOnly = sampleServer(TOP, { readOnly: true, ...holding(trx('1-9')) });
  const replica = sampleReplica(ONE, TOP, holding(trx('1-9')));
  const refusalWith = (servers: readonly Instance[], options: WorldOptions = {}) =>
    writableRefusal(entry, new RecoveryWorld(servers, options).ports);

  it('is made writable, and is its own successor', async () => {
    const { world, end } = await repair(recoverNonWritablePrimary, entry, [readOnly, replica], {
      operate: (_, now) => {
        now.change(TOP, { readOnly: false });
        return { done: [at(TOP)], problems: [], promoted: null, method: '' };
      },
    });
    expect(world.operated).toEqual([`set-read-only 127.0.0.1:${TOP}`]);
    expect(end.successor?.key).toEqual(at(TOP));
  });

  it('E4: has the variables of a primary before it takes writes', async () => {
    const toldBefore: string[] = [];
    await repair(recoverNonWritablePrimary, entry, [readOnly, replica], {
      primaryVariables: new Map([['event_scheduler', 'ON']]),
      operate: (_, now) => {
        toldBefore.push(...now.told);
        now.change(TOP, { readOnly: false });
        return { done: [at(TOP)], problems: [], promoted: null, method: '' };
      },
    });
    expect(toldBefore).toEqual([`${TOP} set-variable`]);
  });

  it('that stays read-only is told of as a failure', async () => {
    const { end } = await repair(recoverNonWritablePrimary, entry, [readOnly, replica]);
    expect(end).toMatchObject({ successor: null, reason: 'no operation runs in this test' });
  });

  it('is left where another server of its cluster takes writes, or has taken its place', async () => {
    expect(await refusalWith([readOnly, replica])).toBeNull();
    expect(await refusalWith([readOnly, replica, sampleServer(TWO)])).toBe(
      `127.0.0.1:${TWO} of its cluster takes writes`,
    );
    const records = [aRecord({ isSuccessful: true, successorKey: at(TWO) })];
    expect(await refusalWith([readOnly, sampleServer(TWO)], { records, unknown: [TWO] })).toBe(
      `127.0.0.1:${TOP} was replaced by 127.0.0.1:${TWO}, which takes writes`,
    );
    expect(await refusalWith([readOnly], { records })).toBeNull();
  });

  it('is left where it replicates by now, or does not answer', async () => {
    expect(await refusalWith([sampleReplica(TOP, TWO)])).toBe(`127.0.0.1:${TOP} is a replica by now`);
    expect(await refusalWith([readOnly], { silent: [TOP] })).toContain('does not answer');
  });

  it('G1: is left where its replicas have what it has lost', async () => {
    const ahead = sampleReplica(ONE, TOP, holding(trx('1-11')));
    expect(await refusalWith([readOnly, ahead])).toBe(
      `127.0.0.1:${ONE} has ${trx('10-11')}, which 127.0.0.1:${TOP} has lost`,
    );
  });

  it('G1: is left, after a restart, where a replica without GTIDs may have what it has lost: until that one goes on in its present log', async () => {
    const restarted = { ...entry, isReadOnlyByRestart: true };
    const primary = sampleServer(TOP, {
      readOnly: true,
      selfCoordinates: { file: 'binlog.000002', pos: 200, type: 'binary' },
    });
    const refusal = (file: string, pos: number, receiverRunning: boolean) => {
      const read = { readCoordinates: { file, pos, type: 'binary' as const }, receiverRunning };
      return writableRefusal(
        restarted,
        new RecoveryWorld([primary, sampleReplica(ONE, TOP, { ...BY_PLACE, ...read })]).ports,
      );
    };
    expect(await refusal('binlog.000002', 200, true)).toBeNull();
    for (const [file, pos, runs] of [
      ['binlog.000001', 900, true],
      ['binlog.000002', 300, true],
      ['binlog.000002', 200, false],
    ] as const) {
      expect(await refusal(file, pos, runs)).toContain('it may have what');
    }
  });

  it('G1: is left where a server below its replicas has it, which these have lost in the same loss of power', async () => {
    const lost = sampleReplica(ONE, TOP, holding(trx('1-9')));
    const below = sampleReplica(TWO, ONE, holding(trx('1-11')));
    expect(await refusalWith([readOnly, lost, below])).toBe(
      `127.0.0.1:${TWO} has ${trx('10-11')}, which 127.0.0.1:${TOP} has lost`,
    );
  });
});

describe('A12: semi-sync', () => {
  const semiSync = (change: Partial<Instance['semiSync']>) => ({
    semiSync: { ...sampleServer(TOP).semiSync, ...change },
  });
  const waiting = sampleServer(TOP, semiSync({ sourceEnabled: true, sourceWaitForReplicaCount: 1 }));
  const acking = (port: number, priority: number, replicaEnabled: boolean, sourceEnabled = false) =>
    sampleReplica(port, TOP, semiSync({ priority, replicaEnabled, sourceEnabled }));
  const works: WorldOptions = { operate: () => ({ done: [], problems: [], promoted: null, method: '' }) };
  const enough = (world: WorldOptions = works): WorldOptions => ({ ...world, semiSyncMode: 'enough' });
  const locked = entryOf(TOP, 'LockedSemiSyncMaster');

  it('as many as the primary lacks are told to acknowledge, the preferred first; nobody waits as a source any more', async () => {
    const servers = [waiting, acking(ONE, 1, false), acking(TWO, 2, false, true)];
    const { world, end } = await repair(recoverLockedSemiSync, locked, servers, enough());
    expect(world.operated).toEqual([`set-semi-sync-source 127.0.0.1:${TWO}`, `set-semi-sync-replica 127.0.0.1:${TWO}`]);
    expect(end.successor?.key).toEqual(at(TOP));
  });

  it('where there is nobody to tell, it has failed, with the contract’s words', async () => {
    const { end } = await repair(recoverLockedSemiSync, locked, [waiting, acking(ONE, 0, false)], enough());
    expect(end.reason).toBe(
      `cannot determine actions based on possible semi-sync replicas; cannot recover on 127.0.0.1:${TOP}`,
    );
  });

  it('the first that cannot be told ends it', async () => {
    const servers = [waiting, acking(ONE, 1, false)];
    const { end } = await repair(recoverLockedSemiSync, locked, servers, enough({}));
    expect(end).toMatchObject({ successor: null, reason: 'no operation runs in this test' });
  });

  it('A13: of too many those without a priority are told to stop, and never the last that the primary needs', async () => {
    const many = entryOf(TOP, 'MasterWithTooManySemiSyncReplicas');
    const servers = [waiting, acking(ONE, 1, true), acking(TWO, 0, true)];
    const { world } = await repair(recoverTooManySemiSyncReplicas, many, servers, works);
    expect(world.operated).toEqual([`set-semi-sync-replica 127.0.0.1:${TWO}`]);
    const { world: none } = await repair(recoverTooManySemiSyncReplicas, many, [waiting, acking(TWO, 0, true)], works);
    expect(none.operated).toEqual([]);
  });
});

describe('K12: before a repair is recorded', () => {
  const lock = (port: number, change: Partial<Maintenance> = {}): Maintenance => ({
    id: 1,
    key: at(port),
    owner: 'orchestrator',
    reason: 'relocate-replicas',
    begin: unixMillis(0),
    end: unixMillis(9_000_000_000_000),
    ...change,
  });
  const held = (locks: readonly Maintenance[]) => {
    const { ports } = new RecoveryWorld([sampleServer(TOP), dead(), orphan(ONE), orphan(TWO)], { locks });
    return replicasAreHeld({ key: at(DEAD) }, ports);
  };

  it('an operation that holds a replica is waited for', async () => {
    expect(await held([lock(TWO)])).toBe(`127.0.0.1:${TWO} is held: relocate-replicas`);
  });

  it('nobody waits for people, for locks that are over, or of other servers', async () => {
    const others = [lock(ONE, { owner: 'jane' }), lock(TWO, { end: unixMillis(1) }), lock(SIBLING)];
    expect(await held(others)).toBeNull();
  });
});
