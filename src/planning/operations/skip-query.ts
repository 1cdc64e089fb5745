/**
 * Passing over the transaction, or the event, at which an applier has stopped with an error (spec/topology-operations.md 3.4, O11). By GTID an empty transaction takes its
 * place: of the transaction at which the applier stands, never of one that is guessed. An empty one with another GTID would take the place of a transaction that is
 * still to come, and that would then never be applied here.
 */
import { count, type GtidSet, gtidSetOf, subtract } from '../../model/gtid-set.ts';
import { explode, gtidSetText, parseGtidSet } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { gtidProgress } from '../gtid-progress.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import { firstOf, notAReplica, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, type OperationStep, refuse } from './operation-plan.ts';
import type { ServerRequest } from './operation-request.ts';
import { severalSourcesRefusal } from './relay-log-hold.ts';
import { NOT_RUNNING, starting } from './replication-threads.ts';
import { semiSyncWarnings } from './semi-sync-before-start.ts';
import { inOrder, step } from './steps.ts';

export function planSkipQuery(
  request: Extract<ServerRequest, { kind: 'skip-query' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const refusal = firstOf(
    notAReplica(instance),
    severalSourcesRefusal(instance),
    noErrorRefusal(instance),
    mariadbGtidRefusal(instance),
  );
  if (refusal !== null) return refusal;
  const skipping = skipStep(instance, facts.failedTransaction);
  if (skipping.kind === 'refused') return skipping;
  const source = instance.sourceKey === null ? undefined : facts.topology.get(instance.sourceKey);
  return planned(request, instance, facts, {
    because: skipping.because,
    lanes: [
      {
        server: instance.key,
        steps: inOrder([skipping.step, starting(instance, facts)]),
        effect: 'it replicates on, behind what it could not apply',
      },
    ],
    warnings: [
      'what is passed over is missing on this server: its data differ from those of its source',
      ...semiSyncWarnings(instance, source, facts),
    ],
    audits: [{ type: 'skip-query', key: instance.key, message: `skipped ${skipping.what}` }],
    failureText: NOT_RUNNING,
  });
}

function noErrorRefusal(instance: Instance): OperationRefusal | null {
  const key = instanceKeyText(instance.key);
  if (instance.applierState !== 'stopped') return refuse('applier-runs', `Replication SQL thread is running on ${key}`);
  const hasError = (instance.evidence?.lastSqlErrorNumber ?? 0) !== 0 || instance.lastSqlError !== '';
  return hasError ? null : refuse('no-sql-error', `No SQL error on ${key}`);
}

function mariadbGtidRefusal(instance: Instance): OperationRefusal | null {
  if (!instance.usingMariadbGtid) return null;
  const text = `${instanceKeyText(instance.key)} is using MariaDB GTID: cannot skip a query. Take away there what stands in its way, with sql_log_bin off, and start replication`;
  return refuse('mariadb-gtid', text);
}

type Skipping =
  | { readonly kind: 'skips'; readonly step: OperationStep; readonly what: string; readonly because: string }
  | OperationRefusal;

function skipStep(instance: Instance, told: string): Skipping {
  const { key } = instance;
  const name = instanceKeyText(key);
  // With GTID mode on the counter is refused, also where a replica goes by file and position.
  if (!instance.usingOracleGtid && instance.gtidMode !== 'ON') {
    const one = step({
      id: stepId(`skip one event on ${name}`),
      server: key,
      commands: [{ kind: 'skip-event' }],
      // Somebody else may have skipped it meanwhile: the next one is not the one that was meant.
      precondition: { kind: 'applied-up-to', coordinates: instance.execCoordinates },
      effect: 'one event is passed over',
    });
    return { kind: 'skips', step: one, what: 'one event', because: `${name} replicates by file and position` };
  }
  const gtid = failedTransaction(instance, told);
  if (gtid.kind === 'refused') return gtid;
  const empty = step({
    id: stepId(`empty transaction ${gtid.gtid} on ${name}`),
    server: key,
    commands: [{ kind: 'inject-empty', gtids: [gtid.gtid] }],
    precondition: { kind: 'executed-exactly', gtid: instance.executedGtidSet },
    effect: `${gtid.gtid} is known there, without its content`,
  });
  return { kind: 'skips', step: empty, what: gtid.gtid, because: gtid.because };
}

type FailedTransaction = { readonly kind: 'known'; readonly gtid: string; readonly because: string } | OperationRefusal;

/**
 * As the server tells it; else the only transaction that can be the next: of what it has received and not executed, where that is of one originator and nothing after
 * the first of it has been executed. Appliers with several workers may have executed later ones before.
 */
function failedTransaction(instance: Instance, told: string): FailedTransaction {
  const name = instanceKeyText(instance.key);
  const progress = gtidProgress(instance);
  if (progress?.family !== 'oracle') return unknownTransaction(name, 'it shows no GTID sets');
  if (told !== '') {
    const known = parseGtidSet(told);
    const isOne = known.kind === 'ok' && count(known.set) === 1;
    if (!isOne || count(subtract(known.set, progress.executed)) === 0) {
      return unknownTransaction(name, `it names ${told}, which it has executed`);
    }
    return { kind: 'known', gtid: gtidSetText(known.set), because: `${name} stands at ${gtidSetText(known.set)}` };
  }
  const waiting = subtract(progress.received, progress.executed);
  const [entry, ...others] = waiting.entries;
  if (entry === undefined) return unknownTransaction(name, 'it shows nothing that it has received and not executed');
  if (others.length > 0) {
    return unknownTransaction(
      name,
      `it has received and not executed those of several originators: ${gtidSetText(waiting)}`,
    );
  }
  const first = entry.bounds[0] ?? 0;
  if (hasExecutedBehind(progress.executed, entry.uuid, entry.tag, first)) {
    return unknownTransaction(name, `it has executed later ones than ${gtidSetText(firstOnly(entry, first))}`);
  }
  const [gtid] = explode(firstOnly(entry, first));
  if (gtid === undefined) return unknownTransaction(name, 'it shows no transaction');
  return { kind: 'known', gtid, because: `${gtid} is the first that ${name} has received and not executed` };
}

const firstOnly = ({ uuid, tag }: GtidSet['entries'][number], first: number): GtidSet =>
  gtidSetOf([{ uuid, tag, bounds: [first, first] }]);

const hasExecutedBehind = (executed: GtidSet, uuid: string, tag: string, number: number): boolean =>
  executed.entries.some((entry) => entry.uuid === uuid && entry.tag === tag && (entry.bounds.at(-1) ?? 0) > number);

function unknownTransaction(name: string, why: string): OperationRefusal {
  return refuse('transaction-unknown', `skip-query: it is not known at which transaction ${name} stands: ${why}`);
}
