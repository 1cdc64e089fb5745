/**
 * Calls that change something beside recoveries: looking at servers, moving and stopping them, downtime, locks and rules. What was done is audited
 * (spec/topology-operations.md 3.13).
 */
import type { Discovery } from '../discovery/discovery.ts';
import type { Picture } from '../discovery/picture.ts';
import { isUnwanted } from '../discovery/prober.ts';
import { millis, type Seconds, type UnixMillis, unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, isValidKey } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import { parsePromotionRule } from '../model/promotion-rule.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import { relocate } from '../recovery/relocation.ts';
import type { StoreBackend } from '../store/index.ts';
import { type DecisionCalls, type DiscoveryCalls, type OperationCalls, type Outcome, ok, refused } from './calls.ts';
import type { Decisions } from './decisions.ts';
import type { Forgetting } from './forgetting.ts';

export interface ChangeParts {
  readonly picture: Picture;
  readonly discovery: Discovery;
  readonly decisions: Decisions;
  readonly backend: StoreBackend;
  readonly recoveries: Recoveries;
  readonly ports: RecoveryPorts;
  readonly identity: NodeIdentity;
  readonly alsoSuperReadOnly: () => boolean;
  readonly forgetting: Forgetting;
}

/** How long a statement of a person may take on a server. Milliseconds. */
const OPERATION_MILLIS = 60_000;

/** For one live read. Milliseconds. */
const LIVE_READ_MILLIS = 15_000;

/** A started replica may take this long until both threads run (spec/recovery.md 2.1 "Start replication"). Milliseconds. */
const START_PATIENCE_MILLIS = 2_000;
const START_LOOK_MILLIS = 50;

export function discoveryCalls(parts: ChangeParts): DiscoveryCalls {
  const { discovery, picture, backend, forgetting } = parts;
  return {
    async discover(key) {
      if (!isValidKey(key)) {
        const text = `ReadTopologyInstance will not act on invalid instance key: ${instanceKeyText(key)}`;
        return refused('invalid-key', text);
      }
      const read = await discovery.discover(key);
      // As if nobody were there (spec/discovery.md 3).
      if (isUnwanted(read)) return ok(null);
      if (read.kind === 'failed') return refused('cannot-read', read.failure.text);
      await backend.flush();
      return ok(read.instance);
    },
    discoverInBackground: (key) => discovery.discoverInBackground(key),
    async refresh(key) {
      const read = await discovery.readAfresh(key);
      return read.kind === 'failed' ? refused('cannot-read', read.failure.text) : ok(read.instance);
    },
    async forget(key) {
      if (!(await forgetting.forget(key))) {
        return refused('not-found', `ForgetInstance(): instance ${instanceKeyText(key)} not found`);
      }
      await audit(parts, 'forget', key, '');
      return ok(key);
    },
    async forgetCluster(name) {
      for (const instance of picture.topology.cluster(name)) await forgetting.forget(instance.key);
      await audit(parts, 'forget', null, name);
      return ok(name);
    },
  };
}

export function operationCalls(parts: ChangeParts): OperationCalls {
  const { picture, recoveries, ports } = parts;
  return {
    async relocate(key, below) {
      const known = picture.topology.get(key);
      if (known === undefined) return refused('not-found', `Error reading ${instanceKeyText(key)}`);
      if (!picture.topology.has(below)) return refused('not-found', `Error reading ${instanceKeyText(below)}`);
      const isDescendant = (child: InstanceKey, of: InstanceKey): boolean =>
        instanceKeyText(child) === instanceKeyText(of) ||
        picture.topology.descendantsOf(of).some((instance) => instanceKeyText(instance.key) === instanceKeyText(child));
      const { clusterName } = known;
      const locked = await withLock(parts, key, `relocate below ${instanceKeyText(below)}`, () =>
        recoveries.alone(clusterName, `relocation of ${instanceKeyText(key)}`, () =>
          relocate({ clusterName, key, below, isDescendant }, ports),
        ),
      );
      if (locked.kind === 'refused') return locked;
      const result = locked.value;
      if (result === null) return refused('busy', `${clusterName} is busy with ${recoveries.busyWith(clusterName)}`);
      if (result.kind === 'refused') return refused(result.code, result.text);
      await audit(parts, 'relocate-below', key, `relocated ${instanceKeyText(key)} below ${instanceKeyText(below)}`);
      return ok(result.instance);
    },
    startReplication: (key) => startReplication(parts, key),
    async stopReplication(key) {
      const read = await liveReplica(parts, key);
      if (read.kind === 'refused') return read;
      return command(parts, key, [{ kind: 'stop-replication' }]);
    },
    async setReadOnly(key, readOnly) {
      const superReadOnly = parts.alsoSuperReadOnly();
      const done = await command(parts, key, [{ kind: 'set-read-only', readOnly, superReadOnly }]);
      if (done.kind === 'ok') await audit(parts, 'read-only', key, `set as ${readOnly}`);
      return done;
    },
  };
}

/** A lock of the contract: one operation a server at a time, also against other processes on the same backend. */
async function withLock<Result>(
  parts: ChangeParts,
  key: InstanceKey,
  reason: string,
  work: () => Promise<Result>,
): Promise<Outcome<Result>> {
  const now = parts.ports.clock.now();
  const lock = { key, owner: 'orchestrator', reason, begin: now, end: unixMillis(now + LOCK_MILLIS) };
  const taken = await parts.backend.beginMaintenance(lock, { node: parts.identity, bounded: false });
  if (taken === null) {
    const cause = `Cannot begin maintenance for instance: ${instanceKeyText(key)}; maintenance reason: ${reason}`;
    return refused('locked', `Cannot begin maintenance on ${instanceKeyText(key)}: ${cause}`);
  }
  try {
    return ok(await work());
  } finally {
    await parts.backend.endMaintenanceById(taken.id, parts.ports.clock.now());
  }
}

/** Longer than any relocation may take; a process that dies leaves a lock that expires with it. */
const LOCK_MILLIS = 600_000;

async function liveReplica(parts: ChangeParts, key: InstanceKey): Promise<Outcome<Instance>> {
  const seen = await parts.ports.servers.observe(key, LIVE_READ_MILLIS);
  if (seen.kind === 'failed') return refused('cannot-read', seen.failure.text);
  if (!isReplica(seen.instance)) return refused('not-a-replica', `instance is not a replica: ${instanceKeyText(key)}`);
  return ok(seen.instance);
}

async function command(
  parts: ChangeParts,
  key: InstanceKey,
  commands: readonly ServerCommand[],
): Promise<Outcome<Instance>> {
  const result = await parts.ports.servers.execute(key, commands, OPERATION_MILLIS);
  if (result.kind === 'failed') return refused('failed', result.failure.text);
  const instance = result.instance ?? parts.picture.topology.get(key);
  return instance === undefined ? refused('not-found', `Instance not found: ${instanceKeyText(key)}`) : ok(instance);
}

async function startReplication(parts: ChangeParts, key: InstanceKey): Promise<Outcome<Instance>> {
  const { clock, servers } = parts.ports;
  const read = await liveReplica(parts, key);
  if (read.kind === 'refused') return read;
  const started = await command(parts, key, [{ kind: 'start-replication' }]);
  if (started.kind === 'refused') return started;
  const until = clock.monotonic() + START_PATIENCE_MILLIS;
  for (let instance = started.value; ; ) {
    if (instance.receiverState === 'running' && instance.applierState === 'running') return ok(instance);
    if (clock.monotonic() > until) return refused('not-running', 'Replication not running');
    await clock.sleep(millis(START_LOOK_MILLIS));
    const seen = await servers.observe(key, LIVE_READ_MILLIS);
    if (seen.kind === 'failed') return refused('cannot-read', seen.failure.text);
    instance = seen.instance;
  }
}

export function decisionCalls(parts: ChangeParts): DecisionCalls {
  const { decisions, backend, ports, identity } = parts;
  const period = (duration: Seconds): { readonly begin: UnixMillis; readonly end: UnixMillis } => {
    const begin = ports.clock.now();
    return { begin, end: unixMillis(begin + duration * 1000) };
  };
  return {
    async beginDowntime(key, owner, reason, duration) {
      const downtime = { key, owner, reason, ...period(duration) };
      await decisions.beginDowntime(downtime);
      await audit(parts, 'begin-downtime', key, `owner: ${owner}, reason: ${reason}`);
      return ok(downtime);
    },
    async endDowntime(key) {
      const existed = await decisions.endDowntime(key);
      if (existed) await audit(parts, 'end-downtime', key, '');
      return ok(existed);
    },
    async beginMaintenance(key, owner, reason, duration) {
      const lock = await decisions.beginMaintenance({ key, owner, reason, ...period(duration) }, identity);
      if (lock === null) {
        const text = `Cannot begin maintenance for instance: ${instanceKeyText(key)}; maintenance reason: ${reason}`;
        return refused('locked', text);
      }
      await audit(parts, 'begin-maintenance', key, `maintenanceToken: ${lock.id}, owner: ${owner}, reason: ${reason}`);
      return ok(lock);
    },
    async endMaintenance(key) {
      const ended = await decisions.endMaintenance(key, ports.clock.now());
      if (ended) await audit(parts, 'end-maintenance', key, '');
      return ok(ended);
    },
    async endMaintenanceById(id) {
      const now = ports.clock.now();
      const lock = (await backend.loadMaintenance()).find((candidate) => candidate.id === id);
      const ended = await decisions.endMaintenanceById(id, now);
      if (ended) await audit(parts, 'end-maintenance', lock?.key ?? null, `maintenanceToken: ${id}`);
      return ok(ended);
    },
    async maintenance() {
      const locks = await backend.loadMaintenance();
      const now = ports.clock.now();
      return locks.filter((lock) => lock.end > now);
    },
    async registerCandidate(key, rule) {
      const parsed = parsePromotionRule(rule);
      if (parsed.kind === 'refused') return refused('invalid-rule', parsed.reason);
      await decisions.registerCandidate({ key, rule: parsed.rule, lastSuggested: ports.clock.now() });
      await audit(parts, 'register-candidate', key, parsed.rule);
      return ok(key);
    },
  };
}

export async function audit(
  parts: Pick<ChangeParts, 'picture' | 'ports'>,
  type: string,
  key: InstanceKey | null,
  message: string,
): Promise<void> {
  const clusterName = key === null ? '' : (parts.picture.topology.get(key)?.clusterName ?? '');
  await parts.ports.store.appendAudit({ at: parts.ports.clock.now(), type, key, clusterName, message });
}
