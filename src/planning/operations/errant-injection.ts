/**
 * Empty transactions with the GTIDs that are errant on one server, written on the primary of its cluster (spec/topology-operations.md 3.7, O36): everybody else counts them as executed then,
 * without their content. In batches: each is one command on one session.
 */
import { count, subtract } from '../../model/gtid-set.ts';
import { explode, gtidSetText, parseGtidSet } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { compareKeys, type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { ERRANT_GONE_MILLIS, INJECT_BATCH_MILLIS } from '../deadlines.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import { type ErrantOperation, errantOf, wontOperate } from './errant-rules.ts';
import { unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlanResult, OperationRefusal, OperationStep } from './operation-plan.ts';
import type { ServerRequest } from './operation-request.ts';
import { inOrder, step } from './steps.ts';

const OPERATION: ErrantOperation = 'gtid-errant-inject-empty';

/** Transactions a command. Three statements of some 60 letters each: far below what a server takes in one packet (4 MiB by default on the oldest). */
export const INJECT_BATCH_TRANSACTIONS = 1_000;

/** Transactions an operation. Each is a write to the disk of the primary and of every replica: millions would take hours. */
export const INJECT_TRANSACTIONS_MAX = 50_000;

export function planErrantInjection(
  request: Extract<ServerRequest, { kind: 'gtid-errant-inject-empty' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const found = errantOf(instance, OPERATION, request.errant);
  if (found.kind === 'refused') return found;
  const chosen = primaryFor(instance, facts);
  if (chosen.kind === 'refused') return chosen;
  const { primary } = chosen;
  const executed = parseGtidSet(primary.executedGtidSet);
  const missing = executed.kind === 'ok' ? subtract(found.set, executed.set) : found.set;
  const transactions = count(missing);
  if (transactions > INJECT_TRANSACTIONS_MAX) {
    const why = `${transactions} transactions are more than ${INJECT_TRANSACTIONS_MAX} at once: take them out of its own record instead (gtid-errant-reset-master)`;
    return wontOperate(OPERATION, instance, 'too-many-errant', why);
  }
  const look = unchanged(instance);
  const target = instanceKeyText(primary.key);
  return planned(request, instance, facts, {
    because: `${target} is the writable primary of its cluster`,
    before: [look],
    lanes: [
      {
        server: primary.key,
        steps: inOrder(batches([...explode(missing)], primary.key), [look.id]),
        effect: `it has ${transactions} empty transactions`,
      },
    ],
    after: [notErrant(instance, gtidSetText(found.set))],
    warnings: [`what ${gtidSetText(found.set)} changed stays changed on ${instanceKeyText(instance.key)} alone`],
    audits: [
      {
        type: OPERATION,
        key: instance.key,
        message: `injected ${transactions} empty transactions on cluster master ${target}`,
      },
    ],
  });
}

type PrimaryFound = { readonly kind: 'found'; readonly primary: Instance } | OperationRefusal;

/** The writable server at the top, the highest first; of co-primaries the other one. */
function primaryFor(instance: Instance, facts: OperationFacts): PrimaryFound {
  const why = (code: string, text: string) => wontOperate(OPERATION, instance, code, text);
  const writable = facts.topology
    .cluster(instance.clusterName)
    .filter((one) => !one.readOnly && (one.replicationDepth === 0 || one.isCoPrimary))
    .sort((one, other) => one.replicationDepth - other.replicationDepth || compareKeys(one.key, other.key));
  const primary = writable.find(({ key }) => !sameKey(key, instance.key));
  if (primary === undefined) {
    // Empty ones, written where the others are, would be passed over.
    return writable.length > 0
      ? why(
          'is-primary',
          'it is the only writeable master of its cluster: what it has reaches the others by replication',
        )
      : why('no-primary', 'its cluster has no writeable master');
  }
  const name = instanceKeyText(primary.key);
  if (!primary.supportsOracleGtid)
    return why('no-gtid', `the master of its cluster, ${name}, is not using oracle-gtid`);
  const read = facts.read(primary.key);
  if (read !== null && read !== 'read')
    return why('cannot-read', `the master of its cluster, ${name}, does not answer`);
  return { kind: 'found', primary };
}

/** A set that grows meanwhile would be injected in part: somebody is writing there, and has to be found first. */
const unchanged = (instance: Instance): OperationStep =>
  step({
    id: stepId(`see what is errant on ${instanceKeyText(instance.key)}`),
    server: instance.key,
    precondition: { kind: 'errant-exactly', gtid: instance.gtidErrant },
    effect: 'nothing else is errant than what was decided about',
  });

const notErrant = (instance: Instance, gtid: string): OperationStep =>
  step({
    id: stepId(`see that none of these is errant on ${instanceKeyText(instance.key)} any more`),
    server: instance.key,
    postcondition: { kind: 'not-errant', gtid },
    patienceMillis: ERRANT_GONE_MILLIS,
    onFailure: 'note',
    effect: 'none of these is errant any more',
  });

function batches(gtids: readonly string[], primary: InstanceKey): readonly OperationStep[] {
  const steps: OperationStep[] = [];
  for (let from = 0; from < gtids.length; from += INJECT_BATCH_TRANSACTIONS) {
    steps.push(batch(gtids.slice(from, from + INJECT_BATCH_TRANSACTIONS), from, primary));
  }
  return steps;
}

function batch(gtids: readonly string[], from: number, primary: InstanceKey): OperationStep {
  const parsed = parseGtidSet(gtids.join(','));
  if (parsed.kind === 'refused') throw new Error(`an exploded set cannot be read: ${parsed.reason}`);
  return step({
    id: stepId(`empty transactions ${from + 1} to ${from + gtids.length} on ${instanceKeyText(primary)}`),
    server: primary,
    commands: [{ kind: 'inject-empty', gtids }],
    // One that has been demoted meanwhile would get errant transactions of its own.
    precondition: { kind: 'read-only', readOnly: false },
    postcondition: { kind: 'executed', gtid: gtidSetText(parsed.set) },
    deadlineMillis: INJECT_BATCH_MILLIS,
    effect: `${gtids.length} empty transactions are written`,
  });
}
