/**
 * Calls that change something beside recoveries and operations: looking at servers, forgetting them, downtime, locks and rules. What was done is audited
 * (spec/topology-operations.md 3.13).
 */
import type { Discovery } from '../discovery/discovery.ts';
import type { Picture } from '../discovery/picture.ts';
import { isUnwanted } from '../discovery/prober.ts';
import { type Seconds, type UnixMillis, unixMillis } from '../model/brand.ts';
import { instanceKeyText, isValidKey } from '../model/instance-key.ts';
import { parsePromotionRule } from '../model/promotion-rule.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import type { StoreBackend } from '../store/index.ts';
import { audit } from './audit.ts';
import { type DecisionCalls, type DiscoveryCalls, ok, refused } from './calls.ts';
import type { Decisions } from './decisions.ts';
import type { Forgetting } from './forgetting.ts';

export interface ChangeParts {
  readonly picture: Picture;
  readonly discovery: Discovery;
  readonly decisions: Decisions;
  readonly backend: StoreBackend;
  readonly ports: RecoveryPorts;
  readonly identity: NodeIdentity;
  readonly forgetting: Forgetting;
}

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
