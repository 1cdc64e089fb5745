import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../../model/server-version.ts';
import { recordedRows, recordedWith } from '../testing.ts';
import { readProbe } from './read-probe.ts';
import { probeSections } from './statements.ts';

const key = { hostname: 'maxscale.example', port: 5308 };
const facts = readProbe(key, recordedRows('maxscale'));
const replication = (changes: Record<string, unknown>) =>
  readProbe(key, recordedWith('maxscale', 'replication', changes)).instance;

describe('a probe of a binlog server', () => {
  const position = { file: 'binlog.067620', pos: 2569 };

  it.each([
    ['version', '2.4.10-maxscale'],
    ['isBinlogServer', true],
    ['serverId', 3],
    ['serverUuid', 'f12fcb7f-b97b-11e3-bc5e-0401152c4c22'],
    ['uptimeSeconds', 0],
    ['binlogFormat', 'INHERIT'],
    ['readOnly', true],
    ['logBinEnabled', true],
    ['logReplicaUpdatesEnabled', true],
    ['selfCoordinates', { ...position, type: 'binary' }],
    ['sourceKey', { hostname: 'db1.example', port: 3306 }],
    ['sourceUuid', '80e5b0a1-e72e-11f1-9aa6-02fc00000001'],
    ['receiverState', 'running'],
    ['applierState', 'running'],
    ['receiverRunning', true],
    ['applierRunning', true],
    ['readCoordinates', { ...position, type: 'binary' }],
    ['execCoordinates', { ...position, type: 'binary' }],
    ['relayLogCoordinates', { ...position, type: 'relay' }],
    ['secondsBehindSource', 0],
    ['replicationLagSeconds', 0],
    ['hasReplicationCredentials', true],
    ['hasReplicationFilters', false],
    ['allowTls', false],
    ['supportsOracleGtid', false],
    ['usingOracleGtid', false],
    ['usingMariadbGtid', false],
    ['executedGtidSet', ''],
  ] as const)('tells %s: %o', (field, value) => {
    expect(facts.instance[field]).toEqual(value);
  });

  it('is known by the name it is reached by: it would answer with that of its source', () => {
    expect(facts).toMatchObject({ hostname: key.hostname, reportHost: key.hostname });
  });

  it('names its replicas by their registration alone', () => {
    expect(facts.registeredReplicas).toEqual([{ host: 'db2.example', port: 3306, user: '' }]);
    expect(facts.dumpingReplicas).toEqual([]);
  });
});

describe('what a binlog server says less usually', () => {
  it.each([
    ['', '0.0.0-maxscale'],
    ['1.4.3', '1.4.3-maxscale'],
  ])('its version variable is "%s": it is %s', (value, version) => {
    expect(readProbe(key, recordedWith('maxscale', 'version', { Value: value })).instance.version).toBe(version);
  });

  it('a version that says itself what it is needs no variable', () => {
    const rows = recordedRows('maxscale').set('version', [{ 'VERSION()': '10.5.1-2.5.0-maxscale' }]);
    expect(readProbe(key, rows).instance.version).toBe('10.5.1-2.5.0-maxscale');
  });

  it('without UUID and binary log status it is shown without these', () => {
    const rows = recordedRows('maxscale');
    for (const section of ['server-id', 'server-uuid', 'binlog', 'registered']) rows.delete(section);
    expect(readProbe(key, rows).instance).toMatchObject({
      serverId: 0,
      serverUuid: '',
      selfCoordinates: { file: '', pos: 0 },
      sourceKey: { hostname: 'db1.example', port: 3306 },
    });
  });

  it('A17: a receiver that cannot reach its source, with the error by number', () => {
    const broken = replication({
      Slave_IO_State: 'Connecting',
      Slave_IO_Running: 'Connecting',
      Last_Errno: 2003,
      Last_Error: '#HY000 Lost connection to backend server.',
    });
    expect(broken).toMatchObject({
      receiverState: 'other',
      receiverRunning: false,
      applierRunning: true,
      lastIoError: '"#HY000 Lost connection to backend server."',
    });
    expect(broken.evidence).toMatchObject({ lastErrorNumber: 2003, heartbeatsReceived: -1 });
  });

  it('a release that tells the error as its receiver’s is believed', () => {
    const broken = replication({ Last_Errno: 1, Last_Error: 'other', Last_IO_Errno: 2003, Last_IO_Error: 'own' });
    expect(broken).toMatchObject({ lastIoError: '"own"', evidence: { lastErrorNumber: 2003 } });
  });

  it('a source by GTID, as since 2.3', () => {
    expect(replication({ Using_Gtid: 'Slave_pos', Gtid_IO_Pos: '0-1-9' })).toMatchObject({
      usingMariadbGtid: true,
      evidence: { receivedGtid: '0-1-9' },
    });
  });
});

describe('MaxScale 1.1.0', () => {
  it('has the host of its source in its hostname, not in the status', () => {
    const { instance } = readProbe(key, recordedRows('maxscale-110'));
    expect(instance).toMatchObject({
      serverId: 3,
      serverUuid: '',
      sourceKey: { hostname: 'db1.example', port: 3306 },
      receiverRunning: true,
    });
  });

  it('says that it runs also before it receives', () => {
    const rows = recordedWith('maxscale-110', 'replication', { Slave_IO_State: 'Timestamp retrieval' });
    expect(readProbe(key, rows).instance).toMatchObject({ receiverState: 'other', receiverRunning: false });
  });
});

describe('what a binlog server is asked', () => {
  const asked = (version: string, ...variables: string[]) =>
    probeSections(new Set(variables), parseServerVersion(version)).map(({ sql }) => sql);

  it('are the statements that it understands', () => {
    expect(asked('2.4.10-maxscale', 'maxscale_version')).toEqual([
      "SHOW VARIABLES LIKE 'maxscale%'",
      'SELECT @@global.server_id',
      'SELECT @@global.server_uuid',
      'SHOW SLAVE STATUS',
      'SHOW MASTER STATUS',
      'SHOW SLAVE HOSTS',
    ]);
  });

  it('differs for 1.1.0, and where nobody checked for its variables', () => {
    expect(asked('1.1.0-maxscale', 'maxscale_version').slice(1, 3)).toEqual([
      'SELECT @@server_id',
      'SELECT @@hostname',
    ]);
    expect(asked('2.4.10-maxscale')[0]).toBe('SELECT VERSION()');
  });
});
