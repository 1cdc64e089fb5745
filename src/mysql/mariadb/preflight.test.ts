import { describe, expect, it } from 'vitest';
import type { Remedy } from '../../model/remedy.ts';
import { preflight } from './preflight.ts';

describe('what people can do, on MariaDB', () => {
  it.each<[Remedy, readonly string[]]>([
    [{ kind: 'set-variables', variables: { sync_binlog: 1 } }, ['SET GLOBAL sync_binlog = 1']],
    [
      { kind: 'set-net-timeout', seconds: 4, isReplica: true },
      ['SET GLOBAL slave_net_timeout = 4', 'STOP SLAVE IO_THREAD', 'START SLAVE IO_THREAD'],
    ],
    [
      { kind: 'tune-receiver', channel: "d'c", heartbeatSeconds: 1, connectRetry: { seconds: 1, count: 9 } },
      [
        "STOP SLAVE 'd''c'",
        "CHANGE MASTER 'd''c' TO MASTER_HEARTBEAT_PERIOD = 1, MASTER_CONNECT_RETRY = 1",
        "START SLAVE 'd''c'",
      ],
    ],
    [{ kind: 'follow-by-gtid' }, ['STOP SLAVE', 'CHANGE MASTER TO MASTER_USE_GTID = slave_pos', 'START SLAVE']],
    [{ kind: 'set-binlog-expiry', seconds: 604_800 }, ['SET GLOBAL expire_logs_days = 7']],
    [{ kind: 'set-server-id', serverId: 7, isReplica: false }, ['SET GLOBAL server_id = 7']],
  ])('%j', (remedy, statements) => {
    expect(preflight.renderRemedy(remedy).statements).toEqual(statements);
  });

  it('some of it is read at start only', () => {
    const { statements, optionFile, note } = preflight.renderRemedy({
      kind: 'set-at-start',
      variables: ['log_bin', 'log_replica_updates'],
    });
    expect([statements, optionFile]).toEqual([[], ['log_bin = binlog', 'log_slave_updates = ON']]);
    expect(note).toContain('restart');
  });
});
