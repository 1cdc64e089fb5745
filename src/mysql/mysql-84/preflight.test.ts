import { describe, expect, it } from 'vitest';
import type { Remedy } from '../../model/remedy.ts';
import { preflight } from './preflight.ts';

describe('what people can do, on MySQL', () => {
  it.each<[Remedy, readonly string[]]>([
    [{ kind: 'set-variables', variables: { sync_binlog: 1 } }, ['SET PERSIST sync_binlog = 1']],
    [
      { kind: 'set-net-timeout', seconds: 4, isReplica: true },
      ['SET PERSIST replica_net_timeout = 4', 'STOP REPLICA IO_THREAD', 'START REPLICA IO_THREAD'],
    ],
    [{ kind: 'set-net-timeout', seconds: 4, isReplica: false }, ['SET PERSIST replica_net_timeout = 4']],
    [
      { kind: 'tune-receiver', channel: "d'c", heartbeatSeconds: 1, connectRetry: { seconds: 1, count: 9 } },
      [
        "STOP REPLICA IO_THREAD FOR CHANNEL 'd''c'",
        "CHANGE REPLICATION SOURCE TO SOURCE_HEARTBEAT_PERIOD = 1, SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 9 FOR CHANNEL 'd''c'",
        "START REPLICA IO_THREAD FOR CHANNEL 'd''c'",
      ],
    ],
    [
      { kind: 'switch-gtid-on', from: 'OFF_PERMISSIVE' },
      [
        'SET PERSIST enforce_gtid_consistency = ON',
        'SET PERSIST gtid_mode = ON_PERMISSIVE',
        'SET PERSIST gtid_mode = ON',
      ],
    ],
    [
      { kind: 'end-delay' },
      ['STOP REPLICA SQL_THREAD', 'CHANGE REPLICATION SOURCE TO SOURCE_DELAY = 0', 'START REPLICA SQL_THREAD'],
    ],
    [{ kind: 'set-server-id', serverId: 7, isReplica: false }, ['SET PERSIST server_id = 7']],
  ])('%j', (remedy, statements) => {
    expect(preflight.renderRemedy(remedy).statements).toEqual(statements);
  });

  it('some of it is read at start only', () => {
    const { statements, optionFile, note } = preflight.renderRemedy({
      kind: 'set-at-start',
      variables: ['log_bin', 'log_replica_updates'],
    });
    expect([statements, optionFile]).toEqual([[], ['log_bin = binlog', 'log_replica_updates = ON']]);
    expect(note).toContain('restart');
  });
});
