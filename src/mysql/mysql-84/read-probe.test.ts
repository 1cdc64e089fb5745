import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../../model/server-version.ts';
import { recordedRows, recordedWith } from '../testing.ts';
import { readProbe } from './read-probe.ts';
import { probeSections } from './statements.ts';

const key = { hostname: '127.0.0.1', port: 22294 };
const PRIMARY_UUID = '80e5b0a1-e72e-11f1-9aa6-02fc00000001';
const replication = (changes: Record<string, unknown>) =>
  readProbe(key, recordedWith('mysql-replica', 'replication', changes)).instance;
const variables = (changes: Record<string, unknown>) =>
  readProbe(key, recordedWith('mysql-replica', 'variables', changes)).instance;

describe('a probe of a MySQL replica', () => {
  const facts = readProbe(key, recordedRows('mysql-replica'));

  it('tells who it is', () => {
    expect(facts.instance).toMatchObject({
      key,
      serverId: 22294,
      serverUuid: '80e58d5a-e72e-11f1-8ace-02fc00000001',
      version: '9.7.4-2',
      versionComment: '(Debian)',
      uptimeSeconds: 2,
    });
    expect(facts).toMatchObject({ hostname: 'db1.example', reportHost: '127.0.0.1', reportPort: 22294 });
  });

  it('tells what it logs and whether it takes writes', () => {
    expect(facts.instance).toMatchObject({
      readOnly: true,
      superReadOnly: true,
      binlogFormat: 'ROW',
      binlogRowImage: 'FULL',
      logBinEnabled: true,
      logReplicaUpdatesEnabled: true,
      selfCoordinates: { file: 'binlog.000001', pos: 354, type: 'binary' },
    });
  });

  it('tells whom it follows and how far it is', () => {
    expect(facts.instance).toMatchObject({
      sourceKey: { hostname: '127.0.0.1', port: 22293 },
      sourceUuid: PRIMARY_UUID,
      receiverState: 'running',
      applierState: 'running',
      usingOracleGtid: true,
      executedGtidSet: `${PRIMARY_UUID}:1`,
      readCoordinates: { file: 'binlog.000001', pos: 347, type: 'binary' },
      execCoordinates: { file: 'binlog.000001', pos: 347, type: 'binary' },
      relayLogCoordinates: { file: 'relaylog.000002', pos: 558, type: 'relay' },
      secondsBehindSource: 0,
      replicationLagSeconds: 0,
      allowTls: true,
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
      silentMillis: 31,
      receivedGtid: `${PRIMARY_UUID}:1`,
      partialTransaction: '',
      mariadbCurrentPosition: '',
      mariadbReplicatedPosition: '',
    });
  });

  it('tells both sides of semi-sync', () => {
    expect(facts.instance.semiSync).toEqual({
      available: true,
      priority: 0,
      sourcePluginModern: true,
      replicaPluginModern: true,
      sourceEnabled: false,
      replicaEnabled: true,
      sourceTimeoutMillis: 10_000n,
      sourceWaitForReplicaCount: 1,
      sourceStatus: false,
      sourceClients: 0,
      replicaStatus: true,
    });
  });
});

describe('a probe of a MySQL primary', () => {
  const facts = readProbe({ hostname: '127.0.0.1', port: 22293 }, recordedRows('mysql-primary'));

  it('has no source and no evidence', () => {
    expect(facts.instance).toMatchObject({
      sourceKey: null,
      receiverState: 'none',
      applierState: 'none',
      evidence: null,
    });
    expect(facts.instance.readOnly).toBe(false);
  });

  it('names its replicas both ways', () => {
    expect(facts.registeredReplicas).toEqual([{ host: '127.0.0.1', port: 22294, user: '' }]);
    expect(facts.dumpingReplicas).toEqual([{ host: '127.0.0.1', port: null, user: 'repl' }]);
  });

  it('counts its ackers', () => {
    expect(facts.instance.semiSync).toMatchObject({ sourceEnabled: true, sourceStatus: true, sourceClients: 1 });
  });
});

describe('what a MySQL server says less usually', () => {
  it('a connecting receiver neither runs nor stands', () => {
    expect(replication({ Replica_IO_Running: 'Connecting' })).toMatchObject({
      receiverState: 'other',
      receiverRunning: false,
    });
    expect(replication({ Replica_SQL_Running: 'No' })).toMatchObject({
      applierState: 'stopped',
      applierRunning: false,
    });
  });

  it('errors are kept as quoted ASCII, and by number', () => {
    const broken = replication({ Last_SQL_Error: 'Duplicate "ä"', Last_SQL_Errno: 1062, Last_IO_Errno: 2003 });
    expect(broken.lastSqlError).toBe('"Duplicate \\"\\u00e4\\""');
    expect(broken.evidence).toMatchObject({ lastSqlErrorNumber: 1062, lastErrorNumber: 2003 });
  });

  it('unknown lag stays unknown, negative lag is none', () => {
    expect(replication({ Seconds_Behind_Source: null })).toMatchObject({
      secondsBehindSource: null,
      replicationLagSeconds: null,
    });
    expect(replication({ Seconds_Behind_Source: -3 }).replicationLagSeconds).toBe(0);
    expect(replication({ SQL_Delay: 3600 }).sqlDelaySeconds).toBe(3600);
  });

  it('GTID sets lose their line breaks', () => {
    expect(variables({ gtid_executed: 'a:1-3,\nb:1', gtid_purged: 'a:1,\nb:1' })).toMatchObject({
      executedGtidSet: 'a:1-3,b:1',
      gtidPurged: 'a:1,b:1',
    });
  });

  it.each([
    ['OFF', false],
    ['ON_PERMISSIVE', true],
    ['ON', true],
  ])('gtid_mode %s supports GTID: %s', (mode, supports) => {
    expect(variables({ gtid_mode: mode }).supportsOracleGtid).toBe(supports);
  });

  it('the public key is known not to be asked for when its path is known', () => {
    const tls = (path: string, get: unknown) =>
      replication({ Source_public_key_path: path, Get_Source_public_key: get }).replicationTls.getSourcePublicKey;
    expect([tls('', 1), tls('', 0), tls('', ''), tls('/key.pem', '')]).toEqual([true, false, null, false]);
  });

  it('further channels are told of, and their heartbeats are not the first one’s', () => {
    const rows = recordedRows('mysql-replica');
    const [first] = rows.get('replication') ?? [];
    rows.set('replication', [
      { ...first, Channel_Name: 'one' },
      {
        ...first,
        Channel_Name: 'two',
        Source_Port: 3307,
        Replica_IO_Running: 'Connecting',
        Retrieved_Gtid_Set: 'a:1,\nb:2',
      },
    ]);
    rows.set('receivers', [
      { channel: 'two', heartbeats: 7, period: 2 },
      { channel: 'one', heartbeats: 5, period: 1 },
    ]);
    const { instance } = readProbe(key, rows);
    expect(instance.otherChannels).toEqual([
      {
        name: 'two',
        sourceKey: { hostname: '127.0.0.1', port: 3307 },
        receiverState: 'other',
        applierState: 'running',
        usingGtid: true,
        receivedGtid: 'a:1,b:2',
      },
    ]);
    expect(instance.evidence?.heartbeatsReceived).toBe(5);
    expect(instance).toMatchObject({ channel: 'one', receiverOptions: { heartbeatPeriodMillis: 1_000 } });
  });

  it('the channel without a name is the one that counts, wherever it stands', () => {
    const rows = recordedRows('mysql-replica');
    const [first] = rows.get('replication') ?? [];
    rows.set('replication', [{ ...first, Channel_Name: 'a', Source_Port: 3307 }, { ...first }]);
    const { instance } = readProbe(key, rows);
    expect(instance.sourceKey?.port).toBe(22293);
    expect(instance.otherChannels.map(({ name }) => name)).toEqual(['a']);
  });

  it('channels of a replication group lead to no source', () => {
    const rows = recordedRows('mysql-replica');
    const [first] = rows.get('replication') ?? [];
    const ofGroup = ['group_replication_applier', 'group_replication_recovery'].map((name) => {
      return { ...first, Channel_Name: name, Source_Host: '<NULL>', Source_Port: 0 };
    });
    rows.set('replication', ofGroup);
    expect(readProbe(key, rows).instance).toMatchObject({ sourceKey: null, receiverState: 'none', otherChannels: [] });
    rows.set('replication', [...ofGroup, { ...first, Channel_Name: 'one' }]);
    expect(readProbe(key, rows).instance).toMatchObject({ sourceKey: { port: 22293 }, otherChannels: [] });
  });

  it('A10: a section that was refused costs its own facts only', () => {
    const rows = recordedRows('mysql-replica');
    for (const section of ['binlog', 'status', 'registered', 'dumping', 'receivers']) rows.delete(section);
    const { instance, registeredReplicas, dumpingReplicas } = readProbe(key, rows);
    expect(instance).toMatchObject({ serverId: 22294, receiverState: 'running', uptimeSeconds: 0 });
    expect(instance.evidence).toMatchObject({ heartbeatsReceived: -1, heartbeatPeriodMillis: 0 });
    expect(instance.receiverOptions.heartbeatPeriodMillis).toBeNull();
    expect([registeredReplicas, dumpingReplicas]).toEqual([[], []]);
  });

  it('old plugins of semi-sync are read by their old names', () => {
    const rows = recordedRows('mysql-replica');
    const [row] = rows.get('variables') ?? [];
    const plain = Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => !name.startsWith('rpl_semi_sync')));
    const old = {
      rpl_semi_sync_master_enabled: 1,
      rpl_semi_sync_master_wait_for_slave_count: 2,
      rpl_semi_sync_slave_enabled: 1,
    };
    const { semiSync } = readProbe(key, rows.set('variables', [{ ...plain, ...old }])).instance;
    expect(semiSync).toMatchObject({
      available: true,
      sourcePluginModern: false,
      sourceEnabled: true,
      sourceWaitForReplicaCount: 2,
    });
    expect(readProbe(key, rows.set('variables', [plain])).instance.semiSync.available).toBe(false);
  });
});

describe('a probe of a server that can be a member of a replication group', () => {
  const VERSION = parseServerVersion('9.7.4');
  const asked = (...names: string[]) => probeSections(new Set(['version', ...names]), VERSION);

  it('says first that it does not want to wait for what the member has still to apply', () => {
    const [first] = asked('group_replication_group_name');
    expect(first).toMatchObject({
      sql: "SET SESSION group_replication_consistency = 'EVENTUAL'",
      essential: false,
    });
  });

  it('says nothing of groups to a server that knows of none', () => {
    expect(asked().filter(({ name }) => name.startsWith('group'))).toEqual([]);
  });
});
