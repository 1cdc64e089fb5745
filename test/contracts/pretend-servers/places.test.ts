// What operations ask of servers beyond failovers, rendered by the product's own dialects, at pretended servers: places in files, and what is not by GTID.

import { describe, expect, it } from 'vitest';
import { NO_REPLICATION_TLS } from '../../../src/model/blank-instance.ts';
import type { ServerCommand } from '../../../src/model/server-command.ts';
import { pseudoGtidStatement } from '../../../src/mysql/pseudo-gtid-statement.ts';
import { follow } from '../../../src/mysql/testing.ts';
import type { LogPlace } from '../../../src/sim/server/log-place.ts';
import type { Family } from '../../../src/sim/server/server-options.ts';
import { aWorld, keyOf, type TestWorld } from '../../../src/sim/testing.ts';
import { commandClient, execute, FAMILIES, packetOfCommand, probe, writeNumbers } from './product.ts';

const WAIT_MILLIS = 200;
const OTHER_UUID = '00000000-0000-0000-0000-0000000000aa';

const coordinates = ({ file, position }: LogPlace) => ({ file, pos: position, type: 'binary' }) as const;

const endOf = (world: TestWorld, name: string) => coordinates(world.server(name).history.binlog.end);

const rowsOf = (world: TestWorld, name: string) => [...world.server(name).history.rowsOf('demo.numbers')];

function run(world: TestWorld, name: string, ...commands: readonly ServerCommand[]): void {
  for (const command of commands) expect([command.kind, execute(world, name, command)]).toEqual([command.kind, 'ok']);
  world.run(WAIT_MILLIS);
}

/** A primary, two replicas by file and position; rows 1 and 2 are everywhere. */
function placesWorld(family: Family): TestWorld {
  const world = aWorld({ family, replicas: 2, gtid: 'off' });
  writeNumbers(world, [1, 2]);
  world.run(WAIT_MILLIS);
  return world;
}

describe.each(FAMILIES)('a pretended %s server without GTIDs', (family) => {
  it('is read as what it is, places and all', () => {
    const world = placesWorld(family);
    const { instance } = probe(world, 'db2');
    const source = endOf(world, 'db1');
    expect(instance).toMatchObject({
      usingOracleGtid: false,
      usingMariadbGtid: false,
      executedGtidSet: '',
      receiverState: 'running',
      applierState: 'running',
      readCoordinates: source,
      execCoordinates: source,
      selfCoordinates: endOf(world, 'db2'),
    });
    const { relayLogCoordinates } = instance;
    expect(relayLogCoordinates.file).toMatch(/^relaylog\.\d{6}$/);
    if (family === 'mysql') expect(instance.gtidMode).toBe('OFF');
  });

  it('is moved below a sibling that stands at the same place, and back again', () => {
    const world = placesWorld(family);
    run(world, 'db3', { kind: 'stop-replication' });
    run(world, 'db2', { kind: 'stop-replication' });
    const place = { kind: 'position', coordinates: endOf(world, 'db2'), leavesGtid: false } as const;
    run(world, 'db3', follow({ source: keyOf('db2'), place }), { kind: 'start-replication' });
    run(world, 'db2', { kind: 'start-replication' });
    writeNumbers(world, [3]);
    world.run(WAIT_MILLIS);
    expect(rowsOf(world, 'db3')).toEqual([1, 2, 3]);
    run(world, 'db2', { kind: 'stop-replication' });
    run(world, 'db3', { kind: 'stop-replication' });
    const { execCoordinates } = probe(world, 'db2').instance;
    run(
      world,
      'db3',
      follow({ source: keyOf('db1'), place: { kind: 'position', coordinates: execCoordinates, leavesGtid: false } }),
      { kind: 'start-replication' },
    );
    writeNumbers(world, [4]);
    world.run(WAIT_MILLIS);
    expect(rowsOf(world, 'db3')).toEqual([1, 2, 3, 4]);
  });

  it('replicates until a place: its applier stops there, its receiver goes on', () => {
    const world = placesWorld(family);
    run(world, 'db2', { kind: 'stop-replication' });
    writeNumbers(world, [3]);
    const until = endOf(world, 'db1');
    writeNumbers(world, [4]);
    run(world, 'db2', { kind: 'start-until', coordinates: until });
    const { instance } = probe(world, 'db2');
    expect(instance).toMatchObject({ applierState: 'stopped', receiverState: 'running', execCoordinates: until });
    expect(instance.readCoordinates).toEqual(endOf(world, 'db1'));
    expect(rowsOf(world, 'db2')).toEqual([1, 2, 3]);
    run(world, 'db2', { kind: 'start-applier' });
    expect(rowsOf(world, 'db2')).toEqual([1, 2, 3, 4]);
  });

  it('at the end of the log the applier of MySQL stops at once, that of MariaDB when more comes', () => {
    const world = placesWorld(family);
    run(world, 'db2', { kind: 'stop-replication' });
    writeNumbers(world, [3]);
    run(world, 'db2', { kind: 'start-until', coordinates: endOf(world, 'db1') });
    expect(probe(world, 'db2').instance.applierState).toBe(family === 'mysql' ? 'stopped' : 'running');
    writeNumbers(world, [4]);
    world.run(WAIT_MILLIS);
    expect(probe(world, 'db2').instance.applierState).toBe('stopped');
    expect(rowsOf(world, 'db2')).toEqual([1, 2, 3]);
  });

  it('waits for a place: reached, not in time, and nothing where no applier runs', () => {
    const world = placesWorld(family);
    const wait = (pos: number, timeoutSeconds = 1): ServerCommand => ({
      kind: 'wait-for-position',
      coordinates: { ...endOf(world, 'db1'), pos },
      timeoutSeconds,
    });
    const { pos } = endOf(world, 'db1');
    expect(execute(world, 'db2', wait(pos))).toEqual([{ waited: 0 }]);
    expect(execute(world, 'db2', wait(pos + 1))).toEqual([{ waited: -1 }]);
    const client = commandClient(world, 'db2');
    const asked = client.send(packetOfCommand(world, 'db2', wait(pos + 1, 5)));
    writeNumbers(world, [3]);
    world.run(WAIT_MILLIS);
    expect(asked.outcomes).toMatchObject([{ rows: [[1]] }]);
    const left = client.send(packetOfCommand(world, 'db2', wait(pos + 9_999, 5)));
    world.run(WAIT_MILLIS);
    run(world, 'db2', { kind: 'stop-applier' });
    expect(left.outcomes).toMatchObject([{ rows: [[null]] }]);
    expect(execute(world, 'db2', wait(pos))).toEqual([{ waited: null }]);
    expect(execute(world, 'db1', wait(pos))).toEqual([{ waited: null }]);
  });

  it('passes over one transaction when it is told to', () => {
    const world = placesWorld(family);
    run(world, 'db2', { kind: 'stop-replication' }, { kind: 'skip-event' });
    // No `CREATE TABLE IF NOT EXISTS` before them: MySQL logs it, and that would be the one.
    for (const n of [3, 4]) world.client('db1', 'app').ask(`INSERT INTO demo.numbers VALUES (${n})`);
    run(world, 'db2', { kind: 'start-replication' });
    expect(rowsOf(world, 'db2')).toEqual([1, 2, 4]);
    expect(probe(world, 'db2').instance.execCoordinates).toEqual(endOf(world, 'db1'));
  });

  it('stays behind by the delay that it is told', () => {
    const world = placesWorld(family);
    run(
      world,
      'db2',
      { kind: 'stop-replication' },
      { kind: 'set-delay', delaySeconds: 2 },
      { kind: 'start-replication' },
    );
    writeNumbers(world, [3]);
    world.run(1_000);
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
    expect(probe(world, 'db2').instance.sqlDelaySeconds).toBe(2);
    world.run(1_500);
    expect(rowsOf(world, 'db2')).toEqual([1, 2, 3]);
  });

  it('changes its account, and loses nothing that it had received', () => {
    const world = placesWorld(family);
    run(world, 'db2', { kind: 'stop-applier' });
    writeNumbers(world, [3]);
    world.run(WAIT_MILLIS);
    const credentials = { user: 'other', password: 'other_pw' };
    const options = { credentials, allowTls: false, tls: NO_REPLICATION_TLS };
    run(
      world,
      'db2',
      { kind: 'stop-replication' },
      { kind: 'change-credentials', options },
      { kind: 'start-replication' },
    );
    expect(world.server('db2').settings).toMatchObject({ ...credentials, host: 'db1' });
    expect(rowsOf(world, 'db2')).toEqual([1, 2, 3]);
  });
});

describe.each(FAMILIES)('binary logs of a pretended %s server', (family) => {
  it('begin a file when flushed, and lose those that are purged', () => {
    const world = placesWorld(family);
    run(world, 'db1', { kind: 'flush-binary-logs' });
    writeNumbers(world, [3]);
    run(world, 'db1', { kind: 'flush-binary-logs' });
    const files = () =>
      world
        .client('db1')
        .rows('SHOW BINARY LOGS')
        .map((row) => row['Log_name']);
    expect(files()).toEqual(['binlog.000001', 'binlog.000002', 'binlog.000003']);
    run(world, 'db1', { kind: 'purge-binary-logs', file: 'binlog.000002' });
    expect(files()).toEqual(['binlog.000002', 'binlog.000003']);
    expect(execute(world, 'db1', { kind: 'purge-binary-logs', file: 'binlog.000009' })).toMatch(/^1373/);
  });

  it('keep the file that somebody is reading', () => {
    const world = placesWorld(family);
    world.server('db1').write({ kind: 'rows', table: 'demo.numbers', rows: [3] }, 'client', true, () => {});
    world.run(20);
    for (const kind of ['flush-binary-logs', 'flush-binary-logs'] as const) execute(world, 'db1', { kind });
    const last = world.server('db1').history.binlog.end.file;
    expect(execute(world, 'db1', { kind: 'purge-binary-logs', file: last })).toBe('ok');
    expect(world.client('db1').rows('SHOW BINARY LOGS')).toHaveLength(3);
    world.run(WAIT_MILLIS);
    expect(rowsOf(world, 'db2')).toEqual([1, 2, 3]);
  });

  it('are gone after a reset, and so is what was executed', () => {
    const world = aWorld({ family, replicas: 0 });
    writeNumbers(world, [1, 2]);
    run(world, 'db1', { kind: 'reset-binary-logs' });
    expect(rowsOf(world, 'db1')).toEqual([1, 2]);
    expect(probe(world, 'db1').instance.executedGtidSet).toBe('');
    expect(world.client('db1').rows('SHOW BINARY LOGS')).toHaveLength(1);
    writeNumbers(world, [3]);
    world.server('db1').kill();
    world.server('db1').start();
    expect(rowsOf(world, 'db1')).toEqual([1, 2, 3]);
  });

  it('hold a pseudo-GTID as it was written, on every server that logs it, and nothing is changed by it', () => {
    const world = placesWorld(family);
    const marker = '_asc:65f2a0b1:00000001:0123456789abcdef';
    run(world, 'db1', { kind: 'inject-pseudo-gtid', marker });
    const found = ['db1', 'db2', 'db3'].map((name) => {
      const { file } = world.server(name).history.binlog.end;
      const events = world.client(name).rows(`SHOW BINLOG EVENTS IN '${file}' FROM 4 LIMIT 1000`);
      return events.filter(({ Info }) => Info === pseudoGtidStatement(marker)).map((row) => row['Event_type']);
    });
    expect(found).toEqual([['Query'], ['Query'], ['Query']]);
    expect(rowsOf(world, 'db3')).toEqual([1, 2]);
  });

  it('are listed page by page: each page begins where the one before ended', () => {
    const world = placesWorld(family);
    const client = world.client('db1');
    const { file } = world.server('db1').history.binlog.end;
    const all = client.rows(`SHOW BINLOG EVENTS IN '${file}'`);
    const paged: unknown[] = [];
    for (let from = 4; ; ) {
      const page = client.rows(`SHOW BINLOG EVENTS IN '${file}' FROM ${from} LIMIT 3`);
      paged.push(...page);
      if (page.length < 3) break;
      from = Number(page.at(-1)?.['End_log_pos']);
    }
    expect(paged).toEqual(all);
    expect(all.at(-1)?.['End_log_pos']).toBe(endOf(world, 'db1').pos);
    expect(client.tell("SHOW BINLOG EVENTS IN 'binlog.000099' FROM 4 LIMIT 3")).toMatch(/^1220/);
  });

  it('and relay logs are paged by number, and end at the place that the status shows', () => {
    const world = placesWorld(family);
    const { relayLogCoordinates: place } = probe(world, 'db2').instance;
    const client = world.client('db2');
    const all = client.rows(`SHOW RELAYLOG EVENTS IN '${place.file}'`);
    const second = client.rows(`SHOW RELAYLOG EVENTS IN '${place.file}' FROM 4 LIMIT 2,3`);
    expect(second).toEqual(all.slice(2, 5));
    expect(all.at(-1)?.['End_log_pos']).toBe(endOf(world, 'db1').pos);
    const last = all.findLast(({ Event_type }) => Event_type === 'Xid');
    const size = Number(last?.['End_log_pos']) - Number(all.at(-2)?.['End_log_pos']);
    expect(Number(last?.['Pos']) + size).toBe(place.pos);
  });
});

describe('a pretended mysql server with GTIDs', () => {
  it('O36: takes empty transactions by their GTIDs, tagged ones too, and passes them on', () => {
    const world = aWorld({ family: 'mysql', replicas: 1 });
    writeNumbers(world, [1]);
    const gtids = [`${OTHER_UUID}:5`, `${OTHER_UUID}:6`, `${OTHER_UUID}:tagged:2`];
    run(world, 'db1', { kind: 'inject-empty', gtids });
    const set = probe(world, 'db1').instance.executedGtidSet;
    expect(set).toContain(`${OTHER_UUID}:5-6:tagged:2`);
    expect(probe(world, 'db2').instance.executedGtidSet).toBe(set);
    const length = world.server('db1').history.log.length;
    run(world, 'db1', { kind: 'inject-empty', gtids });
    expect(world.server('db1').history.log).toHaveLength(length);
  });

  it('leaves the session that was given a GTID as it was', () => {
    const world = aWorld({ family: 'mysql', replicas: 0 });
    const client = world.client('db1');
    client.ask(`SET GTID_NEXT = '${OTHER_UUID}:5'; BEGIN; COMMIT`);
    expect(client.tell('DROP VIEW IF EXISTS `a`.`b`')).toMatch(/^1837/);
    client.ask("SET GTID_NEXT = 'AUTOMATIC'");
    expect(client.tell('DROP VIEW IF EXISTS `a`.`b`')).toBe('ok');
    expect(client.tell("SET GTID_NEXT = 'nonsense'")).toMatch(/^1774/);
  });

  it('counts as executed what it is told right after a reset, and only more later', () => {
    const world = aWorld({ family: 'mysql', replicas: 1 });
    run(world, 'db1', { kind: 'reset-binary-logs' }, { kind: 'set-gtid-purged', gtid: `${OTHER_UUID}:1-3` });
    expect(probe(world, 'db1').instance).toMatchObject({ executedGtidSet: `${OTHER_UUID}:1-3` });
    expect(execute(world, 'db1', { kind: 'set-gtid-purged', gtid: `${OTHER_UUID}:1-2` })).toMatch(/^3546/);
    expect(execute(world, 'db1', { kind: 'set-gtid-purged', gtid: 'nonsense' })).toMatch(/^1231/);
  });

  it('sends nobody what it lacks and has purged', () => {
    const world = aWorld({ family: 'mysql', replicas: 1 });
    run(world, 'db2', { kind: 'stop-replication' });
    writeNumbers(world, [1]);
    run(world, 'db1', { kind: 'flush-binary-logs' }, { kind: 'purge-binary-logs', file: 'binlog.000002' });
    run(world, 'db2', { kind: 'start-replication' });
    expect(world.server('db2').running.receiver.errorNumber).toBe(13114);
  });

  it('goes by file and position when it is told to, and executes nothing twice', () => {
    const world = aWorld({ family: 'mysql', replicas: 1 });
    const before = endOf(world, 'db1');
    writeNumbers(world, [1]);
    world.run(WAIT_MILLIS);
    run(world, 'db2', { kind: 'stop-replication' });
    const place = { kind: 'position', coordinates: before, leavesGtid: true } as const;
    run(world, 'db2', follow({ source: keyOf('db1'), place }), { kind: 'start-replication' });
    writeNumbers(world, [2]);
    world.run(WAIT_MILLIS);
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
    expect(probe(world, 'db2').instance.usingOracleGtid).toBe(false);
  });

  it('is asked by its replicas for the key of their account, when they are told to', () => {
    const world = aWorld({ family: 'mysql', replicas: 1 });
    run(world, 'db2', { kind: 'stop-replication' }, { kind: 'get-source-public-key' }, { kind: 'start-replication' });
    expect(probe(world, 'db2').instance.replicationTls.getSourcePublicKey).toBe(true);
  });
});

describe('a pretended mariadb server with GTIDs', () => {
  it('leaves them when it is given a place', () => {
    const world = aWorld({ family: 'mariadb', replicas: 1 });
    writeNumbers(world, [1]);
    world.run(WAIT_MILLIS);
    run(world, 'db2', { kind: 'stop-replication' });
    const place = { kind: 'position', coordinates: endOf(world, 'db1'), leavesGtid: true } as const;
    run(world, 'db2', follow({ source: keyOf('db1'), place }), { kind: 'start-replication' });
    writeNumbers(world, [2]);
    world.run(WAIT_MILLIS);
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
    expect(probe(world, 'db2').instance.usingMariadbGtid).toBe(false);
  });
});

describe.each(FAMILIES)('sessions of a pretended %s server', (family) => {
  it.each([
    ['orc', ['GRANT ALL PRIVILEGES ON *.* TO `orc`@`%`']],
    ['app', ['GRANT USAGE ON *.* TO `app`@`%`', 'GRANT ALL PRIVILEGES ON `demo`.* TO `app`@`%`']],
  ])('are told what they may do: %s', (user, grants) => {
    const client = aWorld({ family, replicas: 0 }).client('db1', user);
    for (const sql of ['SHOW GRANTS', 'show grants for current_user()']) {
      expect(client.rows(sql).map((row) => row[`Grants for ${user}@%`])).toEqual(grants);
    }
  });

  it('lose the statement that is ended, and stay', () => {
    const world = aWorld({ family, replicas: 0 });
    writeNumbers(world, [1]);
    world.client('db1', 'app').ask('LOCK TABLES demo.numbers WRITE');
    const other = world.client('db1', 'app');
    const asked = other.send('INSERT INTO demo.numbers VALUES (2)');
    world.run(50);
    run(world, 'db1', { kind: 'kill-query', processId: other.session.id });
    expect(asked.outcomes).toMatchObject([{ kind: 'error', number: 1317 }]);
    expect(other.value('SELECT 1')).toBe(1);
  });

  it('acknowledge or not, as they are told', () => {
    const world = aWorld({ family, replicas: 1 });
    run(world, 'db2', { kind: 'set-semi-sync-replica', enabled: true, restartReceiver: true });
    expect(world.server('db2').running.receiver.acknowledges).toBe(true);
    run(world, 'db2', { kind: 'set-semi-sync-replica', enabled: false, restartReceiver: true });
    expect(world.server('db2').running.receiver.acknowledges).toBe(false);
  });
});

describe.each(FAMILIES)('hostile texts in what operations send a pretended %s server', (family) => {
  const value = 'o\'brien\\ "x" ; -- #';
  const at = { file: value, pos: 4, type: 'binary' } as const;
  const credentials = { user: value, password: value };
  const isMysql = family === 'mysql';

  const cases: readonly (readonly [ServerCommand, string | RegExp])[] = [
    [{ kind: 'start-until', coordinates: at }, 'ok'],
    [follow({ source: keyOf(value), place: { kind: 'position', coordinates: at, leavesGtid: true } }), 'ok'],
    [{ kind: 'purge-binary-logs', file: value }, /^1373/],
    [{ kind: 'inject-pseudo-gtid', marker: value }, 'ok'],
    [{ kind: 'change-credentials', options: { credentials, allowTls: false, tls: NO_REPLICATION_TLS } }, 'ok'],
    ...(isMysql
      ? ([
          [{ kind: 'set-gtid-purged', gtid: value }, /^1231/],
          [{ kind: 'inject-empty', gtids: [value] }, /^1774/],
        ] as const)
      : []),
  ];

  it.each(cases.map(([command, told]) => ({ kind: command.kind, command, told })))(
    'are texts and nothing else: $kind',
    ({ command, told }) => {
      const world = aWorld({ family, replicas: 1, options: () => ({ readOnly: false }) });
      execute(world, 'db2', { kind: 'stop-replication' });
      const came = execute(world, 'db2', command);
      if (typeof told === 'string') expect(came).toBe(told);
      else expect(came).toMatch(told);
    },
  );

  it('name no file that could be waited for', () => {
    const world = aWorld({ family, replicas: 1 });
    expect(execute(world, 'db2', { kind: 'wait-for-position', coordinates: at, timeoutSeconds: 3 })).toEqual([
      { waited: null },
    ]);
  });

  it('name no log whose events could be shown', () => {
    const client = aWorld({ family, replicas: 1 }).client('db2');
    const file = "'o\\'brien\\\\ \"x\" ; -- #'";
    expect(client.tell(`SHOW BINLOG EVENTS IN ${file} FROM 4 LIMIT 3`)).toMatch(/^1220/);
    expect(client.tell(`SHOW RELAYLOG EVENTS IN ${file} FROM 4 LIMIT 0,3`)).toMatch(/^1220/);
  });
});
