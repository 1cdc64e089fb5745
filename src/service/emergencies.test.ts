import { describe, expect, it } from 'vitest';
import type { EntryCode } from '../analysis/codes.ts';
import { aPrimaryWith, down, lagging } from '../analysis/testing.ts';
import { Picture } from '../discovery/picture.ts';
import { ManualClock, RememberingStore } from '../discovery/testing.ts';
import { Emergencies } from './emergencies.ts';

const PRIMARY = 22293;
const REPLICAS = [22294, 22295];

const lags = aPrimaryWith(2).with(PRIMARY, down).withEach(REPLICAS, lagging(60));

interface Wishes {
  readonly usesMariadbGtid?: boolean;
  readonly recoveriesDisabled?: boolean;
}

/** An unreachable primary all of whose replicas lag. */
function aWorld({ usesMariadbGtid = false, recoveriesDisabled = false }: Wishes = {}) {
  const clock = new ManualClock();
  const picture = new Picture(new RememberingStore());
  const world = lags.withEach(REPLICAS, { usingMariadbGtid: usesMariadbGtid });
  for (const instance of world.instances) picture.observed(instance);
  const [read, told, audited]: [number[], string[], string[]] = [[], [], []];
  const emergencies = new Emergencies({
    replicasOf: (key) => picture.topology.replicasOf(key),
    read: async ({ port }) => void read.push(port),
    ports: {
      clock,
      log: { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
      mayGoOn: () => true,
      servers: {
        execute: async ({ port }, commands) => {
          told.push(`${port} ${commands.map(({ kind }) => kind).join(', ')}`);
          return { kind: 'done', instance: null, refused: [] };
        },
      },
      store: {
        recoveriesDisabled: async () => recoveriesDisabled,
        appendAudit: async ({ type, key }) => void audited.push(`${type} ${key?.port ?? ''}`),
      },
    },
  });
  const entry = world.entryOf(PRIMARY);
  const respond = (lastedMillis = 1_000, code: EntryCode = entry.code) =>
    emergencies.respond({ ...entry, code }, lastedMillis);
  return { clock, emergencies, respond, read, told, audited, key: entry.key };
}

describe('A6: an unreachable primary all of whose replicas lag', () => {
  it('O5: has its replicas connect anew, once in half a minute, and each of them is audited', async () => {
    const { clock, respond, told, audited } = aWorld();
    for (let second = 0; second < 31; second++) {
      respond();
      await clock.advance(1_000);
    }
    const once = REPLICAS.map((port) => `${port} stop-receiver, start-receiver`);
    expect(told).toEqual([...once, ...once]);
    expect(audited.filter((line) => line.startsWith('emergently-restart'))).toEqual(
      [...REPLICAS, ...REPLICAS].map((port) => `emergently-restart-replication-topology-instance ${port}`),
    );
  });

  it('is not judged by receivers that have just been started', async () => {
    const { clock, emergencies, respond, key } = aWorld();
    respond();
    await clock.advance(4_000);
    expect(emergencies.graceMillis(key)).toBe(1_000);
    await clock.advance(1_000);
    expect(emergencies.graceMillis(key)).toBe(0);
  });

  it('A1: has nobody restarted before the receivers could notice by themselves that it is dead', async () => {
    const { clock, emergencies, respond, told, key } = aWorld();
    respond(999);
    await clock.advance(100);
    expect([told, emergencies.graceMillis(key)]).toEqual([[], 0]);
  });

  it('B3: has nobody restarted while recoveries are switched off', async () => {
    const { clock, emergencies, respond, told, key } = aWorld({ recoveriesDisabled: true });
    respond();
    await clock.advance(100);
    expect([told, emergencies.graceMillis(key)]).toEqual([[], 0]);
  });

  it('D4: leaves replicas of MariaDB alone, whose relay log would be dropped', async () => {
    const { clock, respond, told } = aWorld({ usesMariadbGtid: true });
    respond();
    await clock.advance(100);
    expect(told).toEqual([]);
  });
});

describe('reading at once', () => {
  it('is done for the server and its replicas, each at most once a second, and audited once a minute', async () => {
    const { clock, respond, read, audited } = aWorld();
    for (let look = 0; look < 25; look++) {
      respond(0, 'UnreachableMaster');
      await clock.advance(100);
    }
    const all = [PRIMARY, ...REPLICAS];
    expect(read).toEqual([...all, ...all, ...all]);
    expect(audited).toEqual(all.map((port) => `emergently-read-topology-instance ${port}`));
  });

  it('is not done where nothing is wrong', () => {
    const { respond, read } = aWorld();
    respond(1_000, 'NoProblem');
    expect(read).toEqual([]);
  });

  it('is no emergency any more after a minute: dead servers are read in their own rhythm', async () => {
    const { respond, read } = aWorld();
    respond(59_999, 'DeadMaster');
    expect(read).toHaveLength(3);
    read.length = 0;
    respond(60_000, 'DeadMaster');
    expect(read).toEqual([]);
  });
});
