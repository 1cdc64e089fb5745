import { describe, expect, it } from 'vitest';
import { preflightFindings } from './preflight.ts';
import { aCluster, type Change, codesOf, onlyFinding, PRIMARY } from './testing.ts';

const R1 = PRIMARY + 1;
const R2 = PRIMARY + 2;
/** The change at each of two replicas. */
const both = (change: Change) => ({ [R1]: change, [R2]: change });

describe('a cluster in which all is well', () => {
  it.each(['mysql', 'mariadb'] as const)('has no findings (%s)', (family) => {
    expect(codesOf(aCluster(2, {}, family))).toEqual([]);
  });
});

it('the gravest come first, each server in its place', () => {
  const findings = codesOf(
    aCluster(2, {
      [R1]: { settings: { relayLogRecovery: false } },
      [R2]: {
        settings: { syncBinlog: 0 },
        receiver: { heartbeatSeconds: 5, connectRetrySeconds: 60 },
        instance: { serverId: R1 },
      },
      [PRIMARY]: { settings: { netTimeoutSeconds: 60, maxConnections: 20 } },
    }),
  );
  expect(findings).toEqual([
    '3308 duplicate-server-id grave',
    '3308 heartbeat-outlasts-timeout warning',
    '3308 connect-retry-too-long warning',
    '3308 not-durable warning',
    '3306 connections-nearly-used warning',
    '3306 net-timeout-too-long notice',
    '3307 relay-log-recovery-off notice',
  ]);
});

describe('each finding', () => {
  it('tells in one sentence each what is so and what it would do', () => {
    const worst: Change = {
      instance: {
        readOnly: false,
        hasReplicationFilters: true,
        logReplicaUpdatesEnabled: false,
        gtidMode: 'OFF',
        usingOracleGtid: false,
        serverId: 1,
        version: '8.4.0',
      },
      settings: {
        relayLogRecovery: false,
        syncBinlog: 0,
        netTimeoutSeconds: 60,
        maxConnections: 10,
        binlogExpirySeconds: 60,
      },
      receiver: { heartbeatSeconds: 30, connectRetrySeconds: 60, retryCount: 10 },
    };
    const found = preflightFindings(aCluster(2, both(worst)));
    expect(found.length).toBeGreaterThan(20);
    for (const { seen, consequence } of found) {
      expect(seen).not.toMatch(/\.$/);
      expect(consequence).toMatch(/^[A-Z].*\.$/);
      expect(consequence).not.toMatch(/\. [A-Z]/);
    }
  });
});

describe('servers that say nothing', () => {
  it('are a finding, and what a probe knows of them is judged all the same', () => {
    const cluster = aCluster(2, {
      [R1]: { read: { kind: 'unanswered', text: 'i/o timeout' }, instance: { logReplicaUpdatesEnabled: false } },
      [R2]: { read: { kind: 'not-known' } },
    });
    expect(codesOf(cluster)).toEqual([
      '3307 unanswered grave',
      '3307 no-log-replica-updates warning',
      '3308 not-checked notice',
    ]);
  });
});

it('a silent server that people have taken out is no more than a notice', () => {
  const cluster = aCluster(2, { [R1]: { read: { kind: 'unanswered', text: 'x' }, server: { isDowntimed: true } } });
  expect(codesOf(cluster)).toEqual(['3307 unanswered notice']);
});

describe('who could take over', () => {
  it.each<[string, Parameters<typeof aCluster>, readonly string[]]>([
    ['nobody at all', [0], ['3306 no-replica grave']],
    ['one only', [1], ['3306 single-replica warning']],
    ['none that may', [2, both({ server: { rule: 'must_not' } })], ['3306 no-candidate grave']],
    ['none that the configuration lets', [2, both({ server: { isIgnored: true } })], ['3306 no-candidate grave']],
    [
      'none with a binary log',
      [2, both({ instance: { logBinEnabled: false } })],
      ['3306 no-candidate grave', '3307 no-binary-log warning', '3308 no-binary-log warning'],
    ],
    [
      'one with filters',
      [2, { [R1]: { instance: { hasReplicationFilters: true } } }],
      ['3307 replication-filters grave'],
    ],
    ['one delayed, which is no harm', [2, { [R1]: { instance: { sqlDelaySeconds: 3600 } } }], []],
    [
      'delayed ones only',
      [2, both({ instance: { sqlDelaySeconds: 3600 } })],
      ['3307 delayed-candidates grave', '3308 delayed-candidates grave'],
    ],
  ])('%s', (_story, world, expected) => {
    expect(codesOf(aCluster(...world))).toEqual(expected);
  });

  it('unfit ones that are ruled out are not found fault with', () => {
    const cluster = aCluster(3, {
      [R1]: { server: { rule: 'must_not' }, instance: { hasReplicationFilters: true, logBinEnabled: false } },
    });
    expect(codesOf(cluster)).toEqual([]);
  });

  it('without a primary there is nothing to fail over from', () => {
    expect(codesOf({ ...aCluster(2), primary: null })).toEqual(['3306 no-primary grave']);
  });
});

describe('versions (C2)', () => {
  it('a replica older than its source, and a candidate newer than its siblings', () => {
    expect(codesOf(aCluster(2, { [R1]: { instance: { version: '8.4.3' } } }))).toEqual([
      '3307 older-than-source warning',
      '3308 newer-than-siblings warning',
    ]);
  });

  it('the newer one is fine once it is not preferred', () => {
    const cluster = aCluster(2, { [R2]: { instance: { version: '10.0.0' }, server: { rule: 'prefer_not' } } });
    expect(codesOf(cluster)).toEqual([]);
  });

  it('patch levels, other families and a configuration that allows it are no matter', () => {
    expect(codesOf(aCluster(2, { [R1]: { instance: { version: '9.7.1' } } }))).toEqual([]);
    const mixed = aCluster(2, { [R1]: { instance: { version: '8.4.3' } } });
    expect(codesOf({ ...mixed, lowerReplicaVersionAllowed: true })).toEqual([]);
  });
});

describe('GTIDs', () => {
  it('a mode that is off, or half on', () => {
    const off = onlyFinding(aCluster(2, { [PRIMARY]: { instance: { gtidMode: 'OFF' } } }));
    expect(off).toMatchObject({
      code: 'gtid-off',
      severity: 'grave',
      remedies: [{ kind: 'switch-gtid-on', from: 'OFF' }],
    });
    expect(codesOf(aCluster(2, { [R1]: { instance: { gtidMode: 'ON_PERMISSIVE' } } }))).toEqual([
      '3307 gtid-mixed warning',
    ]);
  });

  it('a replica that follows by position, though it could do better', () => {
    const change = {
      instance: { usingOracleGtid: false, readCoordinates: { file: 'binlog.1', pos: 4, type: 'binary' } },
    } as const;
    const found = onlyFinding(aCluster(2, { [R1]: change }));
    expect(found).toMatchObject({
      code: 'follows-by-position',
      server: { port: R1 },
      remedies: [{ kind: 'follow-by-gtid' }],
    });
  });
});

describe('binary logs of different kinds (C4)', () => {
  it('a candidate that writes another format or row image than the primary', () => {
    const change: Change = { instance: { binlogFormat: 'STATEMENT', binlogRowImage: 'MINIMAL' } };
    const cluster = aCluster(2, { [R1]: change, [PRIMARY]: { instance: { binlogRowImage: 'FULL' } } });
    expect(codesOf(cluster)).toEqual(['3307 binlog-format-mix warning', '3307 row-image-mix notice']);
    expect(preflightFindings(cluster)[0]?.remedies).toEqual([{ kind: 'set-binlog-format', format: 'ROW' }]);
  });
});

describe('durability', () => {
  it('names what is not flushed, of the primary and of candidates', () => {
    const lax: Change = { settings: { syncBinlog: 100, flushLogAtTrxCommit: 2 } };
    const found = preflightFindings(
      aCluster(2, { [PRIMARY]: lax, [R1]: lax, [R2]: { ...lax, server: { rule: 'must_not' } } }),
    );
    expect(found.map(({ server, seen }) => [server.port, seen])).toEqual([
      [PRIMARY, 'sync_binlog is 100, innodb_flush_log_at_trx_commit is 2'],
      [R1, 'sync_binlog is 100, innodb_flush_log_at_trx_commit is 2'],
    ]);
    expect(found[0]?.remedies).toEqual([
      { kind: 'set-variables', variables: { sync_binlog: 1, innodb_flush_log_at_trx_commit: 1 } },
    ]);
  });

  it('MariaDB fetches its relay log anew, so that its recovery is no matter with GTID', () => {
    const off: Change = { settings: { relayLogRecovery: false } };
    expect(codesOf(aCluster(2, both(off), 'mariadb'))).toEqual([]);
    expect(codesOf(aCluster(2, { [R1]: off }))).toEqual(['3307 relay-log-recovery-off notice']);
  });
});

describe('a writable replica', () => {
  it('is one that read_only does not protect', () => {
    const found = onlyFinding(aCluster(2, { [R1]: { instance: { readOnly: false } } }));
    expect(found).toMatchObject({ code: 'writable-replica', remedies: [{ kind: 'set-read-only' }] });
  });
});

describe('identities', () => {
  it('the second with the same id gets a free one, and so the third', () => {
    const found = preflightFindings(aCluster(2, both({ instance: { serverId: PRIMARY } })));
    expect(found.map(({ remedies }) => remedies)).toEqual([
      [{ kind: 'set-server-id', serverId: PRIMARY + 1, isReplica: true }],
      [{ kind: 'set-server-id', serverId: PRIMARY + 2, isReplica: true }],
    ]);
  });

  it('a copied auto.cnf', () => {
    const { servers } = aCluster(2);
    const serverUuid = servers[0]?.instance.serverUuid;
    if (serverUuid === undefined) throw new Error('the primary has a UUID');
    expect(codesOf(aCluster(2, { [R2]: { instance: { serverUuid } } }))).toEqual(['3308 duplicate-server-uuid grave']);
  });
});

describe('credentials for a demoted primary', () => {
  it('that no replica gives', () => {
    const found = onlyFinding(aCluster(2, both({ server: { givesCredentials: false } }), 'mariadb'));
    expect(found.code).toBe('no-replication-credentials');
    expect(found.advice).toContain('ReplicationCredentialsQuery');
  });

  it('that one gives, or that the primary has itself, will do', () => {
    const without: Change = { server: { givesCredentials: false } };
    expect(codesOf(aCluster(2, { [R1]: without }))).toEqual([]);
    const had: Change = { instance: { hasReplicationCredentials: true } };
    expect(codesOf(aCluster(2, { [PRIMARY]: had, ...both(without) }))).toEqual([]);
  });
});

describe('room', () => {
  it('connections nearly used now, or all used once', () => {
    const used = (connections: number, connectionsPeak: number) =>
      codesOf(aCluster(2, { [R1]: { settings: { maxConnections: 100, connections, connectionsPeak } } }));
    expect(used(79, 99)).toEqual([]);
    expect(used(80, 80)).toEqual(['3307 connections-nearly-used warning']);
    expect(used(1, 101)).toEqual(['3307 connections-nearly-used warning']);
  });

  it('binary logs that go before a replica is back; kept for ever is fine', () => {
    const kept = (binlogExpirySeconds: number) =>
      codesOf(aCluster(2, { [PRIMARY]: { settings: { binlogExpirySeconds } } }));
    expect(kept(3600)).toEqual(['3306 binlogs-expire-early warning']);
    expect(kept(0)).toEqual([]);
    expect(kept(86_400)).toEqual([]);
  });
});
