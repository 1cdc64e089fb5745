/** Plans against servers that do what they are told, fail, or answer too late. */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import { type Plan, type PlanStep, stepId } from '../planning/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommandResult } from '../ports/topology-servers.ts';
import { hasTouched, wasSent } from './plan-end.ts';
import { runPlan } from './plan-runner.ts';
import { Sightings } from './runner-options.ts';
import { aPlan, aRunner, at, LOST, PretendServers, step } from './testing.ts';
import { undoPlan } from './undo-plan.ts';

describe('running a plan', () => {
  it('journals each step before it begins and when it has ended', async () => {
    const servers = new PretendServers(1);
    const { journal, options } = aRunner(servers);
    const end = await runPlan(aPlan(step(1)), options).ended;
    expect(end.abortedBy).toBeNull();
    expect(journal).toEqual(['step 1: intended', 'step 1: done']);
    expect(servers.told).toEqual(['1 read-only false']);
  });

  it('begins a step when all it depends on is done, and skips it when one failed', async () => {
    const servers = new PretendServers(1, 2, 3);
    servers.answers.set(2, 'lost');
    const { options } = aRunner(servers);
    const plan = aPlan(
      step(1),
      step(2, { dependsOn: [stepId('step 1')] }),
      step(3, { dependsOn: [stepId('step 1'), stepId('step 2')] }),
    );
    const end = await runPlan(plan, options).ended;
    expect([...end.results.values()].map((result) => result.kind)).toEqual(['done', 'failed', 'skipped']);
    expect(end.abortedBy?.step.id).toBe('step 2');
    expect(servers.told).toEqual(['1 read-only false']);
  });

  it('a server that does not let anybody in was not touched: there is nothing to undo', async () => {
    const servers = new PretendServers(1, 2);
    servers.answers.set(1, 'refused').set(2, 'lost');
    const end = await runPlan(aPlan(step(1), step(2)), aRunner(servers).options).ended;
    expect([...end.results.values()].map((result) => [wasSent(result), hasTouched(result)])).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  it('D12: an answer that was lost counts as done when the server shows the effect', async () => {
    const servers = new PretendServers(1);
    servers.answers.set(1, 'lost-but-done');
    const end = await runPlan(aPlan(step(1)), aRunner(servers).options).ended;
    expect(end.results.get(stepId('step 1'))?.kind).toBe('done');
  });

  it('a command that was answered well and had no effect has failed', async () => {
    const servers = new PretendServers(1);
    const stubborn = step(1, { commands: [{ kind: 'start-applier' }] });
    const end = await runPlan(aPlan(stubborn), aRunner(servers).options).ended;
    expect(end.abortedBy?.reason).toBe('db:1 is read-only');
  });

  it('does nothing to a server whose precondition does not hold any more', async () => {
    const servers = new PretendServers(1);
    const wrong = step(1, { precondition: { kind: 'replicates-from', source: at(9) } });
    const { journal, options } = aRunner(servers);
    const end = await runPlan(aPlan(wrong), options).ended;
    expect(end.abortedBy?.reason).toBe('db:1 does not replicate from db:9 any more');
    expect(servers.told).toEqual([]);
    expect(journal).toEqual(['step 1: failed']);
  });

  it('a failure that only loses its server does not give the plan up', async () => {
    const servers = new PretendServers(1, 2);
    servers.answers.set(1, 'lost');
    const plan = aPlan(step(1, { onFailure: 'lose-server' }), step(2));
    const end = await runPlan(plan, aRunner(servers).options).ended;
    expect(end.abortedBy).toBeNull();
    expect(end.results.get(stepId('step 1'))?.kind).toBe('failed');
    expect(end.results.get(stepId('step 2'))?.kind).toBe('done');
  });

  it('K4: nothing is done that could not be journaled first', async () => {
    const servers = new PretendServers(1);
    const { options } = aRunner(servers, { journal: () => Promise.reject(new Error('disk full')) });
    const end = await runPlan(aPlan(step(1)), options).ended;
    expect(end.abortedBy?.reason).toBe('disk full');
    expect(servers.told).toEqual([]);
  });

  it('no step begins once this node may not act any more', async () => {
    const servers = new PretendServers(1);
    const end = await runPlan(aPlan(step(1)), aRunner(servers, { mayGoOn: () => false }).options).ended;
    expect(end.results.get(stepId('step 1'))?.kind).toBe('skipped');
    expect(servers.told).toEqual([]);
  });

  it('waits for a receiver that is connecting, and not for one that stopped', async () => {
    const servers = new PretendServers(1);
    const following = { sourceKey: at(9), applierState: 'running' } as const;
    const postcondition = { kind: 'replicates-from', source: at(9), running: true } as const;
    const connecting = { ...servers.at(1), ...following, receiverState: 'other' } as const;
    servers.servers.set(keyId(at(1)), connecting);
    const { options } = aRunner(servers);
    const clock = options.clock;
    const connects: Clock = {
      ...clock,
      sleep: async (delay) => {
        await clock.sleep(delay);
        servers.servers.set(keyId(at(1)), { ...connecting, receiverState: 'running' });
      },
    };
    const quiet = step(1, { commands: [{ kind: 'start-replication' }], postcondition });
    const end = await runPlan(aPlan(quiet), { ...options, clock: connects }).ended;
    expect(end.abortedBy).toBeNull();

    servers.servers.set(keyId(at(1)), { ...connecting, receiverState: 'stopped' });
    const stopped = await runPlan(aPlan(quiet), options).ended;
    expect(stopped.abortedBy?.reason).toContain('receiver stopped');
  });
});

describe('D15: a step that stops a receiver and waits for what it has received', () => {
  const log = (position: number) => ({ file: 'bin.000001', pos: position, type: 'binary' }) as const;
  const drain = (attempts: number): PlanStep =>
    step(1, {
      commands: [{ kind: 'stop-receiver' }],
      postcondition: { kind: 'drained' },
      undo: [{ kind: 'start-receiver' }],
      patienceMillis: 30_000,
      attempts,
    });

  /** MariaDB: it does not tell that its relay log ends with half a transaction; so often its receiver stops in the middle of one. */
  class HalfReceived extends PretendServers {
    halves = 1;
    override async execute(key: InstanceKey, commands: readonly ServerCommand[]): Promise<CommandResult> {
      for (const { kind } of commands) {
        this.told.push(kind);
        if (kind === 'stop-receiver') this.halves -= 1;
      }
      const receiverState = this.told.at(-1) === 'stop-receiver' ? 'stopped' : 'running';
      const execCoordinates = log(this.halves >= 0 ? 90 : 100);
      const now = { receiverState, applierState: 'running', readCoordinates: log(100), execCoordinates } as const;
      this.servers.set(keyId(key), { ...this.at(key.port), ...now });
      return { kind: 'done', instance: this.at(key.port), refused: [] };
    }
  }

  it('stops it once more where nothing is applied for a second: it had half a transaction', async () => {
    const servers = new HalfReceived(1);
    const { options } = aRunner(servers);
    const end = await runPlan(aPlan(drain(20)), options).ended;
    expect(end.abortedBy).toBeNull();
    expect(servers.told).toEqual(['stop-receiver', 'start-receiver', 'stop-receiver']);
    expect(options.clock.monotonic()).toBeLessThan(2_000);
  });

  it('gives one that is at a long transaction all of its time', async () => {
    const servers = new HalfReceived(1);
    servers.halves = 99;
    const { options } = aRunner(servers);
    const end = await runPlan(aPlan(drain(20)), options).ended;
    expect(end.abortedBy?.reason).toContain('has not applied all that it has received');
    expect(servers.told.filter((kind) => kind === 'stop-receiver')).toHaveLength(5);
    expect(options.clock.monotonic()).toBeGreaterThan(30_000);
  });
});

describe('a step that takes errant transactions out of a record', () => {
  const ALL = 'a:1-10,b:1-2';
  const STOP = stepId('stop');
  const errant = { errant: 'b:1-2', after: STOP };

  /** One whose record a reset empties; setting it fails so many times. */
  class RecordKeeper extends PretendServers {
    failures = 0;
    override async execute(key: InstanceKey, commands: readonly ServerCommand[]): Promise<CommandResult> {
      const put = (executedGtidSet: string, gtidErrant = ''): Map<string, Instance> =>
        this.servers.set(keyId(key), { ...this.at(key.port), executedGtidSet, gtidErrant });
      for (const [completed, command] of commands.entries()) {
        this.told.push(command.kind);
        if (command.kind === 'reset-binary-logs') put('');
        if (command.kind !== 'set-gtid-purged') continue;
        this.failures -= 1;
        if (this.failures >= 0) return { kind: 'failed', failure: LOST, completed, mayStillLand: false };
        put(command.gtid);
      }
      return { kind: 'done', instance: this.at(key.port), refused: [] };
    }
  }

  function anErrantServer(failures: number) {
    const servers = new RecordKeeper(1);
    servers.failures = failures;
    const stood = { receiverState: 'stopped', applierState: 'stopped' } as const;
    servers.servers.set(keyId(at(1)), { ...servers.at(1), ...stood, executedGtidSet: ALL, gtidErrant: 'b:1-2' });
    return servers;
  }

  const plan: Plan<StepCommand> = {
    ...aPlan(),
    steps: [
      {
        ...step(1),
        id: STOP,
        commands: [{ kind: 'stop-replication' }],
        postcondition: { kind: 'threads', receiver: 'stopped', applier: 'stopped' },
        undo: [
          { kind: 'start-if-recorded', commands: [{ kind: 'start-replication' }], errant: errant.errant, stood: STOP },
        ],
      },
      {
        ...step(1),
        id: stepId('forget'),
        commands: [{ kind: 'forget-errant', errant: errant.errant, stood: STOP }],
        dependsOn: [STOP],
        precondition: { kind: 'errant-exactly', gtid: errant.errant },
        postcondition: { kind: 'executed-without', ...errant },
        attempts: 5,
        undo: [],
      },
    ],
  };

  it('O35: writes down what is to be counted before it deletes, and counts it', async () => {
    const servers = anErrantServer(0);
    const lines: string[] = [];
    const { options } = aRunner(servers, {
      journal: async (_, phase, detail) => void lines.push(`${phase}: ${detail}`),
    });
    const end = await runPlan(plan, options).ended;
    expect(end.abortedBy).toBeNull();
    expect(servers.at(1).executedGtidSet).toBe('a:1-10');
    expect(lines).toContain('intended: delete all binary logs, count as executed: a:1-10');
  });

  it('O35: what could not be counted after the deletion is tried again, without a second deletion', async () => {
    const servers = anErrantServer(2);
    const end = await runPlan(plan, aRunner(servers).options).ended;
    expect(end.abortedBy).toBeNull();
    expect(servers.told.filter((kind) => kind === 'reset-binary-logs')).toHaveLength(1);
    expect(servers.at(1).executedGtidSet).toBe('a:1-10');
  });

  it('O35: where it fails for good, the error and the undo name the value, and the server is not started', async () => {
    const servers = anErrantServer(99);
    const { options } = aRunner(servers, { sightings: new Sightings() });
    const end = await runPlan(plan, options).ended;
    const forgot = end.results.get(stepId('forget'));
    expect(forgot).toMatchObject({ kind: 'failed', effect: 'seen' });
    expect(end.abortedBy?.reason).toContain('a:1-10');
    const [undone] = await undoPlan(plan, end, options);
    expect(undone).toContain('counts as executed: a:1-10');
    expect(servers.told).not.toContain('start-replication');
  });

  it('O35: of a step that was cut in its middle, what is left is named', async () => {
    const servers = anErrantServer(99);
    const once = { ...plan, steps: plan.steps.map((one) => ({ ...one, attempts: 1 })) };
    const end = await runPlan(once, aRunner(servers).options).ended;
    expect(end.abortedBy?.reason).toBe(`${LOST.text}; not done: count as executed: a:1-10`);
  });

  it('O35: a set that has changed meanwhile is left alone', async () => {
    const servers = anErrantServer(0);
    servers.servers.set(keyId(at(1)), { ...servers.at(1), gtidErrant: 'b:1-3' });
    const end = await runPlan(plan, aRunner(servers).options).ended;
    expect(end.abortedBy?.reason).toBe('what is errant on db:1 has changed meanwhile: b:1-3');
    expect(servers.told).toEqual(['stop-replication']);
  });
});
