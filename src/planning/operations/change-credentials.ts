/**
 * The account that a replica logs in with at its source, told anew (spec/topology-operations.md 3.5, O16). TLS options stay, but for the files that come with the account.
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { threadsExist, threadsStopped } from '../../model/instance-status.ts';
import type { CredentialOptions, ReplicationCredentials } from '../../model/server-command.ts';
import { isMysqlFamily, parseServerVersion } from '../../model/server-version.ts';
import { withFilesOf } from '../credential-files.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import { firstOf, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, refuse } from './operation-plan.ts';
import type { ServerRequest } from './operation-request.ts';
import { holdingRule, lossNowRefusal, severalSourcesRefusal } from './relay-log-hold.ts';
import { step } from './steps.ts';

export function planChangeCredentials(
  request: Extract<ServerRequest, { kind: 'change-credentials' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const { credentials } = facts;
  const key = instanceKeyText(instance.key);
  const relayLog = holdingRule(instance, instance.sourceKey, facts);
  // With both threads still, the change drops the relay log (D4).
  const refusal = firstOf(
    threadsRefusal(instance),
    severalSourcesRefusal(instance),
    instance.sourceKey === null ? null : lossNowRefusal(instance, relayLog),
  );
  const read = facts.read(instance.key);
  if (read !== null && read !== 'read') return refuse('cannot-read', `${key}: ${read.failure}`);
  if (credentials === null || credentials.user === '') return noAccount(instance, credentials);
  if (refusal !== null) return refusal;
  const command = { kind: 'change-credentials', options: optionsOf(instance, credentials) } as const;
  const change = step({
    id: stepId(`change the account of ${key}`),
    server: instance.key,
    commands: [{ kind: 'when-safe', command, relayLog }],
    precondition: { kind: 'threads-stopped' },
    effect: `it logs in as ${credentials.user}`,
  });
  return planned(request, instance, facts, {
    because: `${key} is to log in at its source as ${credentials.user}`,
    lanes: [{ server: instance.key, steps: [change], effect: `it logs in as ${credentials.user}` }],
    warnings: ['whether its source takes the account shows when replication starts'],
  });
}

function threadsRefusal(instance: Instance): OperationRefusal | null {
  if (!threadsExist(instance) || threadsStopped(instance)) return null;
  const text = `ChangeMasterTo: Cannot change master on: ${instanceKeyText(instance.key)} because replication is running`;
  return refuse('replication-runs', text);
}

const optionsOf = ({ allowTls, replicationTls }: Instance, credentials: ReplicationCredentials): CredentialOptions => ({
  credentials,
  ...withFilesOf(credentials, { allowTls, tls: replicationTls }),
});

/** The texts of the contract: MySQL has a place of its own where accounts are looked for, MariaDB has none. */
function noAccount(instance: Instance, credentials: ReplicationCredentials | null): OperationRefusal {
  const { version, versionComment, key } = instance;
  const looksUp = credentials === null && isMysqlFamily(parseServerVersion(version, versionComment));
  const text = looksUp
    ? `Empty username found in mysql.slave_master_info of ${instanceKeyText(key)}`
    : `Empty user in ChangeMasterCredentials() for ${instanceKeyText(key)}`;
  return refuse('no-credentials', text);
}
