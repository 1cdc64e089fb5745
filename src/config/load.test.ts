// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is syntax of the configuration.
import { describe, expect, it } from 'vitest';
import { type LoadedConfiguration, loadConfiguration, reloadConfiguration, SEARCHED_FILES } from './load.ts';
import { readFileFromDisk } from './read-file.ts';
import { CONFIG_FILE, insistOk, load, loaded, readerOf, refusalOf, settingsOf } from './testing.ts';

function reload(previous: LoadedConfiguration, text: string | null, extra?: string) {
  const files = { ...(text === null ? {} : { [CONFIG_FILE]: text }), ...(extra === undefined ? {} : { '/x': extra }) };
  return reloadConfiguration(previous, { env: {}, readFile: readerOf(files) }, extra === undefined ? '' : '/x');
}

function messagesOf(loading: LoadedConfiguration): string[] {
  return loading.warnings.map(({ message }) => message);
}

describe('without any file', () => {
  it('runs on adjusted defaults and says where it looked', () => {
    const loading = insistOk(loadConfiguration({ configFile: '', env: {}, readFile: readerOf({}) }));
    expect(loading.settings.KVClusterMasterPrefix).toBe('mysql/master/');
    expect(loading.files).toEqual([]);
    expect(messagesOf(loading)).toEqual([
      'no configuration file could be read (looked for /etc/orchestrator.conf.json, conf/orchestrator.conf.json, orchestrator.conf.json)',
    ]);
  });

  it('says so when a file is there but may not be opened', () => {
    const readFile = readerOf({ '/etc/orchestrator.conf.json': null });
    const loading = insistOk(loadConfiguration({ env: {}, readFile }));
    expect(messagesOf(loading)[0]).toBe('configuration file /etc/orchestrator.conf.json is skipped: permission denied');
  });
});

describe('several files', () => {
  it('are refused when the first is contradictory, although the second would complete it', () => {
    const [first, second] = SEARCHED_FILES;
    const readFile = readerOf({ [first ?? '']: '{"RaftEnabled": true}', [second ?? '']: '{"RaftDataDir": "/d"}' });
    expect(loadConfiguration({ env: {}, readFile })).toEqual({
      kind: 'refused',
      message: 'Cannot read config file: /etc/orchestrator.conf.json RaftDataDir must be set when RaftEnabled is true',
    });
  });

  it('do not conflict when they use the old and the new name of a key: the later wins', () => {
    const [first, second] = SEARCHED_FILES;
    const readFile = readerOf({
      [first ?? '']: '{"ReplicationLagQuery": "a"}',
      [second ?? '']: '{"SlaveLagQuery": "b"}',
    });
    expect(insistOk(loadConfiguration({ env: {}, readFile })).settings.ReplicationLagQuery).toBe('b');
  });
});

describe('decoding', () => {
  it('lets the last of duplicates win, and null leave a value as it was', () => {
    expect(settingsOf('{"ListenAddress": ":1", "LISTENADDRESS": ":2", "listenaddress": null}').ListenAddress).toBe(
      ':2',
    );
  });

  it('takes a top-level null as an empty file', () => {
    expect(settingsOf('null').ListenAddress).toBe(':3000');
  });

  it('replaces invalid UTF-8 inside strings', () => {
    const bytes = new Uint8Array([
      ...new TextEncoder().encode('{"WebMessage": "a'),
      0xff,
      ...new TextEncoder().encode('"}'),
    ]);
    expect(settingsOf(bytes).WebMessage).toBe('a\ufffd');
  });

  it('refuses a byte-order mark', () => {
    expect(refusalOf('\ufeff{}')).toContain('a byte-order mark found');
  });

  it.each([
    ['{"InstancePollSeconds": 18446744073709551616}', 'InstancePollSeconds'],
    ['{"InstancePollSeconds": -0}', 'InstancePollSeconds'],
    ['{"MySQLTopologyMaxAllowedPacket": 2147483648}', 'MySQLTopologyMaxAllowedPacket'],
    ['{"RaftNodes": ["a", 1]}', 'RaftNodes'],
    ['{"RaftNodes": "a"}', 'RaftNodes'],
    ['{"ClusterNameToAlias": {"a": 1}}', 'ClusterNameToAlias'],
    ['{"DeadInstancePollSecondsMultiplyFactor": 1e39}', 'DeadInstancePollSecondsMultiplyFactor'],
    ['[]', 'the file must hold an object, not an array'],
  ])('refuses %s', (text, reason) => {
    expect(refusalOf(text)).toContain(reason);
  });

  it('never repeats a string it refuses, which may be a password', () => {
    expect(refusalOf({ RaftEnabled: 'hunter2' })).not.toContain('hunter2');
  });

  it('accepts a 64-bit number that cannot be counted exactly, and says what it uses', () => {
    const loading = loaded('{"InstancePollSeconds": 1, "UnseenInstanceForgetHours": 18446744073709551615}');
    expect(loading.settings.UnseenInstanceForgetHours).toBe(Number.MAX_SAFE_INTEGER);
    expect(loading.warnings).toContainEqual(expect.objectContaining({ code: 'value-cut' }));
  });

  it('accepts a fraction where a fraction is meant', () => {
    expect(settingsOf('{"DeadInstancePollSecondsMultiplyFactor": 1.5}').DeadInstancePollSecondsMultiplyFactor).toBe(
      1.5,
    );
  });
});

describe('warnings', () => {
  it('tell marks of hooks that mean nothing', () => {
    const loading = loaded({
      PreFailoverProcesses: ['/bin/tell # orchestrator: advisory', '/bin/veto # orchestrator: optional'],
    });
    expect(messagesOf(loading)).toEqual([
      'PreFailoverProcesses contains a hook that is marked "optional"; marks are required, advisory and timeout=SECONDSs',
    ]);
  });

  it('name the nearest key for a misspelled one', () => {
    expect(messagesOf(loaded({ InstancePolSeconds: 1 }))).toEqual([
      'InstancePolSeconds is not a configuration key and is ignored; did you mean InstancePollSeconds?',
    ]);
  });

  it('name no key when none is near', () => {
    expect(messagesOf(loaded({ Colour: 'red' }))).toEqual(['Colour is not a configuration key and is ignored']);
  });

  it('say what replaced a retired key', () => {
    expect(messagesOf(loaded({ auditpagesize: 5 }))).toEqual([
      'auditpagesize is no longer a configuration key: the page size is fixed at 20',
    ]);
  });

  it('come once for a known key without effect, however often it is set', () => {
    expect(messagesOf(loaded('{"OAuthClientID": "a", "OAuthClientId": "b"}'))).toEqual(['OAuthClientId has no effect']);
  });

  it('point at patterns that never match', () => {
    const loading = loaded({ PromotionIgnoreHostnameFilters: ['10.0.0.3', '*'], RecoverMasterClusterFilters: ['*'] });
    expect(messagesOf(loading)).toEqual([
      'PromotionIgnoreHostnameFilters contains a pattern that never matches: "*": missing argument to repetition operator: *',
    ]);
  });
});

describe('adjusting', () => {
  it('forces the pseudo-GTID settings only while AutoPseudoGTID is on', () => {
    const on = loaded({ AutoPseudoGTID: true, PseudoGTIDPattern: 'mine' });
    expect(on.settings).toMatchObject({
      PseudoGTIDPattern: 'drop view if exists `_pseudo_gtid_`',
      PseudoGTIDPatternIsFixedSubstring: true,
      PseudoGTIDMonotonicHint: 'asc:',
      DetectPseudoGTIDQuery: 'select 1',
    });
    const off = insistOk(reload(on, '{"AutoPseudoGTID": false}')).settings;
    expect(off).toMatchObject({ PseudoGTIDPattern: 'mine', PseudoGTIDPatternIsFixedSubstring: false });
  });

  it('turns buffered writes off when the buffer has no room', () => {
    expect(settingsOf({ BufferInstanceWrites: true, InstanceWriteBufferSize: 0 }).BufferInstanceWrites).toBe(false);
  });

  it('substitutes a password that came from a credentials file, but never hook commands', () => {
    const content = { MySQLTopologyCredentialsConfigFile: '/c', PreFailoverProcesses: ['echo ${HOME}'] };
    const settings = settingsOf(content, { P: 'w', HOME: '/root' }, { '/c': '[client]\npassword = "${P}"' });
    expect(settings).toMatchObject({ MySQLTopologyPassword: 'w', PreFailoverProcesses: ['echo ${HOME}'] });
  });

  it('refuses a credentials file that cannot be read', () => {
    expect(refusalOf({ MySQLOrchestratorCredentialsConfigFile: '/c' })).toContain(
      'MySQLOrchestratorCredentialsConfigFile /c cannot be read: no such file or directory',
    );
  });

  it('gives settings that cannot be changed', () => {
    expect(Object.isFrozen(settingsOf('{}'))).toBe(true);
  });
});

describe('reloading', () => {
  it('keeps the last value of a key that has gone from the file', () => {
    const again = insistOk(reload(loaded({ ListenAddress: ':1' }), '{"Debug": true}'));
    expect(again.settings).toMatchObject({ ListenAddress: ':1', Debug: true });
  });

  it('skips a file that has disappeared', () => {
    const again = insistOk(reload(loaded({ ListenAddress: ':1' }), null));
    expect(again.settings.ListenAddress).toBe(':1');
    expect(again.files).toEqual([]);
  });

  it('refuses a malformed file', () => {
    expect(reload(loaded('{}'), '{')).toMatchObject({ kind: 'refused' });
  });

  it('accepts a changed text of an old-name key', () => {
    const again = insistOk(reload(loaded({ SlaveLagQuery: 'a' }), '{"SlaveLagQuery": "b"}'));
    expect(again.settings.ReplicationLagQuery).toBe('b');
    const postponed = insistOk(
      reload(loaded({ PostponeSlaveRecoveryOnLagMinutes: 1 }), '{"PostponeSlaveRecoveryOnLagMinutes": 2}'),
    );
    expect(postponed.settings.PostponeReplicaRecoveryOnLagMinutes).toBe(2);
  });

  it('reads the extra file last and does not remember it', () => {
    const once = insistOk(
      reload(loaded({ ListenAddress: ':1' }), '{"ListenAddress": ":2"}', '{"ListenAddress": ":3"}'),
    );
    expect(once.settings.ListenAddress).toBe(':3');
    expect(once.files).toEqual([CONFIG_FILE, '/x']);
    expect(insistOk(reload(once, '{"ListenAddress": ":2"}')).settings.ListenAddress).toBe(':2');
  });
});

it('reads from disk, and tells what is wrong in words', () => {
  expect(readFileFromDisk('/nonexistent/file')).toEqual({
    kind: 'unreadable',
    code: 'ENOENT',
    reason: 'no such file or directory',
  });
  expect(readFileFromDisk('/')).toMatchObject({ kind: 'unreadable', code: 'EISDIR' });
});

it('refuses with one line', () => {
  const loading = load('{"Debug":\n\n"x"}');
  expect(loading.kind === 'refused' && loading.message.includes('\n')).toBe(false);
});

describe('E4: variables of a role', () => {
  it('are none by default, and texts by name', () => {
    expect(settingsOf('{}').PrimaryVariables.size).toBe(0);
    const given = { PrimaryVariables: { sync_binlog: '1' }, ReplicaVariables: { 'validate_password.policy': 'LOW' } };
    expect([...settingsOf(given).PrimaryVariables]).toEqual([['sync_binlog', '1']]);
    expect([...settingsOf(given).ReplicaVariables]).toEqual([['validate_password.policy', 'LOW']]);
    expect(refusalOf({ PrimaryVariables: { sync_binlog: 1 } })).toContain('PrimaryVariables');
  });

  it.each(['', 'a b', 'a = 1, GLOBAL read_only', 'a.b.c', "a'", 'a-b', '1a', 'a\n'])(
    'are refused under the name %j',
    (name) => {
      const words = `ReplicaVariables: ${JSON.stringify(name)} is not the name of a variable`;
      expect(refusalOf({ ReplicaVariables: { [name]: '1' } })).toContain(words);
    },
  );

  it.each([
    'read_only',
    'SUPER_READ_ONLY',
    'gtid_mode',
    'gtid_purged',
    'gtid_slave_pos',
    'gtid_binlog_state',
    'sql_slave_skip_counter',
    'sql_replica_skip_counter',
    'server_id',
    'rpl_semi_sync_source_enabled',
    'Rpl_Semi_Sync_Master_Timeout',
  ])('are refused where orchestrator itself decides: %s', (name) => {
    const words = `PrimaryVariables: "${name}" is decided by orchestrator itself, and cannot be set`;
    expect(refusalOf({ PrimaryVariables: { [name]: '1' } })).toContain(words);
  });

  it('that are bad keep what was loaded before', () => {
    const before = loaded({ PrimaryVariables: { sync_binlog: '1' } });
    expect(reload(before, '{"PrimaryVariables": {"read_only": "OFF"}}')).toMatchObject({ kind: 'refused' });
    expect([...before.settings.PrimaryVariables]).toEqual([['sync_binlog', '1']]);
    const after = insistOk(reload(before, '{"PrimaryVariables": {"event_scheduler": "ON"}}')).settings;
    expect([...after.PrimaryVariables.keys()]).toEqual(['sync_binlog', 'event_scheduler']);
  });
});
