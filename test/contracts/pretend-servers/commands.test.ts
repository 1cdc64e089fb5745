// The product's commands, rendered by its own dialects, at pretended servers.

import { describe, expect, it } from 'vitest';
import type { GtidMethod } from '../../../src/model/server-command.ts';
import { COMMAND_SESSION_SQL, endSessionSql, findSessionSql } from '../../../src/mysql/sql-text.ts';
import { ALL_TLS, aWitness, everyCommand, follow, recoveryCommands } from '../../../src/mysql/testing.ts';
import { aWorld, keyOf } from '../../../src/sim/testing.ts';
import { commandClient, dialectOf, execute, FAMILIES, packetOfCommand, probe, writeNumbers } from './product.ts';

const UUID1 = '00000000-0000-0000-0000-000000000001';
const HALF_TRANSACTION_MILLIS = 60_000;

const OF_RECOVERIES: ReadonlySet<string> = new Set(recoveryCommands('').map(({ kind }) => kind));
/** A pretended server has no plugins, and all of its data in memory: nothing is cloned. */
const OF_CLONES: ReadonlySet<string> = new Set([
  'install-clone-plugin',
  'set-clone-donors',
  'set-super-read-only',
  'clone',
]);
/** MariaDB has positions, not sets. */
const ONLY_MYSQL: ReadonlySet<string> = new Set(['inject-empty', 'set-gtid-purged']);
/** Syntax error, unknown variable, unknown function. */
const NOT_UNDERSTOOD = /^(1064|1193|1305):/;

const relayLog = aWitness();

describe.each(FAMILIES)('commands at a pretended %s server', (family) => {
  const isMysql = family === 'mysql';
  const method: GtidMethod = isMysql ? 'auto-position' : 'slave-pos';

  const pretended = everyCommand('o\'brien\\ "x" ; -- #').filter(({ kind }) => !OF_CLONES.has(kind));
  it.each(pretended.filter(({ kind }) => isMysql || !ONLY_MYSQL.has(kind)))(
    'understands $kind with hostile texts',
    (command) => {
      const world = aWorld({ family, replicas: 1 });
      const told = execute(world, 'db2', command);
      // A text that is no GTID, file or thread is refused as such, and so is what a running replica cannot do; nothing is a syntax error.
      if (command.kind === 'wait-for-gtid') expect(told).toMatch(isMysql ? /^1772/ : /^1941/);
      else if (command.kind === 'set-variable') expect(told).toMatch(/^1231/);
      else if (OF_RECOVERIES.has(command.kind)) expect(told).toBe('ok');
      else expect(String(told)).not.toMatch(NOT_UNDERSTOOD);
    },
  );

  it('reads quoted texts as they were meant', () => {
    const world = aWorld({ family, replicas: 1 });
    const password = 'it\'s a \\ "secret"; --';
    const told = execute(world, 'db2', follow({ source: keyOf('db1'), credentials: { user: 'repl', password } }));
    expect(told).toBe('ok');
    expect(world.server('db2').settings).toMatchObject({ user: 'repl', password, host: 'db1' });
    const { storedCredentialsSql } = dialectOf(family);
    if (storedCredentialsSql !== null) {
      expect(world.client('db2').rows(storedCredentialsSql)).toEqual([{ user: 'repl', password }]);
    }
  });

  it('keeps every setting of TLS, so that it can be stated again (D14)', () => {
    const world = aWorld({ family, replicas: 1 });
    execute(world, 'db2', follow({ source: keyOf('db1'), allowTls: true, tls: ALL_TLS }));
    const { allowTls, replicationTls } = probe(world, 'db2').instance;
    expect(allowTls).toBe(true);
    const shown = isMysql
      ? { ...ALL_TLS, tlsCiphersuites: '' }
      : { ...ALL_TLS, tlsVersion: '', tlsCiphersuites: '', sourcePublicKeyPath: '', getSourcePublicKey: null };
    expect(replicationTls).toEqual(shown);
  });

  it('makes a replica a primary, and the others its replicas', () => {
    const world = aWorld({ family, replicas: 2 });
    writeNumbers(world, [1, 2]);
    world.run(100);
    world.server('db1').kill();
    world.run(100);
    expect(execute(world, 'db2', { kind: 'stop-receiver' })).toBe('ok');
    const received = probe(world, 'db2').instance.evidence?.receivedGtid ?? '';
    const waited = execute(world, 'db2', { kind: 'wait-for-gtid', gtid: received, timeoutSeconds: 3 });
    expect(waited).toEqual([{ waited: 0 }]);
    expect(execute(world, 'db2', { kind: 'forget-source', relayLog })).toBe('ok');
    expect(execute(world, 'db2', { kind: 'set-read-only', readOnly: false, superReadOnly: false })).toBe('ok');
    const followed = follow({ source: keyOf('db2'), method, stateMethod: false, applierRuns: true });
    expect(execute(world, 'db3', followed)).toBe('ok');
    expect(execute(world, 'db3', { kind: 'start-replication' })).toBe('ok');
    writeNumbers(world, [3], 'db2');
    world.run(100);
    expect(probe(world, 'db2').instance).toMatchObject({ sourceKey: null, readOnly: false, receiverState: 'none' });
    expect(probe(world, 'db3').instance).toMatchObject({
      sourceKey: keyOf('db2'),
      receiverState: 'running',
      applierState: 'running',
      readOnly: true,
    });
    expect(world.client('db3').rows('SELECT n FROM demo.numbers ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('D7: detaches a replica, which then finds no such host', () => {
    const world = aWorld({ family, replicas: 1 });
    expect(execute(world, 'db2', { kind: 'detach-source', source: keyOf('db1'), relayLog })).toBe('ok');
    execute(world, 'db2', { kind: 'start-receiver' });
    world.run(50);
    const { instance } = probe(world, 'db2');
    expect(instance.sourceKey).toEqual({ hostname: '//db1', port: 3306 });
    expect([instance.receiverState, instance.evidence?.lastErrorNumber]).toEqual(['other', 2005]);
  });

  it('refuses to follow a source without an account: the receiver stops for good', () => {
    const world = aWorld({ family, replicas: 1 });
    expect(execute(world, 'db1', follow({ source: keyOf('db2'), method, stateMethod: true }))).toBe('ok');
    execute(world, 'db1', { kind: 'start-replication' });
    world.run(100);
    const { instance } = probe(world, 'db1');
    expect(instance).toMatchObject({ receiverState: 'stopped', hasReplicationCredentials: false });
    expect(instance.evidence?.lastErrorNumber).toBe(isMysql ? 13117 : 1593);
  });

  it('waits for transactions, and says when the time is over', () => {
    const world = aWorld({ family, replicas: 1 });
    const gtid = isMysql ? `${UUID1}:1-2` : '0-1-2';
    const waiting = commandClient(world, 'db2');
    const sql = packetOfCommand(world, 'db2', { kind: 'wait-for-gtid', gtid, timeoutSeconds: 3 });
    const soon = waiting.send(sql);
    world.run(1_000);
    expect(soon.outcomes).toBeNull();
    writeNumbers(world, [1]);
    world.run(50);
    expect(soon.outcomes).toMatchObject([{ rows: [[0]] }]);
    const never = { kind: 'wait-for-gtid', gtid: isMysql ? `${UUID1}:1-99` : '0-1-99', timeoutSeconds: 3 } as const;
    expect(execute(world, 'db2', never)).toEqual([{ waited: isMysql ? 1 : -1 }]);
  });

  it('D12: finds a session whose command got no answer, and ends it', () => {
    const world = aWorld({ family, replicas: 1 });
    writeNumbers(world, [1]);
    const holder = world.client('db1', 'app');
    holder.ask('LOCK TABLES demo.numbers WRITE');
    const left = commandClient(world, 'db1');
    left.send(packetOfCommand(world, 'db1', { kind: 'set-read-only', readOnly: true, superReadOnly: true }));
    world.run(100);
    left.session.close();
    const other = commandClient(world, 'db1');
    const find = findSessionSql(left.session.id);
    expect(other.rows(find)).toEqual([{ ID: left.session.id, HOST: `tester:${left.clientPort}` }]);
    expect(other.tell(endSessionSql(left.session.id))).toBe('ok');
    expect(other.rows(find)).toEqual([]);
    expect(other.tell(endSessionSql(left.session.id))).toMatch(/^1094: Unknown thread id: /);
    holder.ask('UNLOCK TABLES');
    world.run(100);
    expect(probe(world, 'db1').instance.readOnly).toBe(false);
  });

  it('D12: gives up waiting for locks after the time that command sessions have', () => {
    const world = aWorld({ family, replicas: 1 });
    writeNumbers(world, [1]);
    world.client('db1', 'app').ask('LOCK TABLES demo.numbers WRITE');
    const client = commandClient(world, 'db1');
    const asked = client.send(
      packetOfCommand(world, 'db1', { kind: 'set-read-only', readOnly: true, superReadOnly: true }),
    );
    world.runUntil(() => asked.outcomes !== null, 10_000);
    expect(asked.outcomes).toMatchObject([{ kind: 'error', number: 1205 }]);
    const seconds = Number(/lock_wait_timeout = (\d+)/.exec(COMMAND_SESSION_SQL)?.[1]);
    expect(asked.millis).toBeCloseTo(seconds * 1_000, -1);
  });
});

describe('a pretended mysql replica with half a transaction', () => {
  function aHalfTransaction() {
    const world = aWorld({ family: 'mysql', replicas: 1 });
    writeNumbers(world, [1]);
    world.run(100);
    world.server('db1').write({ kind: 'rows', table: 'demo.numbers', rows: [2] }, 'client', true, () => {});
    world.run(30);
    world.server('db1').kill();
    expect(execute(world, 'db2', { kind: 'stop-receiver' })).toBe('ok');
    return world;
  }

  it('D15: stops its applier a minute later only', () => {
    const world = aHalfTransaction();
    const client = commandClient(world, 'db2');
    const asked = client.send(packetOfCommand(world, 'db2', { kind: 'stop-replication' }));
    world.run(HALF_TRANSACTION_MILLIS - 1_000);
    expect(asked.outcomes).toBeNull();
    expect(probe(world, 'db2').instance).toMatchObject({ applierState: 'running', receiverState: 'stopped' });
    world.runUntil(() => asked.outcomes !== null, 2_000);
    expect(asked.outcomes).toMatchObject([{ kind: 'ok' }]);
  });

  it('D15: ends it at once when its coordinator is killed', () => {
    const world = aHalfTransaction();
    expect(execute(world, 'db2', { kind: 'end-half-transaction' })).toBe('ok');
    expect(probe(world, 'db2').instance).toMatchObject({ applierState: 'stopped' });
    expect(probe(world, 'db2').instance.evidence).toMatchObject({ partialTransaction: '', lastSqlErrorNumber: 1756 });
    // There is no coordinator any more.
    expect(execute(world, 'db2', { kind: 'end-half-transaction' })).toBe('1094: Unknown thread id: 0');
    expect(execute(world, 'db2', { kind: 'forget-source', relayLog })).toBe('ok');
  });

  it('finishes the transaction first when the rest comes while it is told to stop', () => {
    const world = aWorld({ family: 'mysql', replicas: 1 });
    world.server('db1').write({ kind: 'rows', table: 'demo.numbers', rows: [1] }, 'client', true, () => {});
    world.run(20);
    const told = execute(world, 'db2', { kind: 'stop-replication' });
    expect(told).toBe('ok');
    expect(world.server('db2').history.rowsOf('demo.numbers').has(1)).toBe(true);
  });
});

describe('relay logs of pretended servers', () => {
  function withUnapplied(family: 'mysql' | 'mariadb') {
    const world = aWorld({ family, replicas: 1 });
    const word = family === 'mysql' ? 'REPLICA' : 'SLAVE';
    world.client('db2').ask(`STOP ${word} SQL_THREAD`);
    writeNumbers(world, [1]);
    world.run(100);
    const drops: number[] = [];
    world.observe({ relayLogDropped: (_, { lost }) => drops.push(lost.length) });
    return { world, drops, word };
  }

  it('mariadb: a CHANGE drops what was received, and the position of the receiver does not show it', () => {
    const { world, drops } = withUnapplied('mariadb');
    execute(world, 'db2', follow({ source: keyOf('db1'), method: 'slave-pos' }));
    expect(drops).toEqual([2]);
    const { evidence } = probe(world, 'db2').instance;
    expect(evidence).toMatchObject({ receivedGtid: '0-1-2', mariadbCurrentPosition: '' });
  });

  it('mariadb: starting a thread while both stand still drops it, and fetches it anew', () => {
    const { world, drops, word } = withUnapplied('mariadb');
    world.client('db2').ask(`STOP ${word}`);
    expect(drops).toEqual([]);
    world.client('db2').ask(`START ${word}`);
    expect(drops).toEqual([2]);
    world.run(100);
    expect(world.client('db2').value('SELECT COUNT(*) FROM demo.numbers')).toBe(1);
  });

  it('mysql: a CHANGE with the applier running keeps it, with both stopped drops it', () => {
    const { world, drops } = withUnapplied('mysql');
    const holder = world.server('db2').running.gate;
    holder.lockTables(-1);
    world.client('db2').ask('START REPLICA SQL_THREAD');
    execute(world, 'db2', follow({ source: keyOf('db3'), applierRuns: true }));
    expect(drops).toEqual([]);
    // How far it had read of the former source says nothing of the new one.
    expect(probe(world, 'db2').instance.readCoordinates).toMatchObject({ file: '', pos: 4 });
    execute(world, 'db2', follow({ source: keyOf('db1'), applierRuns: true }));
    holder.unlockTables(-1);
    world.run(100);
    expect(world.client('db2').value('SELECT COUNT(*) FROM demo.numbers')).toBe(1);
    execute(world, 'db2', { kind: 'stop-replication' });
    execute(world, 'db2', follow({ source: keyOf('db1') }));
    expect(drops).toEqual([0]);
  });
});
