/**
 * What both families' settings have in common, and the statements with the same words in both.
 */
import type { Remedy, RenderedRemedy } from '../model/remedy.ts';
import type { Grant, OwnAccount, ReceiverSettings, ServerSettings } from '../model/server-settings.ts';
import type { Rows } from '../ports/server-wire.ts';
import type { DialectPreflight, Privilege, SectionRows, StatementFact } from './dialect.ts';
import { grantStatements } from './privileges.ts';
import { textOf } from './row-values.ts';
import { literal } from './sql-text.ts';
import { type StatusValues, statusOf, statusValues } from './status-section.ts';

/** The questions that a family words in its own way; a channel costs a privilege to look at. */
export interface PreflightQuestions {
  readonly settings: string;
  readonly connections: string;
  readonly channels: { readonly sql: string; readonly privileges: readonly Privilege[] };
}

/** What is asked, and what each of it is for. Only without the settings is there nothing to say. */
export function preflightQuestions({
  settings,
  connections,
  channels,
}: PreflightQuestions): Pick<DialectPreflight, 'sections' | 'statements'> {
  const ask = (name: string, sql: string, about: string, privileges: readonly Privilege[] = []): StatementFact => {
    return { name, sql, purpose: `preflight: ${about}`, privileges, changes: false };
  };
  const statements = [
    ask('settings', settings, 'timeouts, durability, limits'),
    ask('connections', connections, 'how many connections are used'),
    ask('channels', channels.sql, 'heartbeats and retries of receivers', channels.privileges),
    ask('account', 'SELECT CURRENT_USER() AS account', 'whom to grant what is missing'),
    ask('grants', 'SHOW GRANTS', 'what our own account may do'),
  ];
  const sections = statements.map(({ name, sql }) => ({ name, sql, essential: name === 'settings' }));
  return { sections, statements };
}

const SECONDS_PER_DAY = 86_400;

/** Sections `settings` (as of SHOW GLOBAL VARIABLES), `connections`, `account`, `grants`; receivers are each family's own. */
export function settingsOf(rows: SectionRows, receivers: readonly ReceiverSettings[]): ServerSettings {
  const variables = variablesOf(rows.get('settings'));
  const connections = statusValues(rows.get('connections'));
  const recovery = statusOf(variables, 'relay_log_recovery');
  return {
    netTimeoutSeconds: numberIn(variables, 'replica_net_timeout', 'slave_net_timeout'),
    relayLogRecovery: recovery === '' ? null : isOn(recovery),
    syncBinlog: numberIn(variables, 'sync_binlog'),
    flushLogAtTrxCommit: numberIn(variables, 'innodb_flush_log_at_trx_commit'),
    maxConnections: numberIn(variables, 'max_connections'),
    connections: numberIn(connections, 'threads_connected'),
    connectionsPeak: numberIn(connections, 'max_used_connections'),
    binlogExpirySeconds: expiryOf(variables),
    receivers,
    account: accountOf(rows),
  };
}

export function variablesOf(rows: Rows | undefined): StatusValues {
  return new Map((rows ?? []).map((row) => [textOf(row, 'Variable_name').toLowerCase(), textOf(row, 'Value')]));
}

export function numberIn(values: StatusValues, ...names: readonly string[]): number | null {
  const text = statusOf(values, ...names);
  const number = Number(text);
  return text === '' || !Number.isFinite(number) ? null : number;
}

const isOn = (text: string): boolean => ['ON', '1'].includes(text.toUpperCase());

function expiryOf(variables: StatusValues): number | null {
  if (!isOn(statusOf(variables, 'log_bin'))) return null;
  if (statusOf(variables, 'binlog_expire_logs_auto_purge').toUpperCase() === 'OFF') return 0;
  const seconds = numberIn(variables, 'binlog_expire_logs_seconds');
  const days = numberIn(variables, 'expire_logs_days');
  if (seconds === null && days === null) return null;
  return seconds !== null && seconds > 0 ? seconds : (days ?? 0) * SECONDS_PER_DAY;
}

function accountOf(rows: SectionRows): OwnAccount | null {
  const text = textOf(rows.get('account')?.[0], 'account');
  const lines = rows.get('grants');
  const at = text.lastIndexOf('@');
  if (at < 0 || lines === undefined) return null;
  const grants = readGrants(lines.map((row) => textOf(row, Object.keys(row)[0] ?? '')));
  return { user: text.slice(0, at), host: text.slice(at + 1), grants };
}

/**
 * Lines of SHOW GRANTS; for the session's own account they include those of its active roles (seen on 9.7 and 10.11). They may hold the hash of a
 * password, so nothing of them is kept but privileges.
 */
export function readGrants(lines: readonly string[]): readonly Grant[] {
  return lines.flatMap((line) => {
    const [, list, target] = /^GRANT (.+?) ON (\S+) TO /.exec(line) ?? [];
    // Roles and proxies.
    if (list === undefined || target === undefined) return [];
    // Privileges on single columns do for no statement of ours.
    const words = list.replace(/\b[A-Z ]+\([^)]*\)/g, '').split(',');
    const privileges = words.map((word) => word.trim().toUpperCase()).filter((word) => word !== '');
    return [{ privileges, on: target.replace(/[`"]/g, '') }];
  });
}

export const rendered = (
  statements: readonly string[],
  optionFile: readonly string[] = [],
  note = '',
): RenderedRemedy => ({ statements, optionFile, note });

/** `'orchestrator'@'%'`. */
export const accountText = ({ user, host }: OwnAccount): string => `${literal(user)}@${literal(host)}`;

export function grantText({ privileges, to }: Extract<Remedy, { kind: 'grant' }>): RenderedRemedy {
  return rendered(grantStatements(privileges, accountText(to)));
}

export const optionLines = (variables: Readonly<Record<string, string | number>>): readonly string[] =>
  Object.entries(variables).map(([name, value]) => `${name} = ${value}`);
