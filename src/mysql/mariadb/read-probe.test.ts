import { describe, expect, it } from 'vitest';
import { recordedRows, recordedWith } from '../testing.ts';
import { readProbe } from './read-probe.ts';

const key = { hostname: '127.0.0.1', port: 22294 };
const replication = (changes: Record<string, unknown>) =>
  readProbe(key, recordedWith('mariadb-replica', 'replication', changes)).instance;

describe('a probe of a MariaDB replica', () => {
  const facts = readProbe(key, recordedRows('mariadb-replica'));

  it('tells who it is: it has no UUID', () => {
    expect(facts.instance).toMatchObject({
      key,
      serverId: 22294,
      serverUuid: '',
      version: '10.11.18-MariaDB-0+deb12u1-log',
      uptimeSeconds: 2,
      supportsOracleGtid: false,
      executedGtidSet: '',
    });
    expect(facts).toMatchObject({ hostname: 'db1.example', reportHost: '127.0.0.1', reportPort: 22294 });
  });

  it('tells what it logs and whether it takes writes', () => {
    expect(facts.instance).toMatchObject({
      readOnly: true,
      superReadOnly: false,
      binlogFormat: 'ROW',
      logBinEnabled: true,
      logReplicaUpdatesEnabled: true,
      selfCoordinates: { file: 'binlog.000001', pos: 467, type: 'binary' },
    });
  });

  it('tells whom it follows and how far it is', () => {
    expect(facts.instance).toMatchObject({
      sourceKey: { hostname: '127.0.0.1', port: 22293 },
      sourceUuid: 'No',
      receiverState: 'running',
      applierState: 'running',
      usingMariadbGtid: true,
      readCoordinates: { file: 'binlog.000001', pos: 467, type: 'binary' },
      relayLogCoordinates: { file: 'relaylog.000002', pos: 763, type: 'relay' },
      replicationLagSeconds: 0,
      allowTls: false,
      hasReplicationCredentials: true,
    });
    expect(facts.replicationUser).toBe('repl');
  });

  it('A8: tells of the receiver what proves that its source lives', () => {
    expect(facts.instance.evidence).toEqual({
      lastErrorNumber: 0,
      lastSqlErrorNumber: 0,
      heartbeatsReceived: 1,
      heartbeatPeriodMillis: 1000,
      waitsForSource: true,
      silentMillis: null,
      receivedGtid: '0-22293-1',
      partialTransaction: '',
      mariadbCurrentPosition: '0-22293-1',
      mariadbReplicatedPosition: '0-22293-1',
    });
  });

  it('tells both sides of semi-sync, which always waits for one', () => {
    expect(facts.instance.semiSync).toMatchObject({
      available: true,
      sourceEnabled: false,
      replicaEnabled: true,
      sourceTimeoutMillis: 10_000n,
      sourceWaitForReplicaCount: 1,
      replicaStatus: true,
    });
  });
});

describe('a probe of a MariaDB primary', () => {
  const facts = readProbe({ hostname: '127.0.0.1', port: 22293 }, recordedRows('mariadb-primary'));

  it('has no source, yet shows the position of its own writes', () => {
    expect(facts.instance).toMatchObject({ sourceKey: null, receiverState: 'none', readOnly: false });
    expect(facts.instance.evidence).toMatchObject({ mariadbCurrentPosition: '0-22293-1', receivedGtid: '' });
  });

  it('names its replicas both ways', () => {
    expect(facts.registeredReplicas).toEqual([{ host: '127.0.0.1', port: 22294, user: '' }]);
    expect(facts.dumpingReplicas).toEqual([{ host: '127.0.0.1', port: null, user: 'repl' }]);
  });

  it('counts its ackers', () => {
    expect(facts.instance.semiSync).toMatchObject({ sourceEnabled: true, sourceStatus: true, sourceClients: 1 });
  });
});

describe('what a MariaDB server says less usually', () => {
  it.each([
    ['No', false],
    ['', false],
    ['Slave_Pos', true],
    ['Current_Pos', true],
  ])('Using_Gtid "%s" is replication by GTID: %s', (usingGtid, uses) => {
    expect(replication({ Using_Gtid: usingGtid }).usingMariadbGtid).toBe(uses);
  });

  it('a receiver that is preparing neither runs nor stands', () => {
    expect(replication({ Slave_IO_Running: 'Preparing' })).toMatchObject({
      receiverState: 'other',
      receiverRunning: false,
    });
  });

  it('D8: the connection without a name is the one that is followed, the others are told of', () => {
    const rows = recordedRows('mariadb-replica');
    const [first] = rows.get('replication') ?? [];
    const other = { Connection_name: 'other', Master_Port: 3307, Slave_SQL_Running: 'No', Gtid_IO_Pos: '5-7-9' };
    rows.set('replication', [{ ...first, ...other }, { ...first }]);
    const { instance } = readProbe(key, rows);
    expect(instance.sourceKey?.port).toBe(22293);
    expect(instance.otherChannels).toEqual([
      {
        name: 'other',
        sourceKey: { hostname: '127.0.0.1', port: 3307 },
        receiverState: 'running',
        applierState: 'stopped',
        usingGtid: true,
        receivedGtid: '5-7-9',
      },
    ]);
  });

  it('A10: a section that was refused costs its own facts only', () => {
    const rows = recordedRows('mariadb-replica');
    for (const section of ['binlog', 'status', 'registered', 'dumping']) rows.delete(section);
    expect(readProbe(key, rows).instance).toMatchObject({
      serverId: 22294,
      receiverState: 'running',
      uptimeSeconds: 0,
    });
  });

  it('a server without semi-sync variables has none', () => {
    const rows = recordedRows('mariadb-replica').set('variables', [{ server_id: 1 }]);
    expect(readProbe(key, rows).instance.semiSync).toMatchObject({ available: false, sourceWaitForReplicaCount: 0 });
  });
});
