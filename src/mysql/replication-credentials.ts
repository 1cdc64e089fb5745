/**
 * The account that a replica logs in with at its source, read from the replica (spec/topology-operations.md 3.5, O17): by the configured query, else from what a MySQL
 * replica stores itself. Nothing of the account is logged, not even a server's words about a query: they may quote it.
 */
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Log } from '../ports/log.ts';
import type { Row } from '../ports/server-wire.ts';
import { textOf } from './row-values.ts';
import type { LinkTimeouts, ServerLink } from './server-link.ts';

export interface CredentialSources {
  readonly key: InstanceKey;
  readonly link: Pick<ServerLink, 'dialect' | 'queryByPlace'>;
  /** `ReplicationCredentialsQuery`; '' for none. */
  readonly configuredSql: string;
  readonly timeouts: LinkTimeouts;
  readonly log: Log;
}

/** Null: there is none, or it cannot be read. */
export async function readReplicationCredentials(sources: CredentialSources): Promise<ReplicationCredentials | null> {
  const { link, configuredSql, log, key } = sources;
  if (configuredSql !== '') {
    const configured = await accountBy(configuredSql, 'ReplicationCredentialsQuery', sources);
    if (configured !== null) return configured;
    log.error(`Empty username retrieved by ReplicationCredentialsQuery on ${instanceKeyText(key)}`);
  }
  const storedSql = link.dialect?.storedCredentialsSql ?? '';
  return storedSql === '' ? null : accountBy(storedSql, 'mysql.slave_master_info', sources);
}

async function accountBy(
  sql: string,
  whence: string,
  { key, link, timeouts, log }: CredentialSources,
): Promise<ReplicationCredentials | null> {
  const answer = await link.queryByPlace(sql, timeouts);
  if (answer.kind === 'failed') {
    log.error(`${whence} on ${instanceKeyText(key)} failed: ${failureWord(answer.failure)}`);
    return null;
  }
  const [row] = answer.rows;
  return row === undefined ? null : accountIn(row);
}

/** By place, whatever the columns are called: user, password, CA, certificate, key; the last ones may be missing, and any may be NULL. */
function accountIn(row: Row): ReplicationCredentials | null {
  const [user = '', password = '', caFile = '', certificate = '', key = ''] = Object.keys(row).map((place) =>
    textOf(row, place),
  );
  if (user === '') return null;
  return { user, password, ...named({ caFile, certificate, key }) };
}

type Files = Pick<ReplicationCredentials, 'caFile' | 'certificate' | 'key'>;

const named = (files: Readonly<Record<keyof Files, string>>): Files =>
  Object.fromEntries(Object.entries(files).filter(([, file]) => file !== ''));

const failureWord = (failure: ServerFailure): string =>
  failure.kind === 'server-error' ? `error ${failure.number}` : failure.kind;
