/** The account of a replica told anew (O16). */
import { describe, expect, it } from 'vitest';
import { NO_REPLICATION_TLS } from '../../model/blank-instance.ts';
import type { CredentialOptions } from '../../model/server-command.ts';
import { has } from '../testing.ts';
import { planChangeCredentials } from './change-credentials.ts';
import {
  aReplicaWith,
  at,
  bothStopped,
  PRIMARY,
  REPLICA,
  refusalOf,
  sentBy,
  stepsOf,
  type WorldChanges,
} from './testing.ts';

const credentials = { user: 'repl', password: 'secret' };
const change = (changes: Parameters<typeof aReplicaWith>[0], world: WorldChanges = { credentials }) =>
  planChangeCredentials({ kind: 'change-credentials', key: at(REPLICA) }, aReplicaWith(changes, world));
const stood = { ...bothStopped, ...has(10) };

function optionsSent(result: ReturnType<typeof change>): CredentialOptions {
  const [command] = stepsOf(result)[0]?.commands ?? [];
  if (command?.kind !== 'when-safe' || command.command.kind !== 'change-credentials')
    throw new Error('no account sent');
  return command.command.options;
}

describe('changing the account', () => {
  it('O16: the account is sent to a replica that stands still, and the password is in no text', () => {
    const result = change(stood);
    expect(sentBy(result)).toEqual(['replicate as repl once 127.0.0.1:3301 has executed all that it has received']);
    expect(stepsOf(result)[0]?.precondition.kind).toBe('threads-stopped');
  });

  it('O16, D14: TLS stays as the replica has it; files that come with the account take the place of its own', () => {
    const replicationTls = { ...NO_REPLICATION_TLS, caFile: '/own/ca.pem', tlsVersion: 'TLSv1.3' };
    const kept = optionsSent(change({ ...stood, allowTls: true, replicationTls }));
    expect(kept).toEqual({ credentials, allowTls: true, tls: replicationTls });
    const withFiles = { ...credentials, caFile: '/new/ca.pem', certificate: '/new/cert.pem', key: '/new/key.pem' };
    const { allowTls, tls } = optionsSent(change({ ...stood, replicationTls }, { credentials: withFiles }));
    expect(allowTls).toBe(true);
    expect(tls).toMatchObject({ caFile: '/new/ca.pem', certificate: '/new/cert.pem', tlsVersion: 'TLSv1.3' });
  });

  it('O16: refused while a thread runs, and without an account', () => {
    expect(refusalOf(change(has(10)))).toBe(
      'replication-runs: ChangeMasterTo: Cannot change master on: 127.0.0.1:3302 because replication is running',
    );
    const empty = 'no-credentials: Empty user in ChangeMasterCredentials() for 127.0.0.1:3302';
    expect(refusalOf(change(stood, { credentials: { user: '', password: 'x' } }))).toBe(empty);
    expect(refusalOf(change({ ...stood, version: '10.11.6-MariaDB' }, {}))).toBe(empty);
    expect(refusalOf(change(stood, {}))).toBe(
      'no-credentials: Empty username found in mysql.slave_master_info of 127.0.0.1:3302',
    );
  });

  it('O16: a server that does not answer is told as such, and not as one without an account', () => {
    expect(refusalOf(change(stood, { silent: [REPLICA] }))).toBe('cannot-read: 127.0.0.1:3302: connection refused');
  });

  it('D4: the change drops the relay log: refused where nobody else has it', () => {
    const waiting = { ...bothStopped, ...has(10, 4) };
    expect(refusalOf(change(waiting, { credentials, silent: [PRIMARY] }))).toContain('relay-log-lost');
  });
});
