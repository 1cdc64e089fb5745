/** What goes by the name of a cluster, when the replication group in it elects another primary. */
import { describe, expect, it } from 'vitest';
import { Picture } from '../discovery/picture.ts';
import { ManualClock, RememberingStore, settled } from '../discovery/testing.ts';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { SAMPLE_NOW, sampleGroup, sampleKey, sampleServer } from '../model/topology-samples.ts';
import { GroupElections } from './group-elections.ts';

const ALL = [1, 2, 3];
const name = (port: number) => `127.0.0.1:${port}`;

/** A member as it was read: it names the primary, among these. */
function member(
  port: number,
  primary: number,
  among: readonly number[] = ALL,
  changes: Partial<Instance> = {},
): Instance {
  const members = among.filter((other) => other !== port).map((other) => sampleKey(other));
  return sampleServer(port, { group: { ...sampleGroup(primary, port), members }, ...changes });
}

interface Wanted {
  readonly stored?: readonly Instance[];
}

/** What was moved, from name to name, in a world where each cluster is called `alias of NAME`. */
async function aWorld({ stored = [] }: Wanted = {}) {
  const clock = new ManualClock();
  const picture = new Picture(new RememberingStore(stored));
  await picture.load();
  const moves: string[] = [];
  const audits: string[] = [];
  const state = { leads: true, isBackendDown: false };
  const elections = new GroupElections({
    picture,
    aliasOf: (cluster) => `alias of ${cluster}`,
    ports: {
      clock,
      log: { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
      store: { appendAudit: async ({ type, clusterName }) => void audits.push(`${type} ${clusterName}`) },
      mayBegin: () => state.leads,
      moveAlias: async (from, to, alias) => {
        if (state.isBackendDown) throw new Error('the backend is down');
        moves.push(`${alias}: ${from} -> ${to}`);
      },
    },
  });
  elections.start();
  const see = async (...instances: readonly Instance[]) => {
    for (const instance of instances) picture.observed(instance);
    await settled();
  };
  return { clock, picture, moves, audits, state, see };
}

const moved = (from: number, to: number) => `alias of ${name(from)}: ${name(from)} -> ${name(to)}`;

describe('an election in a replication group', () => {
  it('moves what went by the name of the former primary to that of the new one, once, and is audited', async () => {
    const { see, moves, audits } = await aWorld();
    await see(member(1, 1), member(2, 1), member(3, 1));
    expect(moves).toEqual([]);
    await see(member(2, 2), member(3, 2), member(1, 2), member(2, 2, ALL, { readOnly: true }));
    expect([moves, audits]).toEqual([[moved(1, 2)], [`replace-cluster-name ${name(2)}`]]);
    await see(member(1, 1), member(2, 1));
    expect(moves).toEqual([moved(1, 2), moved(2, 1)]);
  });

  it('is seen also when nobody was running meanwhile', async () => {
    const { see, moves } = await aWorld({ stored: [member(1, 1), member(2, 1), member(3, 1)] });
    await see(member(3, 3), member(2, 3));
    expect(moves).toEqual([moved(1, 3)]);
  });

  it('leaves a former primary that has left the group, and goes by that name alone now, without it', async () => {
    const { see, moves } = await aWorld();
    await see(member(1, 1), member(2, 1), member(3, 1));
    await see(sampleServer(1), member(2, 2, [2, 3]), member(3, 2, [2, 3]));
    expect(moves).toEqual([moved(1, 2)]);
  });

  it('waits until this node may act, and until what was moved is written', async () => {
    const { see, moves, state, clock } = await aWorld();
    await see(member(1, 1), member(2, 1), member(3, 1));
    state.leads = false;
    await see(member(2, 2), member(3, 2));
    await clock.advance(2_000);
    expect(moves).toEqual([]);
    Object.assign(state, { leads: true, isBackendDown: true });
    await clock.advance(1_000);
    expect(moves).toEqual([]);
    state.isBackendDown = false;
    await clock.advance(1_000);
    expect(moves).toEqual([moved(1, 2)]);
  });

  it('takes nothing from a group that was founded a second time by the same name, and lives', async () => {
    const { see, moves, clock } = await aWorld();
    await see(member(1, 1, [1]), member(2, 2, [2, 3]), member(3, 2, [2, 3]));
    await clock.advance(2_000);
    expect(moves).toEqual([]);
  });

  it('moves nothing when the group only begins to replicate from elsewhere', async () => {
    const { see, moves } = await aWorld();
    await see(member(1, 1), member(2, 1), member(3, 1), sampleServer(7));
    const joined = { sourceKey: sampleKey(7), receiverRunning: true, applierRunning: true, usingOracleGtid: true };
    await see(member(1, 1, ALL, joined));
    await see(member(2, 2, ALL, joined), member(3, 2), member(1, 2));
    expect(moves).toEqual([]);
  });

  it('is none while the new primary cannot be read', async () => {
    const { see, moves, picture } = await aWorld();
    await see(member(1, 1), member(2, 1), member(3, 1));
    const failed = unixMillis(SAMPLE_NOW + 1);
    for (const port of [1, 2]) picture.checkFailed(sampleKey(port), false, picture.epochOf(sampleKey(port)), failed);
    await see(member(3, 2, [2, 3]));
    expect(moves).toEqual([]);
    await see(member(2, 2, [2, 3]));
    expect(moves).toEqual([moved(1, 2)]);
  });
});
