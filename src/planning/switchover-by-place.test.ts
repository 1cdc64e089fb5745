import { describe, expect, it } from 'vitest';
import { NO_RECEIVER_OPTIONS, NO_REPLICATION_TLS } from '../model/blank-instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { NO_VARIABLES } from './role-variables.ts';
import {
  planCatchUp,
  planOldPrimaryFollowsAt,
  planSiblingsBeside,
  planTakeoverByPlace,
} from './switchover-by-place.ts';
import { planDemotion } from './switchover-plan.ts';
import { at, isOrdered, placeAt, standingAt, stepOf, TEST_CLUSTER } from './testing.ts';

const key = (port: number) => `127.0.0.1:${port}`;
const OLD = 22293;
const [NEW, SIBLING] = [OLD + 1, OLD + 2];
const successor = sampleReplica(NEW, OLD, standingAt(900));
const demoted = sampleServer(OLD, { readOnly: true, selfCoordinates: placeAt(900) });

it('of the demoted primary the binary log is what counts', () => {
  const [step] = planDemotion(TEST_CLUSTER, demoted, successor, true).steps;
  expect(step?.effect).toBe('its binary log grows no more');
});

describe('taking over', () => {
  const plan = planTakeoverByPlace({
    clusterName: TEST_CLUSTER,
    demoted,
    successor,
    logEnd: placeAt(900),
    catchUpSeconds: 3,
    useSuperReadOnly: true,
    startsOld: true,
    semiSync: { kind: 'switched-on', text: '' },
    primaryVariables: new Map([['sync_binlog', '1']]),
  });
  const place = { kind: 'applied-up-to', place: { kind: 'known', coordinates: placeAt(900) }, mayBePast: false };

  it('I2: waits until all of the demoted primary is applied, and nothing that somebody has written there since', () => {
    const reach = stepOf(plan, `let ${key(NEW)} apply all of ${key(OLD)}`);
    expect(reach).toMatchObject({ postcondition: place, patienceMillis: 3_000, onFailure: 'abort' });
    expect(reach.precondition).toEqual({ kind: 'replicates-from', source: at(OLD) });
  });

  it('K12: looks once more, so that the journal tells the place where others go on', () => {
    const drain = stepOf(plan, `drain ${key(NEW)}`);
    expect(drain).toMatchObject({ postcondition: place, patienceMillis: 0, recordsPlace: true, onFailure: 'abort' });
  });

  it('E2, E4, E5: then forgets its source, waits for acknowledgements, has the variables of a primary, and becomes writable, in that order', () => {
    const promote = stepOf(plan, `promote ${key(NEW)}`);
    expect(promote.dependsOn).toEqual([`drain ${key(NEW)}`]);
    expect(promote.commands).toMatchObject([
      { kind: 'forget-source-when-safe', relayLog: { kind: 'drained' } },
      { kind: 'set-semi-sync-source', enabled: true },
      { kind: 'set-variable', name: 'sync_binlog', value: '1' },
      { kind: 'set-read-only', readOnly: false },
    ]);
    expect(isOrdered(plan)).toBe(true);
  });
});

describe('a sibling', () => {
  const facts = {
    clusterName: TEST_CLUSTER,
    from: at(OLD),
    to: at(NEW),
    siblings: [sampleReplica(SIBLING, OLD, standingAt(800))],
    seconds: 5,
  };

  it('applies the last of the demoted primary, in its time', () => {
    const [step] = planCatchUp({ ...facts, logEnd: placeAt(900), stallSeconds: 2 }).steps;
    expect(step).toMatchObject({ patienceMillis: 5_000, stallMillis: 2_000, onFailure: 'lose-server' });
    expect(planCatchUp({ ...facts, logEnd: placeAt(900), stallSeconds: null }).steps[0]?.stallMillis).toBeUndefined();
  });

  it('goes on where the log of the new primary ended', () => {
    const plans = planSiblingsBeside(facts, { applied: placeAt(900), logEnd: placeAt(40) });
    const [move] = plans.slice(-1);
    if (move === undefined) throw new Error('two plans');
    const point = stepOf(move, `point ${key(SIBLING)} at ${key(NEW)}`);
    expect(point.commands[0]).toMatchObject({
      source: at(NEW),
      at: { kind: 'place', place: { coordinates: placeAt(40) } },
      relayLog: { kind: 'drained' },
    });
  });
});

describe('the old primary', () => {
  const credentials = { user: 'repl', password: 'secret' };
  const replicationTls = { ...NO_REPLICATION_TLS, getSourcePublicKey: true };
  const receiverOptions = { ...NO_RECEIVER_OPTIONS, connectRetrySeconds: 7 };
  const reaching = { ...successor, allowTls: true, replicationTls, receiverOptions };
  const planned = (start: boolean, old = demoted) => {
    const facts = {
      clusterName: TEST_CLUSTER,
      demoted: old,
      successor: reaching,
      start,
      replicaVariables: NO_VARIABLES,
    };
    const [step] = planOldPrimaryFollowsAt({ applied: placeAt(900), logEnd: placeAt(40) }, facts, credentials).steps;
    if (step === undefined) throw new Error('one step');
    return step;
  };

  it('I4: goes on where the log of the new one ended, unless it has written anything since', () => {
    expect(planned(true).precondition).toEqual({ kind: 'stands-still', logEnd: placeAt(900) });
    expect(planned(true).commands).toMatchObject([
      {
        kind: 'follow-when-safe',
        source: at(NEW),
        at: { kind: 'place', place: { kind: 'known', coordinates: placeAt(40) } },
        credentials,
        like: { allowTls: true, replicationTls, receiverOptions },
      },
      { kind: 'start-replication' },
    ]);
  });

  it('is not started where nobody asked for it, and waits for no acknowledgements any more (D16)', () => {
    const waiting = { ...demoted, semiSync: { ...demoted.semiSync, sourceEnabled: true } };
    expect(planned(false, waiting).commands.map(({ kind }) => kind)).toEqual([
      'set-semi-sync-source',
      'follow-when-safe',
    ]);
    expect(planned(false).postcondition).toMatchObject({ running: false });
  });
});
