import { describe, expect, it } from 'vitest';
import { NO_REPLICATION_TLS } from '../../model/blank-instance.ts';
import type { ServerCommand } from '../../model/server-command.ts';
import type { Release } from '../oracle/releases.ts';
import { endApplierSql } from '../oracle/statements.ts';
import { ALL_TLS, aReplacement, aWitness, everyCommand, follow, plainStatements, sentOf } from '../testing.ts';
import { renderOf } from './commands.ts';
import { MYSQL_57_RELEASES } from './mysql-57.ts';
import { statementsOf } from './statements.ts';

const rendering =
  (release: Release) =>
  (command: ServerCommand): readonly string[] =>
    plainStatements(renderOf(release)(command));

const of56 = rendering([5, 6, 51]);
const of57 = rendering([5, 7, 44]);
const of80 = rendering([8, 0, 21]);

describe('commands of MySQL 5.7', () => {
  it.each([
    ['stop-receiver', 'STOP SLAVE IO_THREAD'],
    ['start-receiver', 'START SLAVE IO_THREAD'],
    ['start-applier', 'START SLAVE SQL_THREAD'],
    ['stop-replication', 'STOP SLAVE'],
    ['start-replication', 'START SLAVE'],
  ] as const)('%s is %s', (kind, statement) => {
    expect(of57({ kind })).toEqual([statement]);
  });

  it('E5: forgetting the source stops both threads and resets everything about it', () => {
    expect(of57({ kind: 'forget-source', relayLog: aWitness() })).toEqual(['STOP SLAVE', 'RESET SLAVE ALL']);
  });

  it('D7: detaching stops the receiver alone, since the relay log is kept only while the applier runs', () => {
    const detach = (hostname: string) =>
      of57({ kind: 'detach-source', source: { hostname, port: 3306 }, relayLog: aWitness() });
    expect(detach('db1')).toEqual(['STOP SLAVE IO_THREAD', "CHANGE MASTER TO MASTER_HOST = '//db1'"]);
    expect(detach('//db1')[1]).toBe("CHANGE MASTER TO MASTER_HOST = '//db1'");
  });

  it('E4: read-only in both strengths, and writable in one statement', () => {
    const set = (readOnly: boolean, superReadOnly: boolean) => of57({ kind: 'set-read-only', readOnly, superReadOnly });
    expect(set(true, false)).toEqual(['SET GLOBAL read_only = 1']);
    expect(set(true, true)).toEqual(['SET GLOBAL super_read_only = 1']);
    expect(set(false, false)).toEqual(['SET GLOBAL super_read_only = 0, GLOBAL read_only = 0']);
  });

  it('waits for a set no longer than asked', () => {
    expect(of57({ kind: 'wait-for-gtid', gtid: 'uuid:1-9', timeoutSeconds: 3 })).toEqual([
      "SELECT WAIT_FOR_EXECUTED_GTID_SET('uuid:1-9', 3) AS waited",
    ]);
  });

  it('D15: ends no applier where nobody can tell whether it has half a transaction', () => {
    expect(of56({ kind: 'end-half-transaction' })).toEqual([]);
    expect(of57({ kind: 'end-half-transaction' })).toEqual([]);
    expect(of80({ kind: 'end-half-transaction' })).toEqual(endApplierSql());
  });
});

describe('commands of MySQL 5.6', () => {
  it('E4: there is one strength of read-only', () => {
    const set = (readOnly: boolean, superReadOnly: boolean) => of56({ kind: 'set-read-only', readOnly, superReadOnly });
    expect([set(true, true), set(true, false)]).toEqual([['SET GLOBAL read_only = 1'], ['SET GLOBAL read_only = 1']]);
    expect([set(false, true), set(false, false)]).toEqual([['SET GLOBAL read_only = 0'], ['SET GLOBAL read_only = 0']]);
  });

  it('a wait that ends without the set, or that nobody can end, answers 1 as the newer function does', () => {
    expect(of56({ kind: 'wait-for-gtid', gtid: 'uuid:1-9', timeoutSeconds: 3 })).toEqual([
      "SELECT IF(WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS('uuid:1-9', 3) >= 0, 0, 1) AS waited",
    ]);
  });

  it('D7: both threads are stopped to change the source, which it refuses otherwise', () => {
    const detach = of56({ kind: 'detach-source', source: { hostname: 'db1', port: 3306 }, relayLog: aWitness() });
    expect(detach).toEqual(['STOP SLAVE', "CHANGE MASTER TO MASTER_HOST = '//db1'"]);
    expect(of56(follow({ applierRuns: true }))[0]).toBe('STOP SLAVE');
  });
});

describe('following a source on MySQL 5.7', () => {
  const change = (...options: Parameters<typeof follow>) => of57(follow(...options))[1];

  it('stops, then names host and port alone where GTID is in use already', () => {
    expect(of57(follow())).toEqual(['STOP SLAVE', "CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306"]);
  });

  it('D15: leaves a running applier running, unless the method changes', () => {
    expect(of57(follow({ applierRuns: true }))[0]).toBe('STOP SLAVE IO_THREAD');
    expect(of57(follow({ applierRuns: true, stateMethod: true }))[0]).toBe('STOP SLAVE');
  });

  it('states the method and credentials where they are new', () => {
    expect(change({ stateMethod: true, credentials: { user: 'repl', password: 'pw' } })).toBe(
      "CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306, MASTER_AUTO_POSITION = 1, MASTER_USER = 'repl', MASTER_PASSWORD = 'pw'",
    );
  });
});

describe('D14: every TLS option is stated again, as far as the release knows it', () => {
  const files =
    "MASTER_SSL = 1, MASTER_SSL_CA = '/tls/ca.pem', MASTER_SSL_CAPATH = '/tls/cas', MASTER_SSL_CERT = '/tls/cert.pem', " +
    "MASTER_SSL_CIPHER = 'AES256', MASTER_SSL_CRL = '/tls/crl.pem', MASTER_SSL_CRLPATH = '/tls/crls', MASTER_SSL_KEY = '/tls/key.pem', " +
    'MASTER_SSL_VERIFY_SERVER_CERT = 1';
  const version = ", MASTER_TLS_VERSION = 'TLSv1.3'";
  const ciphersuites = ", MASTER_TLS_CIPHERSUITES = 'TLS_AES_256_GCM_SHA384'";
  const publicKey = ", MASTER_PUBLIC_KEY_PATH = '/tls/public.pem', GET_MASTER_PUBLIC_KEY = 0";

  it.each([
    [[5, 6, 51], files],
    [[5, 7, 9], files],
    [[5, 7, 10], files + version],
    [[8, 0, 3], files + version],
    [[8, 0, 4], files + version + publicKey],
    [[8, 0, 18], files + version + publicKey],
    [[8, 0, 19], files + version + ciphersuites + publicKey],
  ] as const)('by %j', (release, options) => {
    expect(rendering(release)(follow({ allowTls: true, tls: ALL_TLS }))[1]).toBe(
      `CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306, ${options}`,
    );
  });

  it('without TLS, the public key is asked for from 8.0.4', () => {
    const tls = { ...NO_REPLICATION_TLS, getSourcePublicKey: true };
    const statement = (release: Release) => rendering(release)(follow({ tls }))[1];
    expect(statement([8, 0, 4])).toMatch(/MASTER_PORT = 3306, GET_MASTER_PUBLIC_KEY = 1$/);
    expect(statement([8, 0, 3])).toMatch(/MASTER_PORT = 3306$/);
  });
});

describe('CLONE', () => {
  const clone: ServerCommand = {
    kind: 'clone',
    replaceable: aReplacement(),
    donor: { hostname: 'db2', port: 3306 },
    credentials: { user: 'orc', password: "it's" },
  };

  it('is there from 8.0.17 on, and refused with its reason before', () => {
    expect(rendering([8, 0, 17])(clone)).toEqual(["CLONE INSTANCE FROM 'orc'@'db2':3306 IDENTIFIED BY 'it''s'"]);
    expect(renderOf([8, 0, 16])(clone)).toEqual({ cannot: expect.stringContaining('8.0.17') });
  });

  it('takes the donors that are valid back to what the configuration says', () => {
    const donors = (list: string) => rendering([8, 0, 17])({ kind: 'set-clone-donors', donors: list });
    expect(donors('db2:3306')).toEqual(["SET GLOBAL clone_valid_donor_list = 'db2:3306'"]);
    expect(donors('')).toEqual(['SET GLOBAL clone_valid_donor_list = DEFAULT']);
  });
});

describe('the grants', () => {
  const names = (release: Release) =>
    new Set(statementsOf(release).flatMap(({ privileges }) => privileges.map(({ name }) => name)));

  it('are SUPER before there are finer ones, and never both', () => {
    expect(names([5, 6, 51])).toContain('SUPER');
    expect(names([5, 7, 44])).toContain('SUPER');
    expect([...names([5, 7, 44])].filter((name) => name.endsWith('_ADMIN'))).toEqual([]);
    expect(names([8, 0, 21])).not.toContain('SUPER');
  });

  it('name no privilege that the release does not know', () => {
    expect(names([8, 0, 15])).not.toContain('SYSTEM_USER');
    expect(names([8, 0, 16])).toContain('SYSTEM_USER');
  });
});

describe('no release up to 8.0.21', () => {
  it.each(MYSQL_57_RELEASES)('is sent a newer word: %i.%i.%i', (...release) => {
    const commands = [...everyCommand('x'), { kind: 'end-half-transaction' } as const];
    const able = commands.filter((command) => !('cannot' in renderOf(release)(command)));
    expect(able.flatMap((command) => sentOf(renderOf(release)(command))).join()).not.toMatch(/REPLICA\b|SOURCE/);
  });
});
