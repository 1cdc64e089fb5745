import { describe, expect, it } from 'vitest';
import { NO_REPLICATION_TLS } from '../../model/blank-instance.ts';
import { ALL_TLS, aWitness, follow, plainStatements } from '../testing.ts';
import { render } from './commands.ts';

describe('commands of MySQL', () => {
  it.each([
    ['stop-receiver', 'STOP REPLICA IO_THREAD'],
    ['start-receiver', 'START REPLICA IO_THREAD'],
    ['start-applier', 'START REPLICA SQL_THREAD'],
    ['stop-replication', 'STOP REPLICA'],
    ['start-replication', 'START REPLICA'],
  ] as const)('%s is %s', (kind, statement) => {
    expect(render({ kind })).toEqual([statement]);
  });

  it('E5: forgetting the source stops both threads and resets everything about it', () => {
    expect(render({ kind: 'forget-source', relayLog: aWitness() })).toEqual(['STOP REPLICA', 'RESET REPLICA ALL']);
  });

  it('D7: detaching stops the receiver alone, since the relay log is kept only while the applier runs', () => {
    const detach = (hostname: string) =>
      render({ kind: 'detach-source', source: { hostname, port: 3306 }, relayLog: aWitness() });
    expect(detach('db1')).toEqual(['STOP REPLICA IO_THREAD', "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '//db1'"]);
    expect(plainStatements(detach('//db1'))[1]).toBe("CHANGE REPLICATION SOURCE TO SOURCE_HOST = '//db1'");
  });

  it('E4: read-only in both strengths, and writable in one statement', () => {
    const set = (readOnly: boolean, superReadOnly: boolean) =>
      render({ kind: 'set-read-only', readOnly, superReadOnly });
    expect(set(true, false)).toEqual(['SET GLOBAL read_only = 1']);
    expect(set(true, true)).toEqual(['SET GLOBAL super_read_only = 1']);
    expect(set(false, false)).toEqual(['SET GLOBAL super_read_only = 0, GLOBAL read_only = 0']);
    expect(set(false, true)).toEqual(set(false, false));
  });

  it('waits for a set no longer than asked', () => {
    expect(render({ kind: 'wait-for-gtid', gtid: 'uuid:1-9', timeoutSeconds: 3 })).toEqual([
      "SELECT WAIT_FOR_EXECUTED_GTID_SET('uuid:1-9', 3) AS waited",
    ]);
  });
});

describe('following a source on MySQL', () => {
  const change = (...options: Parameters<typeof follow>) => plainStatements(render(follow(...options)))[1];

  it('stops, then names host and port alone where GTID is in use already', () => {
    expect(render(follow())).toEqual([
      'STOP REPLICA',
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2', SOURCE_PORT = 3306",
    ]);
  });

  it('states the method and credentials where they are new', () => {
    expect(change({ stateMethod: true, credentials: { user: 'repl', password: 'pw' } })).toBe(
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2', SOURCE_PORT = 3306, SOURCE_AUTO_POSITION = 1, SOURCE_USER = 'repl', SOURCE_PASSWORD = 'pw'",
    );
  });

  it('D14: states every TLS option again, in the order of the contract', () => {
    expect(change({ allowTls: true, tls: ALL_TLS })).toBe(
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2', SOURCE_PORT = 3306, SOURCE_SSL = 1, SOURCE_SSL_CA = '/tls/ca.pem', " +
        "SOURCE_SSL_CAPATH = '/tls/cas', SOURCE_SSL_CERT = '/tls/cert.pem', SOURCE_SSL_CIPHER = 'AES256', SOURCE_SSL_CRL = '/tls/crl.pem', " +
        "SOURCE_SSL_CRLPATH = '/tls/crls', SOURCE_SSL_KEY = '/tls/key.pem', SOURCE_SSL_VERIFY_SERVER_CERT = 1, SOURCE_TLS_VERSION = 'TLSv1.3', " +
        "SOURCE_TLS_CIPHERSUITES = 'TLS_AES_256_GCM_SHA384', SOURCE_PUBLIC_KEY_PATH = '/tls/public.pem', GET_SOURCE_PUBLIC_KEY = 0",
    );
  });

  it('D14: says nothing of what is empty or unknown, and of the public key also without TLS', () => {
    expect(change({ allowTls: true })).toMatch(/SOURCE_PORT = 3306, SOURCE_SSL = 1$/);
    expect(change({ tls: { ...NO_REPLICATION_TLS, getSourcePublicKey: true, caFile: '/tls/ca.pem' } })).toMatch(
      /SOURCE_PORT = 3306, GET_SOURCE_PUBLIC_KEY = 1$/,
    );
  });

  it('refuses a port that is no number', () => {
    expect(() => render(follow({ source: { hostname: 'db2', port: Number.NaN } }))).toThrow('not an integer');
  });
});
