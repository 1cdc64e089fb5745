/** The source of a server replicates from it (spec/topology-operations.md 3.6, O27). */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { isLastCheckValid, isReplica, usesGtid } from '../../model/instance-status.ts';
import type { ServerCommand } from '../../model/server-command.ts';
import { withFilesOf } from '../credential-files.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import {
  cannotMove,
  cannotMoveAtAll,
  cannotReplicatePlainly,
  firstOf,
  groupSecondaryRefusal,
  replicaAndSource,
} from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, type OperationStep, refuse } from './operation-plan.ts';
import type { MoveRequest } from './operation-request.ts';
import { semiSyncBeforeStart } from './semi-sync-before-start.ts';
import { backByOwnWay, follow, inOrder, reach, standStill, start, step } from './steps.ts';

export function planMakeCoMaster(
  request: Extract<MoveRequest, { kind: 'make-co-master' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const pair = replicaAndSource(request.key, facts);
  if (pair.kind === 'refused') return pair;
  const { instance, source } = pair;
  const refusal = coMasterRefusal(instance, source, facts);
  if (refusal !== null) return refusal;
  const [i, m] = [instanceKeyText(instance.key), instanceKeyText(source.key)];
  const method = usesGtid(instance) ? 'gtid' : 'file-position';
  return planned(request, instance, facts, {
    method,
    because: usesGtid(instance)
      ? `${i} replicates by GTID`
      : `${i} is read-only: its binary log ends where nothing of its own begins`,
    locks: [source.key],
    lanes: [{ server: instance.key, steps: coMasterSteps(instance, source, facts), effect: `${m} replicates from it` }],
    moves: [{ key: source.key, from: isReplica(source) ? source.sourceKey : null, to: instance.key, method }],
    warnings: isReplica(source)
      ? [`${m} no longer replicates from ${source.sourceKey === null ? '' : instanceKeyText(source.sourceKey)}`]
      : [],
    audits: [{ type: 'make-co-master', key: instance.key, message: `${i} made co-master of ${m}` }],
  });
}

function coMasterRefusal(instance: Instance, source: Instance, facts: OperationFacts): OperationRefusal | null {
  const [i, m] = [instanceKeyText(instance.key), instanceKeyText(source.key)];
  return firstOf(
    cannotMove(instance, facts),
    groupSecondaryRefusal(instance, 'MakeCoMaster'),
    cannotMoveAtAll(source, facts),
    isReplica(source) && sameKey(source.sourceKey, instance.key)
      ? refuse('co-primary-already', `instance ${i} is already co master of ${m}`)
      : null,
    instance.readOnly
      ? null
      : refuse('not-read-only', `instance ${i} is not read-only; first make it read-only before making it co-master`),
    otherPartnerRefusal(source, facts),
    cannotReplicatePlainly(source, instance, facts),
    facts.credentials === null && !source.hasReplicationCredentials
      ? refuse('no-credentials', `no replication credentials for ${m} are known: set ReplicationCredentialsQuery`)
      : null,
  );
}

function otherPartnerRefusal(source: Instance, { topology }: OperationFacts): OperationRefusal | null {
  const m = instanceKeyText(source.key);
  if (!isReplica(source) || source.sourceKey === null) return null;
  const partner = topology.get(source.sourceKey);
  if (partner === undefined) return null;
  const p = instanceKeyText(partner.key);
  if (!source.isCoPrimary) return refuse('no-real-primary', `${m} is not a real master; it replicates from: ${p}`);
  if (!isLastCheckValid(partner) || partner.readOnly) return null;
  const text = `master ${m} is already co-master with ${p}, which is alive and writeable; set it as read-only first`;
  return refuse('writable-partner', text);
}

/**
 * MariaDB asks its new source for what comes behind its own last write, and is refused for good (1236) where that one has not replicated it yet: with writers on it, a matter of milliseconds each time.
 */
const BESIDE_WRITES_ATTEMPTS = 20;

/**
 * The server is read-only: what its binary log gets is what it replicates from its source, which the source knows. By GTID nothing is applied twice; by place, the source
 * goes on where the log ended when both were level, and skips by server id what came from itself.
 */
function coMasterSteps(instance: Instance, source: Instance, facts: OperationFacts): readonly OperationStep[] {
  const wasReplica = isReplica(source);
  const still = wasReplica ? [standStill(source)] : [];
  const look = step({
    id: stepId(`see where the binary log of ${instanceKeyText(instance.key)} ends`),
    server: instance.key,
    postcondition: { kind: 'read-only', readOnly: true },
    effect: 'it is known where its binary log ends',
  });
  const held = still[0]?.id;
  // What came from a former partner lies in the log of both: by place the source would apply again what the other writes down only after the look.
  const level =
    held === undefined || usesGtid(instance) ? [] : [reach(instance, { kind: 'log-end', after: held }, source.key)];
  const relayLog = { kind: 'drained' } as const;
  const credentials = source.hasReplicationCredentials ? null : facts.credentials;
  const pointed = follow({
    instance: source,
    source: instance.key,
    at: usesGtid(instance) ? { kind: 'gtid' } : { kind: 'place', place: { kind: 'log-end', after: look.id } },
    relayLog,
    credentials,
    // It never had a source: how to reach one is what its replica has been told.
    ...(source.hasReplicationCredentials ? {} : { securedAs: instance.key }),
    back: held === undefined ? null : { at: backByOwnWay(source, held), relayLog },
  });
  const isSecured = withFilesOf(credentials, { allowTls: instance.allowTls, tls: instance.replicationTls }).allowTls;
  // Without TLS an account with caching_sha2_password cannot log in unless it asks for the key.
  const asksForKey: readonly ServerCommand[] = isSecured ? [] : [{ kind: 'get-source-public-key' }];
  return inOrder([
    ...still,
    ...level,
    look,
    // One that replicated from nobody forgets its partner again.
    held === undefined ? { ...pointed, undo: [{ kind: 'forget-source-when-safe', relayLog }] } : pointed,
    {
      ...start(source, instance.key, [...asksForKey, ...semiSyncBeforeStart(source, instance, facts)]),
      ...(instance.usingMariadbGtid ? { attempts: BESIDE_WRITES_ATTEMPTS } : {}),
    },
  ]);
}
