/**
 * Derives the settings in force from what the files said: credentials, old names, forced and clamped values, and the
 * contradictions that are refused (spec 1.6, items numbered as there; decisions of section 6). Runs after each file.
 */
import { readCredentials } from './credentials-file.ts';
import { type RawConfiguration, resolveSynonyms } from './raw-configuration.ts';
import type { Environment, ReadFile } from './read-file.ts';
import { declarationOf, type MutableSettings, type Settings, settingsFrom } from './settings.ts';
import type { ConfigurationWarning } from './warnings.ts';

export interface Surroundings {
  readonly env: Environment;
  readonly readFile: ReadFile;
}

export type Derivation =
  | { readonly kind: 'derived'; readonly settings: Settings; readonly warnings: readonly ConfigurationWarning[] }
  | { readonly kind: 'refused'; readonly reason: string };

interface Work {
  readonly settings: MutableSettings;
  readonly raw: RawConfiguration;
  readonly surroundings: Surroundings;
  readonly warnings: ConfigurationWarning[];
}

/** One adjustment: changes the settings in place and answers why they cannot stand, or null. */
type Adjustment = (work: Work) => string | null;

/** Seconds in the unit of `RecoveryPeriodBlockMinutes`. */
const SECONDS_PER_MINUTE = 60;
/** Consul's limit of operations in a transaction, and the entries one cluster needs (spec 1.6 item 17). */
const CONSUL_ENTRIES_MAX = 64;
const CONSUL_ENTRIES_MIN = 5;

/** Settings in force for `raw`, or the reason for which a node must not run with them. */
export function deriveSettings(raw: RawConfiguration, surroundings: Surroundings): Derivation {
  const settings = settingsFrom((name) => raw.values.get(name)?.value ?? declarationOf(name).default);
  const work: Work = { settings, raw, surroundings, warnings: [] };
  for (const adjust of ADJUSTMENTS) {
    const reason = adjust(work);
    if (reason !== null) return { kind: 'refused', reason };
  }
  return { kind: 'derived', settings: Object.freeze(settings), warnings: work.warnings };
}

const backendCredentials: Adjustment = (work) =>
  applyCredentials(
    work,
    'MySQLOrchestratorCredentialsConfigFile',
    'MySQLOrchestratorUser',
    'MySQLOrchestratorPassword',
  );

const topologyCredentials: Adjustment = (work) =>
  applyCredentials(work, 'MySQLTopologyCredentialsConfigFile', 'MySQLTopologyUser', 'MySQLTopologyPassword');

type UserKey = 'MySQLOrchestratorUser' | 'MySQLTopologyUser';
type PasswordKey = 'MySQLOrchestratorPassword' | 'MySQLTopologyPassword';
type CredentialsFileKey = 'MySQLOrchestratorCredentialsConfigFile' | 'MySQLTopologyCredentialsConfigFile';

/** Items 1 and 2: both user and password come from the file, also when it names only one (spec 1.5). */
function applyCredentials(
  work: Work,
  fileKey: CredentialsFileKey,
  user: UserKey,
  password: PasswordKey,
): string | null {
  const { settings, surroundings } = work;
  const file = settings[fileKey];
  if (file !== '') {
    const content = surroundings.readFile(file);
    if (content.kind === 'unreadable') return `${fileKey} ${file} cannot be read: ${content.reason}`;
    const credentials = readCredentials(content.bytes);
    if (credentials.kind === 'malformed') return `${fileKey} ${file} cannot be read: ${credentials.reason}`;
    settings[user] = credentials.user;
    settings[password] = credentials.password;
  }
  substituteFromEnvironment(work, user);
  substituteFromEnvironment(work, password);
  return null;
}

/**
 * Spec 1.4: `${NAME}` anywhere makes the whole text the value of NAME; unset means empty. Only the two accounts and their
 * passwords: hook commands legitimately contain shell `${...}`.
 */
function substituteFromEnvironment({ settings, surroundings, warnings }: Work, key: UserKey | PasswordKey): void {
  const name = /\$\{(.*)\}/.exec(settings[key])?.[1];
  if (name === undefined) return;
  const value = surroundings.env[name];
  settings[key] = value ?? '';
  if (value === undefined) {
    const message = `${key} is taken from the environment variable ${name}, which is not set; it is empty`;
    warnings.push({ code: 'unset-environment-variable', key, message });
  }
}

/** Item 3. Minutes alone have no effect because the default of the seconds is not 0; set-ups rely on it. */
const recoveryBlockPeriod: Adjustment = ({ settings }) => {
  if (settings.RecoveryPeriodBlockSeconds === 0 && settings.RecoveryPeriodBlockMinutes > 0) {
    settings.RecoveryPeriodBlockSeconds = settings.RecoveryPeriodBlockMinutes * SECONDS_PER_MINUTE;
  }
  return null;
};

/** Item 4. */
const lagQuery: Adjustment = ({ settings, raw }) => {
  const resolved = resolveSynonyms(
    raw,
    { old: 'SlaveLagQuery', current: 'ReplicationLagQuery' },
    { old: settings.SlaveLagQuery, current: settings.ReplicationLagQuery, unset: '' },
  );
  if (resolved.kind === 'conflict') return 'SlaveLagQuery and ReplicationLagQuery are both set and differ';
  settings.ReplicationLagQuery = resolved.value;
  settings.SlaveLagQuery = '';
  return null;
};

/** Items 5 and 6: the old name, when true, decides. Its default is true for lost replicas. */
const detachSynonyms: Adjustment = ({ settings }) => {
  if (settings.DetachLostSlavesAfterMasterFailover) settings.DetachLostReplicasAfterMasterFailover = true;
  if (settings.MasterFailoverDetachSlaveMasterHost) settings.MasterFailoverDetachReplicaMasterHost = true;
  return null;
};

/** Items 7 and 8. */
const promotionContradictions: Adjustment = ({ settings }) => {
  if (settings.FailMasterPromotionIfSQLThreadNotUpToDate && settings.DelayMasterPromotionIfSQLThreadNotUpToDate) {
    return 'FailMasterPromotionIfSQLThreadNotUpToDate and DelayMasterPromotionIfSQLThreadNotUpToDate exclude each other';
  }
  if (settings.FailMasterPromotionIfSQLThreadNotUpToDate && settings.AcceptLossIfSQLThreadNotUpToDate) {
    return 'FailMasterPromotionIfSQLThreadNotUpToDate and AcceptLossIfSQLThreadNotUpToDate exclude each other';
  }
  if (settings.FailMasterPromotionOnLagMinutes > 0 && settings.ReplicationLagQuery === '') {
    return 'FailMasterPromotionOnLagMinutes needs ReplicationLagQuery';
  }
  return null;
};

/** Item 9. */
const postponeSynonyms: Adjustment = ({ settings, raw }) => {
  const resolved = resolveSynonyms(
    raw,
    { old: 'PostponeSlaveRecoveryOnLagMinutes', current: 'PostponeReplicaRecoveryOnLagMinutes' },
    {
      old: settings.PostponeSlaveRecoveryOnLagMinutes,
      current: settings.PostponeReplicaRecoveryOnLagMinutes,
      unset: 0,
    },
  );
  if (resolved.kind === 'conflict') {
    return 'PostponeSlaveRecoveryOnLagMinutes and PostponeReplicaRecoveryOnLagMinutes are both set and differ';
  }
  settings.PostponeReplicaRecoveryOnLagMinutes = resolved.value;
  return null;
};

/** Item 10. A prefix of slashes only counts as none: `//api` routes cannot be reached. */
const urlPrefix: Adjustment = ({ settings }) => {
  const trimmed = settings.URLPrefix.replace(/^\/+/, '').replace(/\/+$/, '');
  settings.URLPrefix = trimmed === '' ? '' : `/${trimmed}`;
  return null;
};

/** Item 11. */
const sqliteFile: Adjustment = ({ settings }) =>
  settings.BackendDB.includes('sqlite') && settings.SQLite3DataFile === ''
    ? 'SQLite3DataFile must be set when BackendDB is sqlite'
    : null;

/** Items 12 and 13. */
const raftAddresses: Adjustment = ({ settings }) => {
  if (settings.RaftEnabled && settings.RaftDataDir === '') return 'RaftDataDir must be set when RaftEnabled is true';
  if (settings.RaftEnabled && settings.RaftBind === '') return 'RaftBind must be set when RaftEnabled is true';
  if (settings.RaftAdvertise === '') settings.RaftAdvertise = settings.RaftBind;
  return null;
};

/** Item 14. */
const keyValuePrefix: Adjustment = ({ settings }) => {
  settings.KVClusterMasterPrefix = `${settings.KVClusterMasterPrefix.replace(/\/+$/, '')}/`;
  return null;
};

/** Item 15. */
const automaticPseudoGtid: Adjustment = ({ settings }) => {
  if (settings.AutoPseudoGTID) {
    settings.PseudoGTIDPattern = 'drop view if exists `_pseudo_gtid_`';
    settings.PseudoGTIDPatternIsFixedSubstring = true;
    settings.PseudoGTIDMonotonicHint = 'asc:';
    settings.DetectPseudoGTIDQuery = 'select 1';
  }
  return null;
};

/** Scheme, host (a name, an address or a bracketed IPv6 address), port, no path. */
const ADVERTISED_URL =
  /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^/?#@:[\]\s]+):[0-9]+(?:[?#].*)?$/;

/** Item 16, on the raw text: a URL parser would hide the ports 80 and 443 and add a path. */
const httpAdvertise: Adjustment = ({ settings }) =>
  settings.HTTPAdvertise === '' || ADVERTISED_URL.test(settings.HTTPAdvertise)
    ? null
    : 'HTTPAdvertise must be scheme://host:port, with an explicit port and without a path';

/** One that cannot be asked would count as a node that does not answer, for ever. */
const otherNodes: Adjustment = ({ settings }) => {
  const bad = settings.FailureAnalysisPeers.find(
    (url) => !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol),
  );
  if (bad !== undefined) return `FailureAnalysisPeers: "${bad}" is no URL of a node (http://host:port)`;
  const nodes = settings.FailureAnalysisPeers.length + 1;
  const { FailureAnalysisAgreeingNodes } = settings;
  if (settings.FailureAnalysisPeers.length === 0 || FailureAnalysisAgreeingNodes <= nodes) return null;
  return `FailureAnalysisAgreeingNodes is ${FailureAnalysisAgreeingNodes}, and there are ${nodes} nodes: nothing would ever be recovered`;
};

const TABLE_NAME = /^[\p{L}\p{N}_$-]{1,64}\.[\p{L}\p{N}_$-]{1,64}$/u;

const writeProbe: Adjustment = ({ settings }) => {
  const { WriteProbeTable, WriteProbeSeconds, WriteProbePatienceSeconds } = settings;
  if (WriteProbeTable !== '' && !TABLE_NAME.test(WriteProbeTable)) {
    return `WriteProbeTable must be schema.table, not "${WriteProbeTable}"`;
  }
  if (WriteProbeSeconds < 1) return 'WriteProbeSeconds must be at least 1';
  return WriteProbePatienceSeconds < 1 ? 'WriteProbePatienceSeconds must be at least 1' : null;
};

/** Also part of a component's variable: `component.name`. What is no name would be sent to servers as SQL. */
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?$/;

/**
 * Who takes writes, what counts as executed, what is passed over, who waits for acknowledgements, and who a server is: decided by recoveries, from what they see. A
 * configuration that decided it too would make a second writer, or lose transactions.
 */
const DECIDED_VARIABLES: readonly RegExp[] = [
  /^(?:super_)?read_only$/,
  /^gtid_(?:mode|purged|slave_pos|binlog_state)$/,
  /^sql_(?:slave|replica)_skip_counter$/,
  /^server_id$/,
  /^rpl_semi_sync_/,
];

const roleVariables: Adjustment = ({ settings }) => {
  for (const key of ['PrimaryVariables', 'ReplicaVariables'] as const) {
    for (const name of settings[key].keys()) {
      const shown = JSON.stringify(name);
      if (!VARIABLE_NAME.test(name)) return `${key}: ${shown} is not the name of a variable`;
      if (DECIDED_VARIABLES.some((decided) => decided.test(name.toLowerCase()))) {
        return `${key}: ${shown} is decided by orchestrator itself, and cannot be set`;
      }
    }
  }
  return null;
};

/** Item 16, nested part: without room in the buffer no probe result would ever be written. */
const writeBuffer: Adjustment = ({ settings }) => {
  if (settings.InstanceWriteBufferSize <= 0) settings.BufferInstanceWrites = false;
  return null;
};

/** Item 17. */
const consulTransactionSize: Adjustment = ({ settings }) => {
  const wanted = settings.ConsulMaxKVsPerTransaction;
  settings.ConsulMaxKVsPerTransaction = Math.min(CONSUL_ENTRIES_MAX, Math.max(CONSUL_ENTRIES_MIN, wanted));
  return null;
};

/** Item 18. */
const lockedSemiSyncSeconds: Adjustment = ({ settings }) => {
  if (settings.ReasonableLockedSemiSyncMasterSeconds === 0) {
    settings.ReasonableLockedSemiSyncMasterSeconds = Math.max(0, settings.ReasonableReplicationLagSeconds);
  }
  return null;
};

/** Items 19 and 20. A poll interval above the default maximum raises it; only an explicit contradiction is refused. */
const deadInstancePolling: Adjustment = ({ settings, raw }) => {
  if (settings.DeadInstancePollSecondsMultiplyFactor < 1)
    return 'DeadInstancePollSecondsMultiplyFactor must be at least 1';
  if (settings.DeadInstancePollSecondsMax < settings.InstancePollSeconds) {
    if (raw.values.has('DeadInstancePollSecondsMax')) {
      return 'DeadInstancePollSecondsMax must not be below InstancePollSeconds';
    }
    settings.DeadInstancePollSecondsMax = settings.InstancePollSeconds;
  }
  return null;
};

/** In the order of the specification: `FailMasterPromotionOnLagMinutes`, for one, looks at an already merged lag query. */
const ADJUSTMENTS: readonly Adjustment[] = [
  backendCredentials,
  topologyCredentials,
  recoveryBlockPeriod,
  lagQuery,
  detachSynonyms,
  promotionContradictions,
  postponeSynonyms,
  urlPrefix,
  sqliteFile,
  raftAddresses,
  keyValuePrefix,
  automaticPseudoGtid,
  httpAdvertise,
  otherNodes,
  writeProbe,
  roleVariables,
  writeBuffer,
  consulTransactionSize,
  lockedSemiSyncSeconds,
  deadInstancePolling,
];
