import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dumpConfiguration, MASK, maskSecrets, SECRET_KEYS } from './dump.ts';
import { DUMP_ORDER } from './dump-order.ts';
import { ownKeys } from './keys/own.ts';
import { declarationOf, KEY_GROUPS, KEY_NAMES } from './settings.ts';
import { loaded, settingsOf } from './testing.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../test/fixtures/spec/${name}`, import.meta.url), 'utf8').trimEnd();
}

const SPECIFIED_TYPES: Readonly<Record<string, string>> = {
  '[]string': 'string[]',
  'map[string]string': 'map',
  float32: 'float',
};

describe('the declared keys', () => {
  const listed = fixture('configuration-keys.tsv')
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));

  it('are the 201 of the specification, with its types', () => {
    const specified = Object.fromEntries(listed.map(([key = '', type = '']) => [key, SPECIFIED_TYPES[type] ?? type]));
    const ofContract = KEY_NAMES.filter((name) => !(name in ownKeys));
    const declared = Object.fromEntries(ofContract.map((name) => [name, declarationOf(name).type]));
    expect(declared).toEqual(specified);
    expect(ofContract).toHaveLength(201);
  });

  it('are printed in the order of the specification', () => {
    expect(DUMP_ORDER).toEqual(listed.map(([key]) => key));
  });

  it('stand in one group each, as many as the specification counts', () => {
    const sizes = Object.values(KEY_GROUPS).map((group) => Object.keys(group).length);
    expect(sizes).toEqual([12, 11, 8, 19, 16, 24, 13, 5, 17, 7, 3, 7, 14, 9, 8, 6, 14, 4, 4]);
  });

  it('each have a meaning of one sentence', () => {
    for (const name of KEY_NAMES) expect(declarationOf(name).meaning).toMatch(/^[A-Za-z].*\.$/);
  });
});

describe('dump-config', () => {
  const recorded = fixture('dump-config.json');

  it('prints a loaded configuration byte by byte as recorded', () => {
    expect(dumpConfiguration(settingsOf(recorded))).toBe(recorded);
  });

  it('prints the recorded values for all keys that the recorded set-up left at their defaults', () => {
    const inFile: Record<string, unknown> = JSON.parse(recorded);
    const given = [
      ...['ListenAddress', 'MySQLTopologyUser', 'MySQLTopologyPassword', 'BackendDB', 'SQLite3DataFile', 'RaftEnabled'],
      ...['RaftBind', 'RaftDataDir', 'DefaultRaftPort', 'RaftNodes', 'DiscoverByShowSlaveHosts', 'InstancePollSeconds'],
      ...['HostnameResolveMethod', 'MySQLHostnameResolveMethod', 'DetectClusterAliasQuery', 'DetectClusterDomainQuery'],
      ...['DetectDataCenterQuery', 'DetectRegionQuery', 'DetectPhysicalEnvironmentQuery', 'RecoveryPeriodBlockSeconds'],
      ...['RecoverMasterClusterFilters', 'RecoverIntermediateMasterClusterFilters', 'OnFailureDetectionProcesses'],
      'PostMasterFailoverProcesses',
    ];
    const content = Object.fromEntries(given.map((key) => [key, inFile[key]]));
    expect(dumpConfiguration(settingsOf(content))).toBe(recorded);
  });

  it('escapes what the reference escapes', () => {
    const { settings } = loaded({ WebMessage: '<a&b>\u2028é"\u007f\n\u0001' });
    expect(dumpConfiguration(settings)).toContain('"WebMessage":"\\u003ca\\u0026b\\u003e\\u2028é\\"\u007f\\n\\u0001"');
  });

  it('prints null for lists and maps emptied by null, sorted map entries, and the shortest float', () => {
    const dump = dumpConfiguration(settingsOf('{"PowerAuthUsers": null, "ClusterNameToAlias": null}'));
    expect(dump).toContain('"PowerAuthUsers":null');
    expect(dump).toContain('"ClusterNameToAlias":null');
    const other = dumpConfiguration(
      settingsOf('{"ClusterNameToAlias": {"b":"1","a":"2"}, "DeadInstancePollSecondsMultiplyFactor": 1.1000000001}'),
    );
    expect(other).toContain('"ClusterNameToAlias":{"a":"2","b":"1"}');
    expect(other).toContain('"DeadInstancePollSecondsMultiplyFactor":1.1,');
  });
});

describe('masking', () => {
  it('hides every secret that is set, and nothing else', () => {
    const secrets = Object.fromEntries(SECRET_KEYS.map((key) => [key, `hunter-${key}`]));
    const { settings } = loaded({ ...secrets, ListenAddress: ':1' });
    expect(dumpConfiguration(settings)).toContain('hunter-');
    const masked = maskSecrets(settings);
    expect(dumpConfiguration(masked)).not.toContain('hunter-');
    expect(masked).toMatchObject({ MySQLTopologyPassword: MASK, ListenAddress: ':1' });
    expect(maskSecrets(settingsOf('{}')).MySQLTopologyPassword).toBe('');
  });

  it('knows every key that is named like a secret', () => {
    const named = KEY_NAMES.filter((name) => /Password$|Secret$|AclToken$/.test(name));
    expect([...SECRET_KEYS].sort()).toEqual([...named].sort());
  });
});
