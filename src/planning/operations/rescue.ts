/**
 * What a server alone has, such as a former primary that is back after a failover, is fetched by the primary of the cluster: it is not lost then, and the server may be brought below that one
 * (D9). By a channel of its own, and ordered by a person: what the primary has taken since may contradict it. MySQL alone: it knows transactions by GTIDs that stay what they are.
 */

import { NO_REPLICATION_TLS } from '../../model/blank-instance.ts';
import { count, intersect, isEmpty, subtract } from '../../model/gtid-set.ts';
import { type GtidSetParse, gtidSetText, parseGtidSet } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { isGroupMember } from '../../model/instance-status.ts';
import type { RescueOptions } from '../../model/server-command.ts';
import { parseServerVersion } from '../../model/server-version.ts';
import { RESCUE_MILLIS } from '../deadlines.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import { cannotReplicate, firstOf, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, refuse } from './operation-plan.ts';
import type { RescueRequest } from './operation-request.ts';
import { clusterToJoin, primaryOf } from './reprovision-cluster.ts';
import { NOTHING_OF_REPROVISIONS } from './reprovision-facts.ts';
import { step } from './steps.ts';

const OPERATION = 'rescue-transactions';

export function planRescue(request: RescueRequest, facts: OperationFacts): OperationPlanResult {
  const server = facts.topology.get(request.key);
  if (server === undefined) return unknown(request.key);
  const known = facts.reprovision ?? NOTHING_OF_REPROVISIONS;
  const name = clusterToJoin({ key: request.key, donor: null }, facts.topology, known.successor);
  const primary = name === null ? null : primaryOf(name, facts.topology, server.key);
  if (primary === null) return wont(server, 'no-primary', 'nobody knows a primary that has taken its place');
  const refusal = stateRefusal(server, primary, facts);
  if (refusal !== null) return refusal;
  const alone = aloneOn(server, primary);
  if (typeof alone !== 'string') return alone;
  const { replication } = known;
  const [key, to] = [instanceKeyText(server.key), instanceKeyText(primary.key)];
  if (replication === null) {
    return wont(server, 'no-credentials', 'no replication account is known: set ReplicationCredentialsQuery');
  }
  const options = { source: server.key, gtid: alone, credentials: replication, ...securityOf(primary, facts) };
  const still = step({
    id: stepId(`see that ${key} takes no writes`),
    server: server.key,
    precondition: { kind: 'read-only', readOnly: true },
    effect: 'it gets nothing more of its own',
  });
  const fetched = step({
    id: stepId(`fetch from ${key} what ${to} has not`),
    server: primary.key,
    commands: [{ kind: 'rescue', options }],
    dependsOn: [still.id],
    precondition: { kind: 'read-only', readOnly: false },
    postcondition: { kind: 'executed', gtid: alone },
    deadlineMillis: RESCUE_MILLIS,
    effect: `it has ${alone}`,
  });
  return planned(request, primary, facts, {
    because: `${to} is the writable primary, and has not ${alone}`,
    locks: [server.key],
    before: [still],
    lanes: [{ server: primary.key, steps: [fetched], effect: `it has what ${key} alone had` }],
    warnings: [
      `what ${to} has taken since may contradict it: at the first transaction that cannot be applied it ends, and what was applied stays`,
      `rows that were written on ${to} since, on the ground of data without these transactions, are not looked at`,
    ],
    audits: [{ type: OPERATION, key: server.key, message: `${to} has fetched ${alone} from ${key}` }],
  });
}

/** As replicas of the primary do. Without TLS the account may need the key of a server that has been restarted, and knows nobody any more. */
function securityOf({ key }: Instance, { topology }: OperationFacts): Pick<RescueOptions, 'allowTls' | 'tls'> {
  const [replica] = topology.replicasOf(key);
  const { allowTls, replicationTls } = replica ?? { allowTls: false, replicationTls: NO_REPLICATION_TLS };
  const isAsked = !allowTls && replicationTls.sourcePublicKeyPath === '';
  return { allowTls, tls: isAsked ? { ...replicationTls, getSourcePublicKey: true } : replicationTls };
}

const wont = ({ key }: Instance, code: string, why: string): OperationRefusal =>
  refuse(code, `${OPERATION} will not operate on ${instanceKeyText(key)} because ${why}`);

function stateRefusal(server: Instance, primary: Instance, facts: OperationFacts): OperationRefusal | null {
  const why = (code: string, text: string): OperationRefusal => wont(server, code, text);
  const read = facts.read(primary.key);
  const to = instanceKeyText(primary.key);
  return firstOf(
    read === null || read === 'read' ? null : why('no-primary', `${to}, the primary, does not answer: ${read.failure}`),
    isGroupMember(server) || isGroupMember(primary) ? why('group-member', 'it is about a replication group') : null,
    gtidRefusal(server, primary),
    server.readOnly ? null : why('takes-writes', 'it takes writes: make it read-only first'),
    server.logBinEnabled ? null : why('no-binary-log', 'it has no binary log'),
    cannotReplicate(primary, server, facts),
  );
}

function gtidRefusal(server: Instance, primary: Instance): OperationRefusal | null {
  for (const one of [server, primary]) {
    if (parseServerVersion(one.version, one.versionComment).flavor === 'MariaDB') {
      const text =
        'MariaDB would give its numbers a second time: apply what mariadb-binlog shows of its binary logs by hand';
      return wont(server, 'no-gtid', text);
    }
    if (!one.supportsOracleGtid) return wont(server, 'no-gtid', `${instanceKeyText(one.key)} does not use GTID`);
  }
  return null;
}

/** As a set of GTIDs. */
function aloneOn(server: Instance, primary: Instance): string | OperationRefusal {
  const has = parseGtidSet(server.executedGtidSet);
  const held = parseGtidSet(primary.executedGtidSet);
  const purged = parseGtidSet(server.gtidPurged);
  if (!isRead(has) || !isRead(held) || !isRead(purged)) {
    return wont(server, 'errant-unreadable', 'it cannot be told what it alone has');
  }
  const alone = subtract(has.set, held.set);
  const to = instanceKeyText(primary.key);
  if (isEmpty(alone)) return wont(server, 'nothing-errant', `it has nothing that ${to} has not`);
  const gone = intersect(alone, purged.set);
  if (isEmpty(gone)) return gtidSetText(alone);
  const text = `${count(gone)} of what ${to} has not are in its binary logs no more: ${gtidSetText(gone)}`;
  return wont(server, 'purged', text);
}

const isRead = (parsed: GtidSetParse): parsed is Extract<GtidSetParse, { kind: 'ok' }> => parsed.kind === 'ok';
