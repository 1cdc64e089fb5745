import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import { unixMillis } from '../model/brand.ts';
import type { ReceiverEvidence } from '../model/instance.ts';
import { actingProof } from './acting-proof.ts';
import {
  aPrimaryWith,
  applierStopped,
  at,
  coPrimariesWith,
  down,
  failingToConnect,
  NOW,
  neverSeen,
  partlyAnswering,
  receiverStopped,
  reconnecting,
  secondsBefore,
  specFixture,
  type World,
} from './testing.ts';

const REPLICAS = [22294, 22295, 22296];
const unreachable = aPrimaryWith(3).with(22293, down);
const prove = (world: World, port = 22293) => actingProof(world.entryOf(port), world.instances, NOW);

const heartbeats = (heartbeatsReceived: number) => evidenceOf({ heartbeatsReceived });
const lastError = (lastErrorNumber: number) => evidenceOf({ lastErrorNumber });

const evidenceOf = (change: Partial<ReceiverEvidence>): { evidence: ReceiverEvidence } => ({
  evidence: {
    ...NO_EVIDENCE,
    heartbeatsReceived: 0,
    heartbeatPeriodMillis: 1000,
    waitsForSource: true,
    ...change,
  },
});

describe('acting needs proof', () => {
  it('A1: proven when every receiver lost the primary, with who said what and since when', () => {
    const dead = unreachable
      .withEach([22295, 22296], receiverStopped)
      .with(22294, failingToConnect('source'), { lastSeen: secondsBefore(NOW, 2), lastChecked: secondsBefore(NOW, 2) });
    expect(prove(dead)).toEqual({
      kind: 'proven',
      evidence: [
        {
          kind: 'server-unreachable',
          key: at(22293),
          observedAt: secondsBefore(NOW, 60),
          age: 60_000,
          isPartlyAnswering: false,
        },
        {
          kind: 'receiver-not-connected',
          key: at(22294),
          observedAt: secondsBefore(NOW, 2),
          age: 2000,
          isWitness: true,
          receiverState: 'other',
          errorNumber: null,
          errorText: dead.at(22294).lastIoError,
        },
        expect.objectContaining({ key: at(22295), isWitness: false, receiverState: 'stopped', age: 0 }),
        expect.objectContaining({ kind: 'receiver-not-connected', key: at(22296), isWitness: false }),
      ],
    });
  });

  it('A8: a stopped applier is no sign of a dead source', () => {
    const world = unreachable.withEach([22294, 22295], receiverStopped).with(22296, applierStopped);
    expect(world.entryOf(22293).code).toBe('DeadMaster');
    const proof = prove(world);
    expect(proof.kind).toBe('contradicted');
    expect(proof).toMatchObject({
      by: [{ key: at(22296), reason: 'receiver-connected', isApplierRunning: false, heartbeatsReceived: null, age: 0 }],
      evidence: [{ key: at(22293) }, { key: at(22294) }, { key: at(22295) }],
    });
  });

  it('A8: all appliers stopped, all receivers connected: everybody contradicts', () => {
    expect(prove(unreachable.withEach(REPLICAS, applierStopped))).toMatchObject({
      kind: 'contradicted',
      by: REPLICAS.map((port) => ({ key: at(port) })),
    });
  });

  it('heartbeats are told where they are counted', () => {
    const counted = unreachable
      .withEach(REPLICAS, applierStopped)
      .with(22294, heartbeats(7))
      .with(22295, heartbeats(-1));
    expect(prove(counted)).toMatchObject({
      by: [{ heartbeatsReceived: 7 }, { heartbeatsReceived: null }, { heartbeatsReceived: null }],
    });
  });

  it('A24: a receiver that is connected and hears nothing is a witness, and does not count as replicating', () => {
    const silent = evidenceOf({ silentMillis: 2_500 });
    const someSilent = unreachable.withEach([22294, 22295], silent).with(22296, heartbeats(7));
    expect(someSilent.entryOf(22293)).toMatchObject({ code: 'UnreachableMaster', countValidReplicating: 1 });
    const allSilent = unreachable.withEach(REPLICAS, silent);
    expect(allSilent.entryOf(22293)).toMatchObject({ code: 'DeadMaster', countValidReplicating: 0 });
    expect(prove(allSilent)).toMatchObject({
      kind: 'proven',
      evidence: [
        { kind: 'server-unreachable' },
        ...REPLICAS.map((port) => ({
          key: at(port),
          kind: 'receiver-hears-nothing',
          silentMillis: 2_500,
          heartbeatPeriodMillis: 1_000,
        })),
      ],
    });
  });

  it('A21: a primary that answers is not dead because its replicas hear nothing', () => {
    const deaf = aPrimaryWith(3).withEach(REPLICAS, evidenceOf({ silentMillis: 9_000 }));
    expect(deaf.entryOf(22293).code).toBe('AllMasterReplicasNotReplicating');
  });

  it('A1: a receiver that somebody has stopped is no witness', () => {
    const world = unreachable.withEach(REPLICAS, receiverStopped);
    expect(world.entryOf(22293).code).toBe('DeadMaster');
    expect(prove(world)).toMatchObject({ kind: 'unwitnessed' });
    expect(prove(world.with(22296, reconnecting)).kind).toBe('proven');
  });

  it('a receiver that gave up trying to connect is one; one that stopped with another error is not', () => {
    const stopped = unreachable.withEach(REPLICAS, receiverStopped);
    expect(prove(stopped.with(22295, lastError(2003))).kind).toBe('proven');
    expect(prove(stopped.with(22295, lastError(13114))).kind).toBe('unwitnessed');
    expect(prove(stopped.with(22295, lastError(0))).kind).toBe('unwitnessed');
  });

  it('E7: a complaint from before the last answer of the server is none: it was about something else', () => {
    const seenAt = (millisBefore: number) => ({
      lastSeen: unixMillis(NOW - millisBefore),
      lastChecked: unixMillis(NOW - millisBefore),
    });
    const dead = { lastSeen: unixMillis(NOW - 500), lastChecked: NOW };
    const world = aPrimaryWith(2).with(22293, dead).withEach([22294, 22295], reconnecting, seenAt(900));
    expect(prove(world).kind).toBe('unwitnessed');
    expect(prove(world.with(22295, seenAt(100))).kind).toBe('proven');
  });

  it('A6: a source that refuses at the door lives', () => {
    const world = unreachable.withEach(REPLICAS, reconnecting, lastError(1040));
    expect(prove(world).kind).toBe('unwitnessed');
    for (const refused of [1045, 3032, 6400]) {
      expect(prove(world.withEach(REPLICAS, lastError(refused))).kind).toBe('unwitnessed');
    }
    expect(prove(world.with(22294, lastError(2003))).kind).toBe('proven');
  });

  it('A3: what an unreachable replica last said is history, not a contradiction', () => {
    const world = unreachable.withEach([22294, 22295], reconnecting).with(22296, applierStopped, down);
    expect(world.entryOf(22293).code).toBe('DeadMasterAndSomeReplicas');
    expect(prove(world)).toMatchObject({
      kind: 'proven',
      evidence: [{}, {}, {}, { kind: 'replica-unreachable', key: at(22296), age: 60_000 }],
    });
  });

  it('a receiver that still tries to connect does not contradict', () => {
    expect(prove(unreachable.withEach(REPLICAS, reconnecting)).kind).toBe('proven');
  });

  it('A14: applies to intermediate primaries and co-primaries alike', () => {
    const intermediate = specFixture()
      .with(22294, down)
      .withEach([22295, 22296], { sourceKey: at(22294) }, applierStopped);
    expect(intermediate.entryOf(22294).code).toBe('DeadIntermediateMaster');
    expect(prove(intermediate, 22294)).toMatchObject({
      kind: 'contradicted',
      by: [{ key: at(22295) }, { key: at(22296) }],
    });

    const pair = coPrimariesWith(1).with(22293, down).withEach([22294, 22295], applierStopped);
    expect(pair.entryOf(22293).code).toBe('DeadCoMaster');
    expect(prove(pair).kind).toBe('contradicted');
  });

  it('replicas of somebody else do not testify', () => {
    const world = specFixture().with(22293, down).withEach([22294, 22296, 22297], reconnecting);
    expect(prove(world)).toMatchObject({ kind: 'proven', evidence: [{}, {}, {}, {}] });
  });

  it('A4: nobody reachable is no proof', () => {
    const world = unreachable.withEach(REPLICAS, down, applierStopped);
    expect(world.entryOf(22293).code).toBe('DeadMasterAndReplicas');
    expect(prove(world)).toMatchObject({
      kind: 'unwitnessed',
      evidence: [
        { kind: 'server-unreachable' },
        ...REPLICAS.map((port) => ({ kind: 'replica-unreachable', key: at(port) })),
      ],
    });
  });

  it('replicas that are not shown to it do not testify', () => {
    const world = unreachable.withEach(REPLICAS, reconnecting);
    expect(actingProof(world.entryOf(22293), [world.at(22293)], NOW).kind).toBe('unwitnessed');
  });

  it('codes that claim no death have nothing to contradict', () => {
    const world = aPrimaryWith(3).withEach(REPLICAS, applierStopped);
    expect(prove(world)).toEqual({ kind: 'not-needed', evidence: [] });
  });

  it('A10: says so when the server answers in part, and knows no age of one never seen', () => {
    const world = unreachable.with(22293, partlyAnswering, neverSeen).withEach(REPLICAS, receiverStopped);
    expect(prove(world)).toMatchObject({
      evidence: [{ isPartlyAnswering: true, observedAt: null, age: null }, {}, {}, {}],
    });
  });

  it('ages are not negative when the clock stepped back', () => {
    const world = unreachable.withEach(REPLICAS, receiverStopped);
    const earlier = unixMillis(NOW - 120_000);
    expect(actingProof(world.entryOf(22293), world.instances, earlier).evidence[0]).toMatchObject({ age: 0 });
  });
});
