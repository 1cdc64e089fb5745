import { describe, expect, it } from 'vitest';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import type { Instance } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { comparable } from './candidates.ts';
import { type FailoverPlanResult, type FailoverRequest, planFailover } from './failover-plan.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { recordedPlace, recordedPlaceText } from './recorded-place.ts';
import { aFailedPrimaryWith, at, isOrdered, PRIMARY_PORT, rules, stepOf, TEST_POLICY } from './testing.ts';

const key = (port: number) => `127.0.0.1:${port}`;

const place = (pos: number, file = 'binlog.000007'): BinlogCoordinates => ({ file, pos, type: 'binary' });

/** It has received up to `received` of the primary's log, and applied up to `applied`. */
const standsAt = (received: number, applied = received): Partial<Instance> => ({
  usingOracleGtid: false,
  readCoordinates: place(received),
  execCoordinates: place(applied),
});

/** Frozen replicas of a dead primary, at the ports behind its own. */
function failover(stands: readonly Partial<Instance>[], policy: Partial<PromotionPolicy> = {}): FailoverPlanResult {
  const replicas = stands.map((changes, index) =>
    sampleReplica(PRIMARY_PORT + 1 + index, PRIMARY_PORT, {
      receiverRunning: false,
      receiverState: 'stopped',
      ...changes,
    }),
  );
  const request: FailoverRequest = {
    ...aFailedPrimaryWith(0),
    failed: sampleServer(PRIMARY_PORT),
    ...comparable(replicas),
  };
  return planFailover(request, { ...TEST_POLICY, ...policy });
}

function planned(stands: readonly Partial<Instance>[], policy: Partial<PromotionPolicy> = {}) {
  const result = failover(stands, policy);
  if (result.kind === 'refused') throw new Error(result.text);
  return result;
}

const lost = (result: ReturnType<typeof planned>) =>
  result.plan.prediction.lost.map((one) => [one.key.port, one.transactionsAtRisk]);

describe('a failover where nobody replicates by GTID', () => {
  it('C1: promotes who has received most, however little of it is applied', () => {
    const { choice, plan } = planned([standsAt(900), standsAt(1000, 400), standsAt(1000, 300)], {
      pseudoGtidIsConfigured: true,
    });
    expect(choice.chosen.instance.key).toEqual(at(22295));
    expect(isOrdered(plan)).toBe(true);
  });

  it('D2, D4: the chosen one applies all of it, and its place is known, before it forgets its source', () => {
    const { plan } = planned([standsAt(1000, 400), standsAt(1000)]);
    expect(plan.prediction.promoted).toEqual(at(22295));
    const [applied, stands] = plan.steps;
    expect(applied?.postcondition).toEqual({ kind: 'drained-of-silent-source' });
    expect(stands).toMatchObject({ id: `drain ${key(22295)}`, dependsOn: [applied?.id], recordsPlace: true });
    expect(stepOf(plan, `promote ${key(22295)}`)).toMatchObject({
      dependsOn: [`drain ${key(22295)}`],
      commands: [{ kind: 'forget-source-when-safe', relayLog: { kind: 'drained' } }, { kind: 'set-read-only' }],
      precondition: { kind: 'silent', server: at(PRIMARY_PORT) },
    });
  });

  it('D1: who has received the same goes on at the end of its log, as that was before its first write', () => {
    const { plan } = planned([standsAt(1000), standsAt(1000, 300)]);
    expect(stepOf(plan, `see that ${key(22295)} stands where ${key(22294)} did`).postcondition).toEqual({
      kind: 'applied-up-to',
      place: { kind: 'applied', after: `drain ${key(22294)}` },
      mayBePast: false,
    });
    expect(stepOf(plan, `point ${key(22295)} at ${key(22294)}`).commands).toMatchObject([
      { kind: 'follow-when-safe', at: { kind: 'place', place: { kind: 'log-end', after: `drain ${key(22294)}` } } },
      { kind: 'start-replication' },
    ]);
  });

  it('D10: nobody is pointed at it before it takes writes; where hooks make it writable, once it has applied all', () => {
    const first = (applyPromotion: boolean) =>
      stepOf(planned([standsAt(1000), standsAt(1000)], { applyPromotion }).plan, `drain ${key(22295)}`).dependsOn;
    expect(first(true)).toEqual([`promote ${key(22294)}`]);
    expect(first(false)).toEqual([`drain ${key(22294)}`]);
  });

  it('D1: who has received less finds its place by markers; without them it is lost, and nothing is at risk', () => {
    const marked = planned([standsAt(1000), standsAt(700)], { pseudoGtidIsConfigured: true });
    expect(lost(marked)).toEqual([]);
    expect(stepOf(marked.plan, `find where ${key(22295)} stands on ${key(22294)}`).commands).toEqual([
      { kind: 'find-place', within: at(22294) },
    ]);
    const without = planned([standsAt(1000), standsAt(700)]);
    expect(lost(without)).toEqual([[22295, '']]);
    expect(stepOf(without.plan, `detach ${key(22295)}`)).toMatchObject({
      dependsOn: [`apply what ${key(22295)} received`],
      commands: [{ kind: 'follow-when-safe', source: { hostname: '//127.0.0.1' }, at: { kind: 'own-place' } }],
    });
  });

  it('D5, C5: who has received more and may not be promoted is lost, and what it alone has is named', () => {
    const policy = { promotionRule: rules({ 22294: 'must_not' }), pseudoGtidIsConfigured: true };
    expect(lost(planned([standsAt(1200), standsAt(1000)], policy))).toEqual([
      [22294, 'binlog.000007:1000 to binlog.000007:1200'],
    ]);
  });

  it('C10: nobody is fed by place: whoever is preferred and has less is not promoted', () => {
    const policy = { promotionRule: rules({ 22295: 'prefer' }), pseudoGtidIsConfigured: true };
    const { choice } = planned([standsAt(1200), standsAt(1000)], policy);
    expect([choice.chosen.instance.key.port, choice.donor]).toEqual([22294, null]);
  });

  it('C18: one that cannot apply what it has received is passed over', () => {
    const broken = {
      ...standsAt(1200, 700),
      applierRunning: false,
      evidence: { ...NO_EVIDENCE, lastSqlErrorNumber: 1062 },
    };
    expect(planned([broken, standsAt(1000)]).choice.chosen.instance.key.port).toBe(22295);
  });

  it('D15: half a transaction of one that follows is ended before it is stopped', () => {
    const half = { ...standsAt(1000), evidence: { ...NO_EVIDENCE, partialTransaction: 'ANONYMOUS' } };
    const { plan } = planned([standsAt(1000), half]);
    expect(stepOf(plan, `point ${key(22295)} at ${key(22294)}`).commands[0]).toEqual({ kind: 'end-half-transaction' });
  });

  it('E4: whoever is promoted has the variables of a primary before it is writable', () => {
    const { plan } = planned([standsAt(1000)], { primaryVariables: new Map([['sync_binlog', '1']]) });
    expect(stepOf(plan, `promote ${key(22294)}`).commands.slice(-2)).toEqual([
      { kind: 'set-variable', name: 'sync_binlog', value: '1' },
      { kind: 'set-read-only', readOnly: false, superReadOnly: false },
    ]);
  });

  it('beside replicas by GTID the others are left out, as before', () => {
    const byGtid = sampleReplica(PRIMARY_PORT + 1, PRIMARY_PORT);
    const byPlace = sampleReplica(PRIMARY_PORT + 2, PRIMARY_PORT, standsAt(1000));
    const { replicas, withoutGtid } = comparable([byGtid, byPlace]);
    expect([replicas.map(({ instance }) => instance), withoutGtid]).toEqual([[byGtid], [byPlace]]);
  });
});

it('what the journal tells of a place can be read from it', () => {
  const [execCoordinates, selfCoordinates] = [place(1000), place(52, 'mysql-bin.000003')];
  const line = `it writes no more: ${recordedPlaceText({ execCoordinates, selfCoordinates })}`;
  expect(recordedPlace(line)).toEqual({ applied: execCoordinates, logEnd: selfCoordinates });
  expect(recordedPlace('it replicates from db1:3306')).toBeNull();
});
