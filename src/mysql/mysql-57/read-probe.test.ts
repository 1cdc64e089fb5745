import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../../model/server-version.ts';
import { saying } from '../oracle/testing.ts';
import { recordedRows } from '../testing.ts';
import { readProbe } from './read-probe.ts';
import { probeSectionsOf, WANTED_VARIABLES } from './statements.ts';

/** Only its kind matters here. */
const VERSION = parseServerVersion('5.7.44');

const key = { hostname: '127.0.0.1', port: 22294 };

/** What is known of a replica that says this there; undefined: nothing. */
const reading = (section: string, place: string, value: unknown) =>
  readProbe(key, saying(recordedRows('mysql-57-replica'), section, place, value)).instance;

describe('a probe of a replica of MySQL 5.6', () => {
  const { instance } = readProbe(key, recordedRows('mysql-56-replica'));

  it('A8: tells the heartbeats by its status, since it has no tables for them', () => {
    expect(instance.evidence).toMatchObject({ heartbeatsReceived: 1, heartbeatPeriodMillis: 1000 });
    const none = reading('receivers', 'heartbeats', undefined);
    expect(none.evidence).toMatchObject({ heartbeatsReceived: -1 });
  });

  it('has no variable for the ackers it waits for, and waits for one', () => {
    expect(instance.semiSync).toMatchObject({ available: true, sourceWaitForReplicaCount: 1 });
  });

  it('keeps its account in a file, where nobody can read it', () => {
    expect(instance).toMatchObject({ hasReplicationCredentials: true, replicationCredentialsAvailable: false });
  });

  it('has no super_read_only and no channels, which costs nothing else', () => {
    expect(instance).toMatchObject({ readOnly: true, superReadOnly: false, usingOracleGtid: true, sqlDelaySeconds: 0 });
    expect(instance.otherChannels).toEqual([]);
  });
});

describe('a probe asks', () => {
  const everything = new Set<string>(WANTED_VARIABLES);
  const asked = (...release: Parameters<typeof probeSectionsOf>) =>
    new Map(probeSectionsOf(...release)(everything, VERSION).map(({ name, sql }) => [name, sql]));

  it('nothing of the performance schema in 5.6, which has no such tables', () => {
    expect([...asked([5, 6, 51]).keys()]).toEqual([
      'variables',
      'replication',
      'binlog',
      'status',
      'registered',
      'dumping',
    ]);
    expect([...asked([5, 6, 51]).values()].join()).not.toContain('performance_schema');
  });

  it('a member of a group not to make it wait for what it has still to apply, from the release on that could', () => {
    expect(asked([8, 0, 13]).has('group')).toBe(true);
    expect(asked([8, 0, 13]).has('group-session')).toBe(false);
    expect([...asked([8, 0, 14]).keys()][0]).toBe('group-session');
  });

  it('D15: for half a transaction where the release can tell', () => {
    expect(asked([5, 7, 44]).get('receivers')).not.toContain('QUEUEING_TRANSACTION');
    expect(asked([8, 0, 21]).get('receivers')).toContain('QUEUEING_TRANSACTION');
  });

  it('for the members of a group where they have roles, and there is a group', () => {
    expect(asked([5, 7, 44]).has('group')).toBe(false);
    expect(asked([8, 0, 21]).has('group')).toBe(true);
    expect(probeSectionsOf([8, 0, 21])(new Set(), VERSION).some(({ name }) => name === 'group')).toBe(false);
  });

  it('in the words that these releases know', () => {
    for (const release of [
      [5, 6, 51],
      [5, 7, 44],
      [8, 0, 21],
    ] as const) {
      const sections = asked(release);
      expect(['replication', 'binlog', 'registered'].map((name) => sections.get(name))).toEqual([
        'SHOW SLAVE STATUS',
        'SHOW MASTER STATUS',
        'SHOW SLAVE HOSTS',
      ]);
      expect(sections.get('dumping')).toContain('information_schema.processlist');
      expect([...sections.values()].join()).not.toMatch(/replica\b|source/i);
    }
  });

  it('for no variable that the server lacks', () => {
    const [variables] = probeSectionsOf([5, 6, 51])(new Set(['server_id', 'log_slave_updates']), VERSION);
    expect(variables?.sql).toBe(
      'SELECT @@global.server_id AS server_id, @@global.log_slave_updates AS log_slave_updates',
    );
  });
});
