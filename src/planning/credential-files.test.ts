import { expect, it } from 'vitest';
import { NO_REPLICATION_TLS } from '../model/blank-instance.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { withFilesOf } from './credential-files.ts';
import { followOptions } from './resolve-command.ts';

const tls = { ...NO_REPLICATION_TLS, caFile: '/own/ca.pem', certificate: '/own/cert.pem', tlsVersion: 'TLSv1.3' };
const account: ReplicationCredentials = { user: 'repl', password: 'pw' };

it('D14: without files of the account the way stays as it is, secured or not', () => {
  for (const allowTls of [true, false]) {
    for (const credentials of [null, account, { ...account, caFile: '' }]) {
      expect(withFilesOf(credentials, { allowTls, tls })).toEqual({ allowTls, tls });
    }
  }
});

it('D14, O17: one file of the account secures the way; what it does not bring stays as it is', () => {
  expect(withFilesOf({ ...account, caFile: '/new/ca.pem' }, { allowTls: false, tls })).toEqual({
    allowTls: true,
    tls: { ...tls, caFile: '/new/ca.pem' },
  });
});

it('O27: a server that never had a source takes the way of its replica, with the files of the account', () => {
  const like = sampleReplica(2, 1, { allowTls: true, replicationTls: tls });
  const credentials = { ...account, certificate: '/new/cert.pem', key: '/new/key.pem' };
  const place = { kind: 'gtid', method: 'auto-position', stateMethod: true } as const;
  const options = followOptions({ source: like.key, credentials }, place, sampleServer(1), like);
  expect(options).toMatchObject({
    allowTls: true,
    tls: { ...tls, certificate: '/new/cert.pem', key: '/new/key.pem' },
    credentials,
  });
});
