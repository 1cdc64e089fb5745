// A fleet on which operations are planned and run step by step, with nothing of a node around them: what the planners say is what the servers get.

import { runPlan } from '../../../src/execution/plan-runner.ts';
import { type PlanRunnerOptions, Sightings } from '../../../src/execution/runner-options.ts';
import { undoPlan } from '../../../src/execution/undo-plan.ts';
import { unixMillis } from '../../../src/model/brand.ts';
import { errantGtidSet } from '../../../src/model/errant-gtid.ts';
import type { Instance } from '../../../src/model/instance.ts';
import { type InstanceKey, sameKey } from '../../../src/model/instance-key.ts';
import type { ServerCommand } from '../../../src/model/server-command.ts';
import { Topology } from '../../../src/model/topology.ts';
import type { StepCommand } from '../../../src/planning/deferred-command.ts';
import type { OperationFacts } from '../../../src/planning/operations/operation-facts.ts';
import type { OperationPlan, OperationStep } from '../../../src/planning/operations/operation-plan.ts';
import type { OperationRequest } from '../../../src/planning/operations/operation-request.ts';
import { planOperation } from '../../../src/planning/operations/plan-operation.ts';
import { TEST_RULES } from '../../../src/planning/operations/testing.ts';
import { NOTHING_PREDICTED, type Plan } from '../../../src/planning/plan.ts';
import type {
  ClaimResult,
  CommandResult,
  ObserveResult,
  TopologyServers,
} from '../../../src/ports/topology-servers.ts';
import { replicationAccount } from '../../../src/sandbox/accounts.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { systemClock } from '../../../src/service/system-clock.ts';
import { COMMAND_TIMEOUTS, keyOf, linkTo, TIMEOUTS, type World } from './server-world.ts';

export class PlannedWorld implements TopologyServers {
  readonly topology = new Topology();
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  async observe(key: InstanceKey): Promise<ObserveResult> {
    const link = linkTo(key);
    const result = await link.probe(TIMEOUTS);
    link.close();
    if (result.kind === 'failed') return { kind: 'failed', failure: result.failure };
    const now = unixMillis(systemClock.now());
    const { instance } = result.facts;
    this.topology.put({ ...instance, lastChecked: now, lastAttemptedCheck: now, lastSeen: now });
    return { kind: 'observed', instance: this.seen(key) };
  }

  /** As last read, with what is errant by what was last read of its source. */
  seen(key: InstanceKey): Instance {
    const instance = this.topology.get(key);
    if (instance === undefined) throw new Error(`${key.port} was never read`);
    const source = instance.sourceKey === null ? undefined : this.topology.get(instance.sourceKey);
    this.topology.put({ ...instance, gtidErrant: errantGtidSet(instance, source) });
    return this.topology.get(key) ?? instance;
  }

  async execute(key: InstanceKey, commands: readonly ServerCommand[]): Promise<CommandResult> {
    const link = linkTo(key);
    const result = await link.execute(commands, this.world.dialect, COMMAND_TIMEOUTS);
    link.close();
    if (result.kind === 'failed') return result;
    const seen = await this.observe(key);
    return { kind: 'done', instance: seen.kind === 'observed' ? seen.instance : null, refused: result.refused };
  }

  async claim(): Promise<ClaimResult> {
    return { kind: 'claimed', isReadOnly: true, wasTaken: false, release: async () => {} };
  }

  async replicationCredentials(): Promise<null> {
    return null;
  }

  /** The primary first: what is errant is told by what its source has. */
  async look(): Promise<void> {
    for (const server of this.world.fleet.servers) await this.observe(keyOf(server));
  }

  async facts(): Promise<OperationFacts> {
    await this.look();
    return {
      topology: this.topology,
      now: unixMillis(systemClock.now()),
      rules: TEST_RULES,
      read: (key) => (this.world.fleet.servers.some((server) => sameKey(keyOf(server), key)) ? 'read' : null),
      underWay: [],
      equivalences: [],
      credentials: { user: replicationAccount.user, password: replicationAccount.password },
      failedTransaction: '',
    };
  }

  /** Throws where it is refused, or fails: then it is undone first. */
  async operate(request: OperationRequest): Promise<OperationPlan> {
    const result = planOperation(request, await this.facts());
    if (result.kind === 'refused') throw new Error(`${result.code}: ${result.text}`);
    const { plan } = result;
    const options: PlanRunnerOptions = {
      servers: this,
      clock: systemClock,
      journal: async () => {},
      mayGoOn: () => true,
      sightings: new Sightings(),
    };
    await runSteps(plan, [...plan.before, ...plan.lanes.flatMap(({ steps }) => steps)], options);
    await runSteps(plan, plan.after, options);
    return plan;
  }

  async sees(server: RunningServer): Promise<Instance> {
    await this.look();
    return this.seen(keyOf(server));
  }
}

async function runSteps(
  { clusterName, lanes }: OperationPlan,
  steps: readonly OperationStep[],
  options: PlanRunnerOptions,
): Promise<void> {
  const [lane] = lanes;
  if (lane === undefined) return;
  const plan: Plan<StepCommand> = {
    intent: { kind: 'relocate', below: lane.server },
    clusterName,
    steps,
    prediction: NOTHING_PREDICTED,
  };
  const end = await runPlan(plan, options).ended;
  if (end.abortedBy === null) return;
  const notUndone = await undoPlan(plan, end, options);
  throw new Error([end.abortedBy.reason, ...notUndone].join('; '));
}
