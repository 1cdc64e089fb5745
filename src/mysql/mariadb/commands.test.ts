import { describe, expect, it } from 'vitest';
import { NO_REPLICATION_TLS } from '../../model/blank-instance.ts';
import { ALL_TLS, aWitness, follow, plainStatements } from '../testing.ts';
import { render } from './commands.ts';

describe('commands of MariaDB', () => {
  it.each([
    ['stop-receiver', 'STOP SLAVE IO_THREAD'],
    ['start-receiver', 'START SLAVE IO_THREAD'],
    ['start-applier', 'START SLAVE SQL_THREAD'],
    ['stop-replication', 'STOP SLAVE'],
    ['start-replication', 'START SLAVE'],
  ] as const)('%s is %s', (kind, statement) => {
    expect(render({ kind })).toEqual([statement]);
  });

  it('E5: forgetting the source stops both threads and resets everything about it', () => {
    expect(render({ kind: 'forget-source', relayLog: aWitness() })).toEqual(['STOP SLAVE', 'RESET SLAVE ALL']);
  });

  it('D7: detaching masks the host', () => {
    const detach = (hostname: string) =>
      render({ kind: 'detach-source', source: { hostname, port: 3306 }, relayLog: aWitness() });
    expect(detach('db1')).toEqual(['STOP SLAVE', "CHANGE MASTER TO MASTER_HOST = '//db1'"]);
    expect(plainStatements(detach('//db1'))[1]).toBe("CHANGE MASTER TO MASTER_HOST = '//db1'");
  });

  it('E4: read-only knows one strength', () => {
    const set = (readOnly: boolean, superReadOnly: boolean) =>
      render({ kind: 'set-read-only', readOnly, superReadOnly });
    expect(set(true, true)).toEqual(['SET GLOBAL read_only = 1']);
    expect(set(true, false)).toEqual(set(true, true));
    expect(set(false, false)).toEqual(['SET GLOBAL read_only = 0']);
  });

  it('waits for a position no longer than asked', () => {
    expect(render({ kind: 'wait-for-gtid', gtid: '0-1-9', timeoutSeconds: 3 })).toEqual([
      "SELECT MASTER_GTID_WAIT('0-1-9', 3) AS waited",
    ]);
  });
});

describe('following a source on MariaDB', () => {
  const change = (...options: Parameters<typeof follow>) => plainStatements(render(follow(...options)))[1];

  it('stops, then names host and port alone where GTID is in use already', () => {
    expect(render(follow())).toEqual(['STOP SLAVE', "CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306"]);
  });

  it.each([
    ['slave-pos', 'slave_pos'],
    ['current-pos', 'current_pos'],
  ] as const)('D1: states the method %s and credentials where they are new', (method, word) => {
    expect(change({ method, stateMethod: true, credentials: { user: 'repl', password: 'pw' } })).toBe(
      `CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306, MASTER_USE_GTID = ${word}, MASTER_USER = 'repl', MASTER_PASSWORD = 'pw', MASTER_SSL = 0`,
    );
  });

  it('D14: tells a server without a connection of its own also that there is no TLS, which 11.4 and later would insist on', () => {
    const credentials = { user: 'repl', password: 'pw' };
    expect(change({ credentials })).toMatch(/MASTER_PASSWORD = 'pw', MASTER_SSL = 0$/);
    expect(change({ credentials, allowTls: true })).toMatch(/MASTER_PASSWORD = 'pw', MASTER_SSL = 1$/);
    expect(change({ stateMethod: true })).not.toContain('MASTER_SSL');
  });

  it('D14: states every TLS option again that MariaDB knows, in the order of the contract', () => {
    expect(change({ allowTls: true, tls: ALL_TLS })).toBe(
      "CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306, MASTER_SSL = 1, MASTER_SSL_CA = '/tls/ca.pem', " +
        "MASTER_SSL_CAPATH = '/tls/cas', MASTER_SSL_CERT = '/tls/cert.pem', MASTER_SSL_CIPHER = 'AES256', MASTER_SSL_CRL = '/tls/crl.pem', " +
        "MASTER_SSL_CRLPATH = '/tls/crls', MASTER_SSL_KEY = '/tls/key.pem', MASTER_SSL_VERIFY_SERVER_CERT = 1",
    );
  });

  it('D14: says nothing of what is empty or unknown', () => {
    expect(change({ allowTls: true })).toMatch(/MASTER_PORT = 3306, MASTER_SSL = 1$/);
    expect(change({ tls: { ...NO_REPLICATION_TLS, caFile: '/tls/ca.pem' } })).toMatch(/MASTER_PORT = 3306$/);
  });
});
