/** What holds in every topology, whatever state its servers are in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import type { ReceiverEvidence } from '../model/instance.ts';
import { actingProof } from './acting-proof.ts';
import { actionability, claimsDeath, description } from './codes.ts';
import {
  aPrimaryWith,
  applierStopped,
  at,
  type Change,
  coPrimariesWith,
  delayed,
  down,
  failingToConnect,
  groupMember,
  lagging,
  NOW,
  neverSeen,
  partlyAnswering,
  readOnly,
  receiverStopped,
  semiSyncSource,
  type World,
} from './testing.ts';

const heard = (silentMillis: number): { readonly evidence: ReceiverEvidence } => ({
  evidence: { ...NO_EVIDENCE, heartbeatPeriodMillis: 1_000, waitsForSource: true, silentMillis },
});

const CHANGES: readonly Change[] = [
  down,
  neverSeen,
  partlyAnswering,
  receiverStopped,
  applierStopped,
  lagging(60),
  delayed(600),
  readOnly,
  failingToConnect('source'),
  semiSyncSource({ status: true, wants: 2, clients: 1 }),
  semiSyncSource({ status: true, wants: 1, clients: 2 }),
  groupMember('PRIMARY'),
  { isBinlogServer: true },
  heard(200),
  heard(9_000),
];

const HEALTHY_REPLICA = 22294;
const healthy: readonly World[] = [
  ...[1, 2, 3, 4].map(aPrimaryWith),
  ...[1, 2, 3].map(coPrimariesWith),
  aPrimaryWith(3).with(22293, { sourceKey: { hostname: 'above', port: 1 }, replicationDepth: 1 }),
];

const anyChange = fc.tuple(fc.nat({ max: 4 }), fc.constantFrom(...CHANGES));

/** A topology in which anything may have happened to anybody. */
const anyWorld = fc.tuple(fc.constantFrom(...healthy), fc.array(anyChange, { maxLength: 8 })).map(([world, changes]) =>
  changes.reduce<World>((before, [index, change]) => {
    const target = before.instances[index % before.instances.length];
    return target === undefined ? before : before.with(target.key.port, change);
  }, world),
);

const fresh: Change = { lastChecked: NOW, lastAttemptedCheck: NOW, lastSeen: NOW };
const connected: Change = { ...fresh, receiverRunning: true, receiverState: 'running', lastIoError: '', ...heard(200) };
const replicating: Change = { ...connected, applierRunning: true, applierState: 'running' };

describe('laws of analysis', () => {
  it('every server has one code at most, and it can be told in words', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const entries = world.entries({ reduceReplicationAnalysisCount: false });
        expect(new Set(entries.map(({ key }) => key.port)).size).toBe(entries.length);
        for (const { code } of entries) if (code !== 'NoProblem') expect(description(code)).not.toBe('');
      }),
    );
  });

  it('another replica that hears its source never makes one dead that was not', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const model = aPrimaryWith(1).with(HEALTHY_REPLICA, replicating).at(HEALTHY_REPLICA);
        const grown = world.withPicture({ instances: [...world.instances, { ...model, key: at(22_399) }] });
        for (const { key, code } of world.entries()) {
          if (!claimsDeath(code)) expect(claimsDeath(grown.entryOf(key.port).code)).toBe(false);
        }
      }),
    );
  });

  it('who answers is not called dead, however silent it is to its replicas', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const silent = world.withAll(heard(60_000)).with(22293, fresh);
        expect(claimsDeath(silent.entryOf(22293).code)).toBe(false);
      }),
    );
  });

  it('a source that is silent to everybody and does not answer is dead, and that is proven', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 2_100, max: 600_000 }),
        (replicas, silentMillis) => {
          const silent = aPrimaryWith(replicas).withAll(heard(silentMillis)).with(22293, down);
          const entry = silent.entryOf(22293);
          expect(entry.code).toBe('DeadMaster');
          expect(actingProof(entry, silent.instances, NOW).kind).toBe('proven');
        },
      ),
    );
  });

  it('a replica that replicates refutes every death of its source', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        expect(claimsDeath(world.with(HEALTHY_REPLICA, replicating).entryOf(22293).code)).toBe(false);
      }),
    );
  });

  it('A8: with a receiver connected, whatever its applier does, no death is proven', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const heard = world.with(HEALTHY_REPLICA, connected);
        const entry = heard.entryOf(22293);
        if (claimsDeath(entry.code)) expect(actingProof(entry, heard.instances, NOW).kind).toBe('contradicted');
      }),
    );
  });

  it('A4: with nobody reachable, no death is proven, and none but that of a group member is actionable', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const blind = world.withAll(down);
        for (const entry of blind.entries().filter(({ code }) => claimsDeath(code))) {
          expect(actingProof(entry, blind.instances, NOW).kind).toBe('unwitnessed');
          if (!entry.isGroupMember) expect(actionability(entry.code)).not.toBe('actionable');
        }
      }),
    );
  });

  it('the order of the picture does not matter', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const reversed = world.withPicture({ instances: [...world.instances].reverse() });
        expect(reversed.entries()).toEqual(world.entries());
      }),
    );
  });

  it('what is worth an entry does not change what an entry says', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const all = world.entries({ reduceReplicationAnalysisCount: false });
        for (const entry of world.entries()) expect(all).toContainEqual(entry);
      }),
    );
  });
});
