import { describe, expect, it } from 'vitest';
import { NO_REPLICATION_TLS } from '../../model/blank-instance.ts';
import type { ServerCommand } from '../../model/server-command.ts';
import type { Release } from '../oracle/releases.ts';
import { endApplierSql } from '../oracle/statements.ts';
import { ALL_TLS, aWitness, follow, plainStatements } from '../testing.ts';
import { renderOf } from './commands.ts';

const rendering =
  (release: Release) =>
  (command: ServerCommand): readonly string[] =>
    plainStatements(renderOf(release)(command));

const of8022 = rendering([8, 0, 22]);
const of80 = rendering([8, 0, 36]);

describe('commands of MySQL from 8.0.22 to 8.3', () => {
  it.each([
    ['stop-receiver', 'STOP REPLICA IO_THREAD'],
    ['start-receiver', 'START REPLICA IO_THREAD'],
    ['start-applier', 'START REPLICA SQL_THREAD'],
    ['stop-replication', 'STOP REPLICA'],
    ['start-replication', 'START REPLICA'],
  ] as const)('%s is %s', (kind, statement) => {
    expect(of80({ kind })).toEqual([statement]);
    expect(of8022({ kind })).toEqual([statement]);
  });

  it('E5: forgetting the source stops both threads and resets everything about it', () => {
    expect(of80({ kind: 'forget-source', relayLog: aWitness() })).toEqual(['STOP REPLICA', 'RESET REPLICA ALL']);
  });

  it('D7: detaching stops the receiver alone, and CHANGE has its new name from 8.0.23', () => {
    const detach = { kind: 'detach-source', source: { hostname: 'db1', port: 3306 }, relayLog: aWitness() } as const;
    expect(of8022(detach)).toEqual(['STOP REPLICA IO_THREAD', "CHANGE MASTER TO MASTER_HOST = '//db1'"]);
    expect(rendering([8, 0, 23])(detach)).toEqual([
      'STOP REPLICA IO_THREAD',
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '//db1'",
    ]);
  });

  it('E4: read-only in both strengths, and writable in one statement', () => {
    const set = (readOnly: boolean, superReadOnly: boolean) => of80({ kind: 'set-read-only', readOnly, superReadOnly });
    expect(set(true, false)).toEqual(['SET GLOBAL read_only = 1']);
    expect(set(true, true)).toEqual(['SET GLOBAL super_read_only = 1']);
    expect(set(false, false)).toEqual(['SET GLOBAL super_read_only = 0, GLOBAL read_only = 0']);
  });

  it('waits for a set no longer than asked', () => {
    expect(of80({ kind: 'wait-for-gtid', gtid: 'uuid:1-9', timeoutSeconds: 3 })).toEqual([
      "SELECT WAIT_FOR_EXECUTED_GTID_SET('uuid:1-9', 3) AS waited",
    ]);
  });

  it('D15: ends the applier of half a transaction', () => {
    expect(of80({ kind: 'end-half-transaction' })).toEqual(endApplierSql());
  });
});

describe('following a source on MySQL from 8.0.22 to 8.3', () => {
  it('stops, then names host and port alone where GTID is in use already', () => {
    expect(of80(follow())).toEqual([
      'STOP REPLICA',
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2', SOURCE_PORT = 3306",
    ]);
    expect(of80(follow({ applierRuns: true }))[0]).toBe('STOP REPLICA IO_THREAD');
  });

  it('states the method and credentials where they are new', () => {
    expect(of80(follow({ stateMethod: true, credentials: { user: 'repl', password: 'pw' } }))[1]).toBe(
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2', SOURCE_PORT = 3306, SOURCE_AUTO_POSITION = 1, SOURCE_USER = 'repl', SOURCE_PASSWORD = 'pw'",
    );
  });

  it.each([
    [[8, 0, 22], 'CHANGE MASTER TO ', 'MASTER'],
    [[8, 0, 23], 'CHANGE REPLICATION SOURCE TO ', 'SOURCE'],
    [[8, 3, 0], 'CHANGE REPLICATION SOURCE TO ', 'SOURCE'],
  ] as const)('D14: %j states every TLS option again: %s', (release, verb, word) => {
    expect(rendering(release)(follow({ allowTls: true, tls: ALL_TLS }))[1]).toBe(
      `${verb}${word}_HOST = 'db2', ${word}_PORT = 3306, ${word}_SSL = 1, ${word}_SSL_CA = '/tls/ca.pem', ` +
        `${word}_SSL_CAPATH = '/tls/cas', ${word}_SSL_CERT = '/tls/cert.pem', ${word}_SSL_CIPHER = 'AES256', ` +
        `${word}_SSL_CRL = '/tls/crl.pem', ${word}_SSL_CRLPATH = '/tls/crls', ${word}_SSL_KEY = '/tls/key.pem', ` +
        `${word}_SSL_VERIFY_SERVER_CERT = 1, ${word}_TLS_VERSION = 'TLSv1.3', ` +
        `${word}_TLS_CIPHERSUITES = 'TLS_AES_256_GCM_SHA384', ` +
        `${word}_PUBLIC_KEY_PATH = '/tls/public.pem', GET_${word}_PUBLIC_KEY = 0`,
    );
  });

  it('D14: says nothing of what is empty or unknown, and of the public key also without TLS', () => {
    expect(of80(follow({ allowTls: true }))[1]).toMatch(/SOURCE_PORT = 3306, SOURCE_SSL = 1$/);
    expect(of80(follow({ tls: { ...NO_REPLICATION_TLS, getSourcePublicKey: true } }))[1]).toMatch(
      /SOURCE_PORT = 3306, GET_SOURCE_PUBLIC_KEY = 1$/,
    );
  });
});
