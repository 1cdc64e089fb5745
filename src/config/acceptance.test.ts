/** The acceptance cases of the configuration specification (section 7), numbered as there; 42-47 belong to the hooks. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is syntax of the configuration.
import { describe, expect, it } from 'vitest';
import { matchesAnyPattern, matchesClusterFilter, matchesHostFilter } from './filters.ts';
import { loadConfiguration, SEARCHED_FILES } from './load.ts';
import { CONFIG_FILE, insistOk, load, readerOf, refusalOf, settingsOf } from './testing.ts';

const PREFIX = `Cannot read config file: ${CONFIG_FILE} `;

function settingsOfSearch(...texts: readonly (string | null)[]) {
  const files = Object.fromEntries(SEARCHED_FILES.map((file, index) => [file, texts[index] ?? null]));
  return insistOk(loadConfiguration({ env: {}, readFile: readerOf(files) })).settings;
}

describe('loading', () => {
  it('1: an empty object gives all defaults, adjusted', () => {
    expect(settingsOf('{}')).toMatchObject({
      KVClusterMasterPrefix: 'mysql/master/',
      RaftAdvertise: '127.0.0.1:10008',
      DetachLostReplicasAfterMasterFailover: true,
      ReasonableLockedSemiSyncMasterSeconds: 10,
      ListenAddress: ':3000',
    });
  });

  it('2: names are matched without case and repeated # keys are comments', () => {
    const loading = insistOk(load('{"#": "a", "#": "b", "listenaddress": ":4000"}'));
    expect(loading.settings.ListenAddress).toBe(':4000');
    expect(loading.warnings).toEqual([]);
  });

  it('3: text after the object is not looked at', () => {
    expect(settingsOf('{"Debug": true} and so on {').Debug).toBe(true);
  });

  it.each([
    ['{"Debug": "true"}', 'line 1, column 11: Debug must be true or false, without quotes, not a string'],
    ['{"InstancePollSeconds": -1}', 'line 1, column 25: InstancePollSeconds must be a whole number not below 0'],
    ['{"InstancePollSeconds": 5.5}', 'line 1, column 25: InstancePollSeconds must be a whole number not below 0'],
    ['{"InstancePollSeconds": 1e3}', 'InstancePollSeconds must be a whole number not below 0, without quotes, not 1e3'],
    ['{\n  "ListenAddress": 3000}', 'line 2, column 20: ListenAddress must be a string in double quotes, not 3000'],
  ])('4: a value of a wrong type is fatal: %s', (text, reason) => {
    expect(refusalOf(text)).toContain(PREFIX);
    expect(refusalOf(text)).toContain(reason);
  });

  it('5: null empties a list', () => {
    expect(settingsOf('{"PowerAuthUsers": null}').PowerAuthUsers).toEqual([]);
  });

  it('6: a trailing comma or an empty file is fatal', () => {
    expect(refusalOf('{"Debug": true,}')).toContain('line 1, column 16: not valid JSON');
    expect(refusalOf('')).toContain('line 1, column 1: not valid JSON');
  });

  it('7: a list of a later file replaces that of an earlier one', () => {
    expect(settingsOfSearch('{"RaftNodes": ["a"]}', '{"RaftNodes": ["b"]}').RaftNodes).toEqual(['b']);
  });

  it('8: map entries of a later file are added', () => {
    const settings = settingsOfSearch('{"ClusterNameToAlias": {"x":"1"}}', '{"ClusterNameToAlias": {"y":"2"}}');
    expect([...settings.ClusterNameToAlias]).toEqual([
      ['x', '1'],
      ['y', '2'],
    ]);
  });

  it('9: --config naming a missing file is fatal', () => {
    expect(loadConfiguration({ configFile: CONFIG_FILE, env: {}, readFile: readerOf({}) })).toEqual({
      kind: 'refused',
      message: `${PREFIX}no such file or directory`,
    });
  });

  it('10: an unreadable file of the search list is skipped', () => {
    const settings = settingsOfSearch('{"Debug": true}', null, '{"ListenAddress": ":1"}');
    expect(settings).toMatchObject({ Debug: true, ListenAddress: ':1' });
  });
});

describe('adjustments', () => {
  it('11: two different lag queries are fatal', () => {
    expect(refusalOf({ SlaveLagQuery: 'q3', ReplicationLagQuery: 'q4' })).toContain('SlaveLagQuery');
  });

  it.each([[{ SlaveLagQuery: 'q3', ReplicationLagQuery: 'q3' }], [{ SlaveLagQuery: 'q3' }]])(
    '12, 13: %j gives the lag query q3',
    (content) => {
      expect(settingsOf(content)).toMatchObject({ ReplicationLagQuery: 'q3', SlaveLagQuery: '' });
    },
  );

  it('14: postpone keys that differ are fatal, else the old one is copied', () => {
    const keys = (old: number, current: number) => ({
      PostponeSlaveRecoveryOnLagMinutes: old,
      PostponeReplicaRecoveryOnLagMinutes: current,
    });
    expect(refusalOf(keys(3, 5))).toContain('PostponeSlaveRecoveryOnLagMinutes');
    expect(settingsOf(keys(3, 3)).PostponeReplicaRecoveryOnLagMinutes).toBe(3);
    expect(settingsOf(keys(3, 0))).toMatchObject(keys(3, 3));
  });

  const OLD_NEW_RESULT = [
    [false, false, false],
    [false, true, true],
    [true, false, true],
  ] as const;

  it.each(OLD_NEW_RESULT)('15: detach-host keys %s (old) and %s (new) give %s', (old, current, result) => {
    const content = { MasterFailoverDetachSlaveMasterHost: old, MasterFailoverDetachReplicaMasterHost: current };
    expect(settingsOf(content).MasterFailoverDetachReplicaMasterHost).toBe(result);
  });

  it.each(OLD_NEW_RESULT)('16: detach-lost keys %s (old) and %s (new) give %s', (old, current, result) => {
    const content = { DetachLostSlavesAfterMasterFailover: old, DetachLostReplicasAfterMasterFailover: current };
    expect(settingsOf(content).DetachLostReplicasAfterMasterFailover).toBe(result);
  });

  it.each([
    [0, 0, 0],
    [30, 1, 30],
    [0, 2, 120],
    [15, 0, 15],
  ])('17: block seconds %s and minutes %s give %s seconds', (seconds, minutes, result) => {
    const content = { RecoveryPeriodBlockSeconds: seconds, RecoveryPeriodBlockMinutes: minutes };
    expect(settingsOf(content).RecoveryPeriodBlockSeconds).toBe(result);
  });

  it('18: block minutes alone have no effect', () => {
    expect(settingsOf({ RecoveryPeriodBlockMinutes: 10 }).RecoveryPeriodBlockSeconds).toBe(3600);
  });

  it('19, 20, 21: raft needs a data directory and an address', () => {
    expect(refusalOf({ RaftEnabled: true })).toContain('RaftDataDir must be set');
    expect(settingsOf({ RaftEnabled: true, RaftDataDir: '/d' }).RaftBind).toBe('127.0.0.1:10008');
    expect(refusalOf({ RaftEnabled: true, RaftDataDir: '/d', RaftBind: '' })).toContain('RaftBind must be set');
  });

  it('22: the advertised raft address is filled in without raft too', () => {
    expect(settingsOf({ RaftBind: '1.2.3.4:1008' }).RaftAdvertise).toBe('1.2.3.4:1008');
  });

  it.each(['', 'http://127.0.0.1:1234', 'http://h.test:80', 'https://[::1]:443'])(
    '23: HTTPAdvertise %j is fine',
    (url) => {
      expect(settingsOf({ HTTPAdvertise: url }).HTTPAdvertise).toBe(url);
    },
  );

  it.each(['http://127.0.0.1', '127.0.0.1:1234', 'http://127.0.0.1:1234/x', 'http://127.0.0.1:1234/', 'http://:1234'])(
    '23: HTTPAdvertise %j is fatal',
    (url) => {
      expect(refusalOf({ HTTPAdvertise: url })).toContain('HTTPAdvertise');
    },
  );

  it('24: SQLite without data file is fatal', () => {
    expect(refusalOf({ BackendDB: 'sqlite3' })).toContain('SQLite3DataFile must be set');
  });

  it('25: refusing and delaying on unapplied relay log exclude each other', () => {
    const content = {
      FailMasterPromotionIfSQLThreadNotUpToDate: true,
      DelayMasterPromotionIfSQLThreadNotUpToDate: true,
    };
    expect(refusalOf(content)).toContain('exclude each other');
  });

  it('26: a promotion lag limit without lag query is fatal; the old name of the query will do', () => {
    expect(refusalOf({ FailMasterPromotionOnLagMinutes: 1 })).toContain('needs ReplicationLagQuery');
    expect(settingsOf({ FailMasterPromotionOnLagMinutes: 1, SlaveLagQuery: 'q' }).ReplicationLagQuery).toBe('q');
  });

  it.each([
    ['orc//', '/orc'],
    ['/orc/', '/orc'],
    ['orc', '/orc'],
    ['/', ''],
  ])('27: URLPrefix %j becomes %j', (given, result) => {
    expect(settingsOf({ URLPrefix: given }).URLPrefix).toBe(result);
  });

  it.each([
    ['a/b///', 'a/b/'],
    ['/', '/'],
    ['', '/'],
  ])('28: KV prefix %j becomes %j', (given, result) => {
    expect(settingsOf({ KVClusterMasterPrefix: given }).KVClusterMasterPrefix).toBe(result);
  });

  it.each([
    [1, 5],
    [20, 20],
    [1000, 64],
  ])('29: Consul maximum %s becomes %s', (given, result) => {
    expect(settingsOf({ ConsulMaxKVsPerTransaction: given }).ConsulMaxKVsPerTransaction).toBe(result);
  });

  it('30: a dead-instance factor below 1 is fatal', () => {
    expect(refusalOf({ DeadInstancePollSecondsMultiplyFactor: 0.5 })).toContain('must be at least 1');
  });

  it('31: an explicit dead-instance maximum below the poll interval is fatal, the default one is raised', () => {
    expect(refusalOf({ InstancePollSeconds: 10, DeadInstancePollSecondsMax: 5 })).toContain(
      'DeadInstancePollSecondsMax',
    );
    expect(settingsOf({ InstancePollSeconds: 600 }).DeadInstancePollSecondsMax).toBe(600);
  });

  it.each(['${X}', 'ab${X}cd'])('32: password %s is replaced as a whole', (password) => {
    expect(settingsOf({ MySQLTopologyPassword: password }, { X: 's' }).MySQLTopologyPassword).toBe('s');
  });

  it('33: an unset variable gives an empty password, and a warning', () => {
    const loading = insistOk(load({ MySQLTopologyPassword: '${UNSET}' }));
    expect(loading.settings.MySQLTopologyPassword).toBe('');
    expect(loading.warnings.map(({ code }) => code)).toEqual(['unset-environment-variable']);
  });

  it('34: a credentials file with a user only empties the password', () => {
    const content = { MySQLTopologyPassword: 'secret', MySQLTopologyCredentialsConfigFile: '/c' };
    expect(settingsOf(content, {}, { '/c': '[client]\nuser=probe\n' })).toMatchObject({
      MySQLTopologyUser: 'probe',
      MySQLTopologyPassword: '',
    });
  });
});

describe('filters', () => {
  it('35: a literal address matches only itself', () => {
    expect(matchesHostFilter('10.0.0.3', '10.0.0.38', 3306)).toBe(false);
    expect(matchesHostFilter('10.0.0.3', '10.0.0.3', 3306)).toBe(true);
  });

  it('36: other host filters are searched in host:port', () => {
    expect(matchesHostFilter('db1:3307', 'db1', 3307)).toBe(true);
    expect(matchesHostFilter('db1:3307', 'db1', 3306)).toBe(false);
  });

  it.each([
    ['37', 'alias=main', 'main', true],
    ['37', 'alias=main', 'main2', false],
    ['38', 'alias~=main', 'main2', true],
    ['39', 'main', 'main', true],
    ['39', 'main', 'main2', false],
    ['40', '*', 'anything', true],
    ['40', '*', '', true],
  ])('%s: cluster filter %s on alias %j is %s', (_, filter, alias, result) => {
    expect(matchesClusterFilter(filter, { name: 'h:3306', alias })).toBe(result);
  });

  it('41: RecoveryIgnoreHostnameFilters do not see the port', () => {
    expect(matchesAnyPattern([':3306$'], 'db1')).toBe(false);
    expect(matchesAnyPattern(['^db1$'], 'db1')).toBe(true);
  });
});
