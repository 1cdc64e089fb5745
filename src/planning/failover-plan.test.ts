import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_SEMI_SYNC } from '../model/blank-instance.ts';
import type { Instance } from '../model/instance.ts';
import { sameKey } from '../model/instance-key.ts';
import { sampleReplica } from '../model/topology-samples.ts';
import type { StepCommand } from './deferred-command.ts';
import type { FailoverRequest } from './failover-plan.ts';
import { type GtidProgress, isDrained, receivedContains } from './gtid-progress.ts';
import type { Plan, PlanStep } from './plan.ts';
import {
  aFailedPrimaryWith,
  applierBroken,
  at,
  atPosition,
  failover,
  has,
  holding,
  isOrdered,
  plannedFailover,
  ports,
  rules,
  stepOf,
  trx,
} from './testing.ts';

const key = (port: number) => `127.0.0.1:${port}`;
const kinds = (step: PlanStep<StepCommand>) => step.commands.map(({ kind }) => kind);
const lostOf = (plan: Plan<StepCommand>) =>
  plan.prediction.lost.map((lost) => [lost.key.port, lost.reason, lost.transactionsAtRisk]);

describe('the plan of a failover', () => {
  const plan = plannedFailover(aFailedPrimaryWith(3, { 22294: has(12, 7) }));

  it('D2: lets the chosen one apply all it received before anything else happens', () => {
    const drain = stepOf(plan, `drain ${key(22294)}`);
    expect(drain.commands).toEqual([{ kind: 'wait-for-gtid', gtid: trx('1-12'), timeoutSeconds: 1 }]);
    expect(drain.patienceMillis).toBe(9_000);
    expect(drain.postcondition).toEqual({ kind: 'executed', gtid: trx('1-12') });
    expect(drain.onFailure).toBe('abort');
    expect(plan.steps.filter(({ dependsOn }) => dependsOn.length === 0)).toEqual([drain]);
  });

  it('E1, E5: then makes it forget its source before it becomes writable', () => {
    const promote = stepOf(plan, `promote ${key(22294)}`);
    expect(promote.commands).toMatchObject([
      { kind: 'forget-source' },
      { kind: 'set-read-only', readOnly: false, superReadOnly: false },
    ]);
    expect(promote.postcondition).toEqual({ kind: 'is-writable-primary' });
  });

  it('E2: makes it wait for acknowledgements before it is writable, where the dead one did and replicas acknowledge', () => {
    const waits = (sourceEnabled: boolean, replicaEnabled: boolean) => ({
      semiSync: { ...NO_SEMI_SYNC, available: true, sourceWaitForReplicaCount: 1, sourceEnabled, replicaEnabled },
    });
    const [acks, asks] = [waits(false, true), waits(true, false)];
    const waiting = plannedFailover(aFailedPrimaryWith(2, { 22293: asks, 22294: acks, 22295: acks }));
    expect(kinds(stepOf(waiting, `promote ${key(22294)}`))).toEqual([
      'forget-source',
      'set-semi-sync-source',
      'set-read-only',
    ]);
    const alone = plannedFailover(aFailedPrimaryWith(1, { 22293: asks, 22294: acks }));
    expect(kinds(stepOf(alone, `promote ${key(22294)}`))).toEqual(['forget-source', 'set-read-only']);
  });

  const VARIABLES = {
    primaryVariables: new Map([
      ['sync_binlog', '1'],
      ['event_scheduler', 'ON'],
    ]),
  } as const;

  it('E4: gives it the variables of a primary, in their order, before it is writable', () => {
    const given = plannedFailover(aFailedPrimaryWith(2), VARIABLES);
    expect(stepOf(given, `promote ${key(22294)}`).commands).toMatchObject([
      { kind: 'forget-source' },
      { kind: 'set-variable', name: 'sync_binlog', value: '1' },
      { kind: 'set-variable', name: 'event_scheduler', value: 'ON' },
      { kind: 'set-read-only', readOnly: false },
    ]);
    expect(kinds(stepOf(given, `point ${key(22295)} at ${key(22294)}`))).toEqual(['follow', 'start-replication']);
  });

  it('A15, E4: so is one of two that replicate from each other', () => {
    const request = { ...aFailedPrimaryWith(2), designated: at(22295), keepsSource: at(22295) };
    expect(kinds(stepOf(plannedFailover(request, VARIABLES), `promote ${key(22295)}`))).toEqual([
      'stop-replication',
      'set-variable',
      'set-variable',
      'set-read-only',
    ]);
  });

  it('3.2: one of two that replicate from each other keeps its source, and stands still below it', () => {
    const request = { ...aFailedPrimaryWith(2), designated: at(22295), keepsSource: at(22295) };
    const promote = stepOf(plannedFailover(request), `promote ${key(22295)}`);
    expect(kinds(promote)).toEqual(['stop-replication', 'set-read-only']);
    expect(promote.postcondition).toEqual({ kind: 'read-only', readOnly: false });
    const other = { ...aFailedPrimaryWith(2), designated: at(22294), keepsSource: at(22295) };
    expect(kinds(stepOf(plannedFailover(other), `promote ${key(22294)}`))).toEqual(['forget-source', 'set-read-only']);
  });

  it('C10: one that is fed follows its donor, has all of it, and is promoted then; the others wait for that', () => {
    const request = { ...aFailedPrimaryWith(2, { 22294: has(12, 7) }), designated: at(22295) };
    const fed = plannedFailover(request);
    expect(fed.steps.map(({ id }) => id)).toEqual([
      `drain ${key(22294)}`,
      `point ${key(22295)} at ${key(22294)}`,
      `drain ${key(22295)}`,
      `promote ${key(22295)}`,
      `point ${key(22294)} at ${key(22295)}`,
    ]);
    expect(stepOf(fed, `drain ${key(22295)}`).commands).toEqual([
      { kind: 'wait-for-gtid', gtid: trx('1-12'), timeoutSeconds: 10 },
    ]);
    expect(stepOf(fed, `point ${key(22294)} at ${key(22295)}`).dependsOn).toEqual([`promote ${key(22295)}`]);
    expect(fed.prediction).toMatchObject({ promoted: at(22295), lost: [], transactionsAtRisk: '' });
  });

  it('points the others at it once it takes writes, each on its own', () => {
    for (const port of [22295, 22296]) {
      const point = stepOf(plan, `point ${key(port)} at ${key(22294)}`);
      expect(kinds(point)).toEqual(['follow', 'start-replication']);
      expect(point.dependsOn).toEqual([`promote ${key(22294)}`]);
      expect(point.onFailure).toBe('lose-server');
    }
  });

  it('E2: points them at it beside the promotion where its first commit waits for one of them', () => {
    const acks = { available: true, replicaEnabled: true, sourceWaitForReplicaCount: 1 };
    const replicas = {
      22294: { semiSync: { ...NO_SEMI_SYNC, ...acks } },
      22295: { semiSync: { ...NO_SEMI_SYNC, ...acks } },
    };
    const world = aFailedPrimaryWith(2, replicas);
    const waited = { ...world.failed, semiSync: { ...NO_SEMI_SYNC, ...acks, sourceEnabled: true } };
    const waiting = plannedFailover({ ...world, failed: waited });
    expect(stepOf(waiting, `point ${key(22295)} at ${key(22294)}`).dependsOn).toEqual([`drain ${key(22294)}`]);
  });

  it('points them at it when it is drained where nobody is to be made writable', () => {
    const drained = plannedFailover(aFailedPrimaryWith(2), { applyPromotion: false });
    expect(stepOf(drained, `point ${key(22295)} at ${key(22294)}`).dependsOn).toEqual([`drain ${key(22294)}`]);
  });

  it('predicts who is promoted, and that nothing is lost', () => {
    expect(plan.intent).toEqual({ kind: 'replace-primary', failed: at(22293), successor: at(22294) });
    expect(plan.prediction).toMatchObject({ promoted: at(22294), lost: [], pending: [], transactionsAtRisk: '' });
  });
});

describe('the drain', () => {
  const drainOf = (differences: Partial<Instance>) =>
    stepOf(plannedFailover(aFailedPrimaryWith(1, { 22294: differences })), `drain ${key(22294)}`);

  it('asks nothing of a server that has applied all', () => {
    expect(drainOf(has(12)).commands).toEqual([]);
  });

  it('D3: starts an applier that is stopped, and never touches a receiver', () => {
    const stopped = { ...has(12, 7), applierRunning: false, applierState: 'stopped' } as const;
    expect(kinds(drainOf(stopped))).toEqual(['start-applier', 'wait-for-gtid']);
  });

  it('D4: no applier of MariaDB is started while its receiver stands still', () => {
    const mariadb = fc.record({
      received: fc.integer({ min: 1, max: 5 }),
      executed: fc.integer({ min: 1, max: 5 }),
      runs: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(mariadb, { minLength: 1, maxLength: 4 }), (servers) => {
        const differences = servers.map(({ received, executed, runs }, index): [number, Partial<Instance>] => {
          const applier = { applierRunning: runs, applierState: runs ? 'running' : 'stopped' } as const;
          return [22294 + index, { ...atPosition(`0-1-${received}`, `0-1-${executed}`), ...applier }];
        });
        const result = failover(aFailedPrimaryWith(servers.length, Object.fromEntries(differences)));
        const steps = result.kind === 'planned' ? result.plan.steps : [];
        expect(steps.flatMap(kinds)).not.toContain('start-applier');
      }),
    );
  });

  it('D3: on MariaDB waits for the position of the receiver', () => {
    expect(drainOf(atPosition('0-22293-12', '0-22293-7')).commands).toMatchObject([{ gtid: '0-22293-12' }]);
  });
});

describe('replicas that cannot follow are lost', () => {
  it('D5: one that has received more, with what it alone has', () => {
    const plan = plannedFailover(aFailedPrimaryWith(2, { 22294: has(9), 22295: applierBroken(has(12, 5)) }));
    expect(lostOf(plan)).toEqual([[22295, 'it has received more than the promoted server', trx('10-12')]]);
    expect(plan.prediction.transactionsAtRisk).toBe(trx('10-12'));
  });

  it('D5: transactions that two of them have are named once', () => {
    const ahead = { logReplicaUpdatesEnabled: false };
    const plan = plannedFailover(
      aFailedPrimaryWith(3, { 22294: has(9), 22295: { ...has(12), ...ahead }, 22296: { ...has(11), ...ahead } }),
    );
    expect(plan.prediction.transactionsAtRisk).toBe(trx('10-12'));
  });

  it('H2: one that may not replicate from the chosen one, without anything at risk', () => {
    const old = { ...has(8), version: '8.0.36' };
    const plan = plannedFailover(aFailedPrimaryWith(3, { 22294: old }));
    expect(lostOf(plan)).toEqual([
      [22294, `instance ${key(22294)} has version 8.0.36, which is lower than 9.7.4-2 on ${key(22295)} `, ''],
    ]);
  });

  it('one that lacks what the chosen one has purged', () => {
    const plan = plannedFailover(
      aFailedPrimaryWith(2, { 22294: { ...has(12), gtidPurged: trx('1-8') }, 22295: has(9, 6) }),
    );
    expect(lostOf(plan)).toEqual([
      [22295, `Instance ${key(22294)} has purged GTID entries not found on ${key(22295)}`, ''],
    ]);
  });

  it('one of another GTID family, and one without GTID', () => {
    const withoutGtid = [sampleReplica(22299, 22293, { usingOracleGtid: false })];
    const plan = plannedFailover({ ...aFailedPrimaryWith(2, { 22295: atPosition('0-1-3') }), withoutGtid });
    expect(lostOf(plan)).toEqual([
      [22295, 'it uses the GTIDs of another family', '0-1-3'],
      [22299, 'it does not replicate by GTID', ''],
    ]);
  });

  it('D8: but not for the delay of the chosen one, which ends with its promotion', () => {
    const plan = plannedFailover(aFailedPrimaryWith(2, { 22294: { ...has(12), sqlDelaySeconds: 3600 } }));
    expect(plan.prediction).toMatchObject({ promoted: at(22294), lost: [] });
  });

  it('those that did not answer are not lost but pending', () => {
    const plan = plannedFailover({ ...aFailedPrimaryWith(1), unreachable: [at(22299)] });
    expect(plan.prediction).toMatchObject({ lost: [], pending: [at(22299)] });
    expect(plan.steps.some(({ server }) => server.port === 22299)).toBe(false);
  });
});

describe('a lost replica', () => {
  const world = aFailedPrimaryWith(2, { 22294: has(9), 22295: { ...has(12, 7), logBinEnabled: false } });

  it('D7, D4: applies what it received before it is detached', () => {
    const plan = plannedFailover(world);
    const apply = stepOf(plan, `apply what ${key(22295)} received`);
    expect(apply.commands).toMatchObject([{ kind: 'wait-for-gtid', gtid: trx('1-12') }]);
    expect(apply.postcondition).toEqual({ kind: 'executed', gtid: trx('1-12') });
    const detach = stepOf(plan, `detach ${key(22295)}`);
    expect(detach.commands).toMatchObject([{ kind: 'detach-source', source: at(22293) }]);
    expect(detach.dependsOn).toEqual([apply.id]);
    expect([apply.onFailure, detach.onFailure]).toEqual(['note', 'note']);
  });

  it('D10: is not touched before the winner is one', () => {
    const apply = (applyPromotion: boolean) =>
      stepOf(plannedFailover(world, { applyPromotion }), `apply what ${key(22295)} received`);
    expect(apply(true).dependsOn).toEqual([`promote ${key(22294)}`]);
    expect(apply(false).dependsOn).toEqual([`drain ${key(22294)}`]);
  });

  it('D4: is left alone on MariaDB when starting its applier would drop what it alone received', () => {
    const stopped = { ...atPosition('0-1-9', '0-1-5'), applierRunning: false, applierState: 'stopped' } as const;
    const plan = plannedFailover(aFailedPrimaryWith(2, { 22294: atPosition('0-1-7'), 22295: stopped }));
    expect(lostOf(plan)).toEqual([[22295, 'it has received more than the promoted server', '0-1-9']]);
    expect(plan.steps.some(({ server }) => server.port === 22295)).toBe(false);
  });

  it('is left alone where lost replicas are not detached', () => {
    expect(plannedFailover(world, { detachLost: false }).steps.some(({ server }) => server.port === 22295)).toBe(false);
  });
});

describe('where hooks promote', () => {
  it('E1: nothing is reset or made writable, the others follow nevertheless', () => {
    const plan = plannedFailover(aFailedPrimaryWith(2), { applyPromotion: false });
    expect(plan.steps.map(({ id }) => id)).toEqual([`drain ${key(22294)}`, `point ${key(22295)} at ${key(22294)}`]);
  });
});

describe('no plan', () => {
  const text = (request: FailoverRequest<GtidProgress>, policy = {}) => {
    const result = failover(request, policy);
    return result.kind === 'refused' ? [result.reason, result.text] : null;
  };

  it('C14: without any replica', () => {
    expect(text(aFailedPrimaryWith(0))).toEqual(['no-replicas', `No replicas found for ${key(22293)}`]);
  });

  it('C14: when nobody may be promoted, with everybody’s reason', () => {
    const request = { ...aFailedPrimaryWith(1, { 22294: { logBinEnabled: false } }), unreachable: [at(22299)] };
    expect(text(request)).toEqual([
      'no-candidate',
      `chooseCandidateReplica: no candidate replica found: ${key(22294)} has no binary log; ${key(22299)} did not answer`,
    ]);
  });

  it('C14: when no replica answered or replicates by GTID', () => {
    expect(text({ ...aFailedPrimaryWith(0), unreachable: [at(22299)] })?.[0]).toBe('no-candidate');
    const withoutGtid = [sampleReplica(22299, 22293, { usingOracleGtid: false })];
    expect(text({ ...aFailedPrimaryWith(0), withoutGtid })).toEqual([
      'no-candidate',
      `chooseCandidateReplica: no candidate replica found: ${key(22299)} does not replicate by GTID`,
    ]);
  });

  it.each([
    ['its promotion rule forbids it', 22294, '127.0.0.1:22294 has the promotion rule must_not'],
    ['it did not answer', 22299, '127.0.0.1:22299 did not answer'],
    ['it is nobody’s replica', 22300, 'it is not a direct replica of 127.0.0.1:22293'],
  ])('C12: for a designated one when %s, and the reason is its own', (_, port, reason) => {
    const request = { ...aFailedPrimaryWith(3), designated: at(port), unreachable: [at(22299)] };
    const promotionRule = rules({ 22294: 'must_not', 22295: 'must_not' });
    expect(text(request, { promotionRule })).toEqual([
      'designated-refused',
      `${key(port)} cannot be promoted: ${reason}`,
    ]);
  });
});

describe('laws of every failover plan', () => {
  const range = fc.uniqueArray(fc.integer({ min: 1, max: 8 }));
  const replica = fc.record({
    received: range,
    executed: range,
    broken: fc.boolean(),
    logBinEnabled: fc.boolean(),
    version: fc.constantFrom('8.4.0', '9.7.4'),
    purged: fc.integer({ min: 0, max: 2 }),
  });
  const world = fc
    .record({
      replicas: fc.array(replica, { minLength: 1, maxLength: 5 }),
      gone: fc.nat(2),
      designate: fc.option(fc.nat(4)),
    })
    .map(({ replicas, gone, designate }): FailoverRequest<GtidProgress> => {
      const differences = replicas.map(
        ({ received, executed, broken, purged, ...rest }, index): [number, Partial<Instance>] => {
          const gtids = (numbers: readonly number[]) => numbers.map((number) => trx(number)).join(',');
          const state = {
            ...rest,
            ...holding(gtids(received), gtids(executed)),
            gtidPurged: purged > 0 ? trx(purged) : '',
          };
          return [22294 + index, broken ? applierBroken(state) : state];
        },
      );
      return {
        ...aFailedPrimaryWith(replicas.length, Object.fromEntries(differences)),
        unreachable: [at(22310), at(22311)].slice(0, gone),
        withoutGtid: gone === 0 ? [] : [sampleReplica(22312, 22293, { usingOracleGtid: false })],
        designated: designate === null ? null : at(22294 + designate),
      };
    });
  const planned = (check: (plan: Plan<StepCommand>, request: FailoverRequest<GtidProgress>) => void) =>
    fc.assert(
      fc.property(world, (request) => {
        const result = failover(request);
        if (result.kind === 'planned') check(result.plan, request);
      }),
      { numRuns: 300 },
    );
  const frozenAt = (request: FailoverRequest<GtidProgress>, port: number) => {
    const found = request.replicas.find(({ instance }) => instance.key.port === port);
    if (found === undefined) throw new Error(`no replica at ${port}`);
    return found;
  };

  /** Who feeds the promoted one; undefined: nobody. */
  const donorIn = ({ steps, prediction }: Plan<StepCommand>) =>
    steps
      .filter(({ server }) => sameKey(server, prediction.promoted))
      .flatMap(({ commands }) => commands.flatMap((one) => (one.kind === 'follow' ? one.options.source.port : [])))[0];
  /** What it has when others are pointed at it. */
  const progressIn = (plan: Plan<StepCommand>, request: FailoverRequest<GtidProgress>, port: number) => {
    const donor = port === plan.prediction.promoted?.port ? donorIn(plan) : undefined;
    return frozenAt(request, donor ?? port).progress;
  };

  /** What a step waits for, by way of a promotion too. */
  const waitsOf = (plan: Plan<StepCommand>, { dependsOn }: PlanStep<StepCommand>): readonly string[] => [
    ...dependsOn,
    ...plan.steps
      .filter(({ id }) => dependsOn.includes(id) && id.startsWith('promote '))
      .flatMap((one) => one.dependsOn),
  ];

  it('D4: no relay log is dropped of which the new source does not have all, and no source forgotten before all is applied', () => {
    planned((plan, request) => {
      for (const step of plan.steps) {
        const { progress } = frozenAt(request, step.server.port);
        for (const command of step.commands) {
          if (command.kind === 'follow') {
            const { port } = command.options.source;
            expect(receivedContains(progressIn(plan, request, port), progress)).toBe(true);
            expect(waitsOf(plan, step)).toContain(`drain ${key(port)}`);
          }
          if (command.kind !== 'forget-source' && command.kind !== 'detach-source') continue;
          const [before] = step.dependsOn;
          const drained = plan.steps.find(({ id }) => id === before);
          expect(drained?.server).toEqual(step.server);
          const waits = drained?.commands.some(({ kind }) => kind === 'wait-for-gtid') ?? false;
          expect(waits || isDrained(progress)).toBe(true);
        }
      }
    });
  });

  it('every step’s dependencies exist and come before it', () => {
    planned((plan) => expect(isOrdered(plan)).toBe(true));
  });

  it('D7: every replica that answered is promoted, follows, or is lost with a reason; the others are pending', () => {
    planned((plan, request) => {
      const { promoted, lost, pending } = plan.prediction;
      const follow = plan.steps
        .filter((step) => kinds(step).includes('follow') && !sameKey(step.server, promoted))
        .map(({ server }) => server);
      const answered = [
        ...request.replicas.map(({ instance }) => instance.key),
        ...request.withoutGtid.map((i) => i.key),
      ];
      expect(ports([...(promoted === null ? [] : [promoted]), ...follow, ...lost.map((server) => server.key)])).toEqual(
        ports(answered),
      );
      expect(lost.every(({ reason }) => reason !== '')).toBe(true);
      expect(pending).toEqual(request.unreachable);
    });
  });

  it('C12: a designated one is promoted or nobody is', () => {
    planned((plan, { designated }) => {
      if (designated !== null) expect(plan.prediction.promoted).toEqual(designated);
    });
  });

  it('names as at risk exactly what the lost have and the promoted one has not', () => {
    planned((plan, request) => {
      const { lost, promoted } = plan.prediction;
      const chosen = progressIn(plan, request, promoted?.port ?? 0);
      for (const server of lost) {
        if (server.key.port === 22312) continue;
        const contained = receivedContains(chosen, frozenAt(request, server.key.port).progress);
        expect(server.transactionsAtRisk === '').toBe(contained);
      }
    });
  });
});
