/** Replicas that go by file and position: where they begin, what they receive twice or never, and what they show of it. */
import { describe, expect, it } from 'vitest';
import { topologyFaults } from '../invariants/topology-faults.ts';
import { aWorld, type TestWorld } from '../testing.ts';
import type { Family } from './server-options.ts';

const TABLE = 'demo.numbers';
const FAMILIES: readonly Family[] = ['mysql', 'mariadb'];
const PATIENCE_MILLIS = 200;

const WORDS = {
  mysql: { replica: 'REPLICA', source: 'SOURCE', change: 'CHANGE REPLICATION SOURCE TO', fatal: 13114 },
  mariadb: { replica: 'SLAVE', source: 'MASTER', change: 'CHANGE MASTER TO', fatal: 1236 },
} as const;

function insert(world: TestWorld, ...rows: readonly number[]): void {
  for (const row of rows) world.server('db1').writeLocally({ kind: 'rows', table: TABLE, rows: [row] });
  world.run(PATIENCE_MILLIS);
}

const rowsOf = (world: TestWorld, name: string): readonly number[] => [...world.server(name).history.rowsOf(TABLE)];

const endOf = (world: TestWorld, name: string) => world.server(name).history.binlog.end;

describe.each(FAMILIES)('a %s replica by file and position', (family) => {
  const words = WORDS[family];

  const anotherWorld = (replicas = 1) => aWorld({ family, replicas, gtid: 'off' });

  function pointAt(world: TestWorld, name: string, options: string): string {
    const client = world.client(name);
    client.ask(`STOP ${words.replica}`);
    const told = client.tell(`${words.change} ${options}`);
    client.ask(`START ${words.replica}`);
    world.run(PATIENCE_MILLIS);
    return String(told);
  }

  const at = ({ file, position }: { readonly file: string; readonly position: number }): string =>
    `${words.source}_LOG_FILE = '${file}', ${words.source}_LOG_POS = ${position}`;

  function status(world: TestWorld, name: string): Record<string, unknown> {
    return world.client(name).rows(`SHOW ${words.replica} STATUS`)[0] ?? {};
  }

  it('has the rows of its source, knows no GTIDs of its own accord, and shows the places of its source', () => {
    const world = anotherWorld();
    insert(world, 1, 2);
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
    const { file, position } = endOf(world, 'db1');
    expect(status(world, 'db2')).toMatchObject({
      [`${family === 'mysql' ? 'Source' : 'Master'}_Log_File`]: file,
      [`Read_${family === 'mysql' ? 'Source' : 'Master'}_Log_Pos`]: position,
      [`Exec_${family === 'mysql' ? 'Source' : 'Master'}_Log_Pos`]: position,
    });
    if (family === 'mysql') expect(world.client('db2').value('SELECT @@global.gtid_executed')).toBe('');
  });

  it('has places of its own in its binary log', () => {
    const world = anotherWorld();
    insert(world, 1, 2);
    expect(endOf(world, 'db2')).not.toEqual(endOf(world, 'db1'));
    expect(world.server('db1').history.find(endOf(world, 'db2')).kind).toBe('no-such-file');
  });

  it('begins exactly where it is told: what is before that it never gets', () => {
    const world = anotherWorld();
    world.client('db2').ask(`STOP ${words.replica}`);
    insert(world, 1);
    const place = endOf(world, 'db1');
    insert(world, 2);
    expect(pointAt(world, 'db2', at(place))).toBe('ok');
    expect(rowsOf(world, 'db2')).toEqual([2]);
    expect(topologyFaults(world, { acknowledged: [1, 2], table: TABLE })).toEqual([
      { kind: 'lost', server: 'db2', text: 'db2 has not 1, which were acknowledged' },
    ]);
  });

  it('applies twice what it is sent twice, and stops at the row that is there already', () => {
    const world = anotherWorld();
    const before = endOf(world, 'db1');
    insert(world, 1);
    pointAt(world, 'db2', at(before));
    const { applier } = world.server('db2').running;
    expect([applier.state, applier.errorNumber]).toEqual(['stopped', family === 'mysql' ? 1062 : 1950]);
    expect(topologyFaults(world, { acknowledged: [1], table: TABLE }).map(({ kind }) => kind)).toEqual(['stranded']);
  });

  it('executes a statement twice that it is sent twice', () => {
    const world = aWorld({ family, replicas: 1, gtid: 'off', options: () => ({ gtidStrictMode: false }) });
    const before = endOf(world, 'db1');
    world.server('db1').writeLocally({ kind: 'statement', sql: 'UPDATE demo.numbers SET n = n + 1' });
    world.run(PATIENCE_MILLIS);
    pointAt(world, 'db2', at(before));
    expect(world.server('db2').history.log).toHaveLength(2);
    expect(topologyFaults(world, { acknowledged: [] }).map(({ kind }) => kind)).toEqual(['duplicate']);
  });

  it.each([
    ['behind the end', { position: 99_999 }],
    ['in a file that is not there', { file: 'binlog.000099' }],
    ['in the middle of an event', { position: 200 }],
  ])('is refused a place %s, and its receiver stops for good', (_, change) => {
    const world = anotherWorld();
    insert(world, 1);
    pointAt(world, 'db2', at({ ...endOf(world, 'db1'), ...change }));
    const { receiver } = world.server('db2').running;
    expect([receiver.state, receiver.errorNumber]).toEqual(['stopped', words.fatal]);
    expect(receiver.errorText).toMatch(/^Got fatal error 1236 from (source|master) when reading data from binary log/);
  });

  it.each([
    ['its beginning', 1, [1, 2]],
    ['its rows', -2, [2]],
    ['its end', -1, [2]],
  ] as const)('that begins between events of a transaction, at %s, gets what the rest of it does', (_, event, rows) => {
    const world = anotherWorld();
    world.client('db2').ask(`STOP ${words.replica}`);
    const before = endOf(world, 'db1');
    insert(world, 1);
    const events = world.client('db1').rows(`SHOW BINLOG EVENTS IN '${before.file}' FROM ${before.position}`);
    insert(world, 2);
    const position = Number(events.at(event)?.['Pos']);
    expect(pointAt(world, 'db2', at({ ...before, position }))).toBe('ok');
    expect(world.server('db2').running.receiver.errorNumber).toBe(0);
    expect(rowsOf(world, 'db2')).toEqual(rows);
  });

  it('is refused the places of a sibling', () => {
    const world = anotherWorld(2);
    insert(world, 1, 2);
    pointAt(world, 'db3', at(endOf(world, 'db2')));
    expect(world.server('db3').running.receiver.errorNumber).toBe(words.fatal);
  });

  it('begins with the oldest file when it is told a source and no place, also when it is the same', () => {
    const world = anotherWorld();
    world.client('db2').ask(`STOP ${words.replica}`);
    world.client('db2').ask(`${words.change} ${words.source}_HOST = 'db1'`);
    expect(world.server('db2').relayLog.readAt).toBeNull();
  });

  it('fetches again what it had received and not applied, when its account is changed', () => {
    const world = anotherWorld();
    insert(world, 1);
    world.client('db2').ask(`STOP ${words.replica} SQL_THREAD`);
    insert(world, 2);
    expect(world.server('db2').relayLog.waiting).toHaveLength(1);
    expect(pointAt(world, 'db2', `${words.source}_USER = 'repl', ${words.source}_PASSWORD = 'other'`)).toBe('ok');
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
    expect(topologyFaults(world, { acknowledged: [1, 2], table: TABLE })).toEqual([]);
  });

  it('follows its source into the next file, before anything is in it', () => {
    const world = anotherWorld();
    insert(world, 1);
    world.client('db1').ask('FLUSH BINARY LOGS');
    world.run(PATIENCE_MILLIS);
    expect(endOf(world, 'db1').file).toBe('binlog.000002');
    expect(world.server('db2').relayLog.appliedAt).toEqual(endOf(world, 'db1'));
    insert(world, 2);
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
  });

  it('goes on where it was when its process has died, and when its source has', () => {
    const world = anotherWorld();
    insert(world, 1);
    world.server('db2').kill();
    insert(world, 2);
    world.server('db2').start();
    world.run(PATIENCE_MILLIS);
    world.server('db1').kill();
    world.server('db1').start();
    world.server('db1').running.gate.set('off', 0, () => {});
    world.run(3_000);
    insert(world, 3);
    expect(rowsOf(world, 'db2')).toEqual([1, 2, 3]);
    expect(topologyFaults(world, { acknowledged: [1, 2, 3], table: TABLE })).toEqual([]);
  });

  it('is refused when its source has lost what it had sent', () => {
    const world = aWorld({ family, replicas: 1, gtid: 'off', options: () => ({ syncsBinlog: false }) });
    insert(world, 1, 2);
    world.server('db1').powerOff();
    world.server('db1').start();
    world.run(10_000);
    expect(world.server('db2').running.receiver.errorNumber).toBe(words.fatal);
  });

  it.each(['chain', 'tree', 'ring', 'co-primaries'] as const)(
    'passes on in the shape of a %s, and nothing twice',
    (shape) => {
      const world = aWorld({ family, replicas: 4, gtid: 'off', shape });
      insert(world, 1, 2, 3);
      world.run(PATIENCE_MILLIS);
      for (const { name } of world.servers) expect([name, rowsOf(world, name)]).toEqual([name, [1, 2, 3]]);
      const cycle = shape === 'ring' ? 5 : 2;
      expect(topologyFaults(world, { acknowledged: [1, 2, 3], table: TABLE, cycle })).toEqual([]);
    },
  );

  it('deletes files of its relay log that it has applied, however long it is connected', () => {
    const world = anotherWorld();
    const many = 10_001;
    for (let n = 1; n <= many; n++) world.server('db1').writeLocally({ kind: 'rows', table: TABLE, rows: [n] });
    world.run(60_000);
    expect(world.server('db2').history.log).toHaveLength(many);
    const { file } = world.server('db2').relayLog.ownPlace;
    expect(world.server('db2').relayLog.fileNames).toEqual([file]);
    expect(world.client('db2').rows(`SHOW RELAYLOG EVENTS IN '${file}'`).length).toBeLessThan(50);
  });

  it('is passed on nothing by a source that logs no replica updates', () => {
    const world = aWorld({
      family,
      replicas: 2,
      gtid: 'off',
      shape: 'chain',
      options: (number) => ({ logReplicaUpdates: number !== 2 }),
    });
    insert(world, 1);
    expect([rowsOf(world, 'db2'), rowsOf(world, 'db3')]).toEqual([[1], []]);
  });
});
