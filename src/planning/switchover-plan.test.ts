import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_RECEIVER_OPTIONS, NO_REPLICATION_TLS } from '../model/blank-instance.ts';
import type { Instance } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { Plan } from './plan.ts';
import { NO_VARIABLES } from './role-variables.ts';
import {
  type OldPrimaryFacts,
  planDemotion,
  planFollow,
  planOldPrimaryFollows,
  planTakeover,
} from './switchover-plan.ts';
import { at, atPosition, frozen, has, holding, isOrdered, stepOf, TEST_CLUSTER, trx } from './testing.ts';

const key = (port: number) => `127.0.0.1:${port}`;
const intent = { kind: 'relocate', below: at(22294) } as const;
const successor = sampleReplica(22294, 22293);
const primary = sampleServer(22293, has(20));

function follow(replicas: Parameters<typeof planFollow>[2]): Plan {
  const planned = planFollow(TEST_CLUSTER, successor, replicas, intent);
  if (planned.kind === 'refused') throw new Error(planned.text);
  return planned.plan;
}

describe('moving siblings below the successor', () => {
  const siblings = [frozen(22295, has(12, 7)), frozen(22296, holding(trx('14-15')))];
  const plan = follow(siblings);

  it('D5: waits until it has applied all that any of them received', () => {
    const align = stepOf(plan, `align ${key(22294)}`);
    expect(align.commands).toMatchObject([{ kind: 'wait-for-gtid', gtid: trx('1-12:14-15') }]);
    expect(align.postcondition).toEqual({ kind: 'executed', gtid: trx('1-12:14-15') });
  });

  it('then points each at it, starts it, and gives the whole up when one does not run', () => {
    const point = stepOf(plan, `point ${key(22295)} at ${key(22294)}`);
    expect(point.commands.map(({ kind }) => kind)).toEqual(['follow', 'start-replication']);
    expect(point.dependsOn).toEqual([`align ${key(22294)}`]);
    expect(point.postcondition).toEqual({ kind: 'replicates-from', source: at(22294), running: true });
    expect(plan.steps.every(({ onFailure }) => onFailure === 'abort')).toBe(true);
  });

  it('does not wait for replicas that have received nothing', () => {
    const align = follow([frozen(22295, holding(''))]).steps[0];
    expect(align).toMatchObject({ commands: [], postcondition: { kind: 'none' } });
  });

  it('D4: every follow carries a witness of a set that the wait covers', () => {
    const received = fc.uniqueArray(fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(fc.array(received, { minLength: 1, maxLength: 4 }), (sets) => {
        const replicas = sets.map((numbers, index) =>
          frozen(22295 + index, holding(numbers.map((n) => trx(n)).join(','))),
        );
        const made = follow(replicas);
        expect(isOrdered(made)).toBe(true);
        for (const { commands } of made.steps.slice(1)) {
          expect(commands[0]).toMatchObject({
            kind: 'follow',
            relayLog: { because: /held-by-new-source|nothing-received/ },
          });
        }
      }),
    );
  });
});

describe('making the primary read-only', () => {
  const [step] = planDemotion(TEST_CLUSTER, primary, successor, true).steps;

  it('I2: keeps privileged writers out too, and is undone when the switchover is given up', () => {
    expect(step?.commands).toEqual([{ kind: 'set-read-only', readOnly: true, superReadOnly: true }]);
    expect(step?.undo).toEqual([{ kind: 'set-read-only', readOnly: false, superReadOnly: false }]);
    expect(step?.precondition).toEqual({ kind: 'read-only', readOnly: false });
    expect(step?.postcondition).toEqual({ kind: 'read-only', readOnly: true });
  });
});

describe('taking over', () => {
  const plan = planTakeover({
    clusterName: TEST_CLUSTER,
    demoted: primary,
    successor,
    demotedGtid: trx('1-20'),
    catchUpSeconds: 3,
    useSuperReadOnly: true,
    startsOld: true,
    semiSync: { kind: 'as-it-is' },
    primaryVariables: NO_VARIABLES,
  });

  it('I2: waits for all that the demoted primary has before anything else', () => {
    const drain = stepOf(plan, `drain ${key(22294)}`);
    expect(drain.commands).toEqual([{ kind: 'wait-for-gtid', gtid: trx('1-20'), timeoutSeconds: 3 }]);
    expect(drain.precondition).toEqual({ kind: 'replicates-from', source: at(22293) });
    expect(drain.deadlineMillis).toBeGreaterThan(3_000);
  });

  it('E5: then forgets its source and becomes writable, in that order', () => {
    const promote = stepOf(plan, `promote ${key(22294)}`);
    expect(promote.dependsOn).toEqual([`drain ${key(22294)}`]);
    expect(promote.commands.map(({ kind }) => kind)).toEqual(['forget-source', 'set-read-only']);
    expect(promote.commands[1]).toMatchObject({ readOnly: false });
    expect(plan.prediction.promoted).toEqual(at(22294));
  });

  it('E2, E4: waits for acknowledgements and has the variables of a primary before it becomes writable, where it is to', () => {
    const waiting = planTakeover({
      clusterName: TEST_CLUSTER,
      demoted: primary,
      successor,
      demotedGtid: trx('1-20'),
      catchUpSeconds: 3,
      useSuperReadOnly: true,
      startsOld: true,
      semiSync: { kind: 'switched-on', text: '' },
      primaryVariables: new Map([['event_scheduler', 'ON']]),
    });
    const { commands } = stepOf(waiting, `promote ${key(22294)}`);
    expect(commands.map(({ kind }) => kind)).toEqual([
      'forget-source',
      'set-semi-sync-source',
      'set-variable',
      'set-read-only',
    ]);
    expect(commands[2]).toEqual({ kind: 'set-variable', name: 'event_scheduler', value: 'ON' });
  });

  it('is not planned with GTIDs that nobody can read', () => {
    const facts = {
      clusterName: TEST_CLUSTER,
      demoted: primary,
      successor,
      catchUpSeconds: 3,
      useSuperReadOnly: true,
      startsOld: true,
      semiSync: { kind: 'as-it-is' } as const,
      primaryVariables: NO_VARIABLES,
    };
    expect(() => planTakeover({ ...facts, demotedGtid: 'nonsense' })).toThrow('nonsense');
  });
});

describe('the old primary', () => {
  const credentials = { user: 'repl', password: 'secret' };
  const tls = { ...NO_REPLICATION_TLS, caFile: '/etc/ca.pem', getSourcePublicKey: true };
  const receiverOptions = { ...NO_RECEIVER_OPTIONS, heartbeatPeriodMillis: 1_500, connectRetrySeconds: 7 };
  const reaching = sampleReplica(22294, 22293, { allowTls: true, replicationTls: tls, receiverOptions });
  const factsOf = (demoted: Instance, start = true): OldPrimaryFacts => {
    return { clusterName: TEST_CLUSTER, demoted, successor: reaching, start, replicaVariables: NO_VARIABLES };
  };
  const planned = (start: boolean) => {
    const [step] = planOldPrimaryFollows(factsOf(primary, start), credentials).steps;
    if (step === undefined) throw new Error('one step');
    return step;
  };

  it('I4: reaches the new one as the new one reached it, with the credentials given', () => {
    expect(planned(true).commands).toMatchObject([
      {
        kind: 'follow',
        options: {
          source: at(22294),
          allowTls: true,
          tls,
          receiver: receiverOptions,
          credentials,
          place: { stateMethod: true },
        },
      },
      { kind: 'start-replication' },
    ]);
    expect(planned(true).precondition).toEqual({ kind: 'read-only', readOnly: true });
  });

  it('is not started where nobody asked for it', () => {
    expect(planned(false).commands.map(({ kind }) => kind)).toEqual(['follow']);
    expect(planned(false).postcondition).toMatchObject({ running: false });
  });

  it('D16: waits for no acknowledgements any more when it is to apply what others wrote', () => {
    const waited = { ...primary, semiSync: { ...primary.semiSync, sourceEnabled: true } };
    const [step] = planOldPrimaryFollows(factsOf(waited), credentials).steps;
    expect(step?.commands.map(({ kind }) => kind)).toEqual(['set-semi-sync-source', 'follow', 'start-replication']);
    expect(step?.commands[0]).toMatchObject({ enabled: false });
  });

  it('E4: is given the variables of a replica once it follows', () => {
    const facts = { ...factsOf(primary), replicaVariables: new Map([['event_scheduler', 'OFF']]) };
    const [step] = planOldPrimaryFollows(facts, credentials).steps;
    expect(step?.commands.map(({ kind }) => kind)).toEqual(['follow', 'start-replication', 'set-variable']);
    expect(step?.commands[2]).toEqual({ kind: 'set-variable', name: 'event_scheduler', value: 'OFF' });
  });

  it('D1: counts its own writes on MariaDB', () => {
    const mariadb = sampleServer(22293, atPosition('0-22293-9'));
    const [step] = planOldPrimaryFollows(factsOf(mariadb), credentials).steps;
    expect(step?.commands[0]).toMatchObject({ options: { place: { method: 'current-pos' } } });
  });
});
