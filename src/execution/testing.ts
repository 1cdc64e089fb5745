/** For tests of plans: servers that do what they are told, fail, or answer too late, and a clock that goes on when somebody sleeps. */
import { blankInstance } from '../model/blank-instance.ts';
import { clusterName, millis, unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { NOTHING_PREDICTED, type Plan, type PlanStep, stepId } from '../planning/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimResult, CommandResult, ObserveResult, TopologyServers } from '../ports/topology-servers.ts';
import type { PlanRunnerOptions } from './runner-options.ts';

export const at = (port: number): InstanceKey => ({ hostname: 'db', port });
export const LOST: ServerFailure = { kind: 'timeout', phase: 'answer', text: 'read tcp db: i/o timeout' };

export const REFUSED: ServerFailure = {
  kind: 'refused',
  phase: 'connect',
  text: 'dial tcp db: connect: connection refused',
};

/** Time passes when somebody sleeps. */
export function aClock(): Clock {
  let now = 0;
  return {
    now: () => unixMillis(now),
    monotonic: () => millis(now),
    after: () => ({ cancel: () => {} }),
    sleep: async (delay) => {
      now += delay;
    },
  };
}

/** Servers that obey `set-read-only`; `answers` overrides what a command on a port is answered with. */
export class PretendServers implements TopologyServers {
  readonly told: string[] = [];
  readonly servers = new Map<string, Instance>();
  answers = new Map<number, 'lost-but-done' | 'lost' | 'refused'>();

  constructor(...ports: readonly number[]) {
    for (const port of ports) this.servers.set(keyId(at(port)), { ...blankInstance(at(port)), readOnly: true });
  }

  at(port: number): Instance {
    const found = this.servers.get(keyId(at(port)));
    if (found === undefined) throw new Error(`no server at ${port}`);
    return found;
  }

  async observe(key: InstanceKey): Promise<ObserveResult> {
    const instance = this.servers.get(keyId(key));
    return instance === undefined ? { kind: 'failed', failure: LOST } : { kind: 'observed', instance };
  }

  async execute(key: InstanceKey, commands: readonly ServerCommand[]): Promise<CommandResult> {
    const answer = this.answers.get(key.port);
    if (answer === 'lost') return { kind: 'failed', failure: LOST, completed: 0, mayStillLand: false };
    if (answer === 'refused') return { kind: 'failed', failure: REFUSED, completed: 0, mayStillLand: false };
    for (const command of commands) {
      this.told.push(
        `${key.port} ${command.kind === 'set-read-only' ? `read-only ${command.readOnly}` : command.kind}`,
      );
      if (command.kind === 'set-read-only') {
        this.servers.set(keyId(key), { ...this.at(key.port), readOnly: command.readOnly });
      }
    }
    if (answer === 'lost-but-done') return { kind: 'failed', failure: LOST, completed: 0, mayStillLand: false };
    return { kind: 'done', instance: this.at(key.port), refused: [] };
  }

  async claim(): Promise<ClaimResult> {
    return { kind: 'claimed', isReadOnly: true, wasTaken: false, release: async () => {} };
  }

  async replicationCredentials(): Promise<null> {
    return null;
  }
}

export const readOnly = (value: boolean): ServerCommand => ({
  kind: 'set-read-only',
  readOnly: value,
  superReadOnly: false,
});

export function step(port: number, change: Partial<PlanStep> = {}): PlanStep {
  return {
    id: stepId(`step ${port}`),
    server: at(port),
    commands: [readOnly(false)],
    dependsOn: [],
    precondition: { kind: 'none' },
    postcondition: { kind: 'read-only', readOnly: false },
    deadlineMillis: 100,
    undo: [readOnly(true)],
    onFailure: 'abort',
    effect: 'it is writable',
    ...change,
  };
}

export function aPlan(...steps: readonly PlanStep[]): Plan {
  return {
    intent: { kind: 'relocate', below: at(1) },
    clusterName: clusterName('c'),
    steps,
    prediction: NOTHING_PREDICTED,
  };
}

export function aRunner(servers: PretendServers, change: Partial<PlanRunnerOptions> = {}) {
  const journal: string[] = [];
  const options: PlanRunnerOptions = {
    servers,
    clock: aClock(),
    journal: async ({ id }, phase) => {
      journal.push(`${id}: ${phase}`);
    },
    mayGoOn: () => true,
    ...change,
  };
  return { journal, options };
}
