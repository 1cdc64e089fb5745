import { describe, expect, it } from 'vitest';
import { aCluster, type Change, codesOf, onlyFinding, PRIMARY } from './testing.ts';

const R1 = PRIMARY + 1;
const at = (change: Change, family: 'mysql' | 'mariadb' = 'mysql') => aCluster(2, { [R1]: change }, family);

describe('A9: replicas that are late to miss their source', () => {
  it('a long net timeout tells the seconds that a hang stays unseen, in the word of the family', () => {
    const found = onlyFinding(at({ settings: { netTimeoutSeconds: 60 } }));
    expect(found).toMatchObject({
      code: 'net-timeout-too-long',
      severity: 'warning',
      seen: 'replica_net_timeout is 60 s',
      remedies: [{ kind: 'set-net-timeout', seconds: 4, isReplica: true }],
    });
    expect(found.consequence).toContain('up to 60 s');
    expect(onlyFinding(at({ settings: { netTimeoutSeconds: 60 } }, 'mariadb')).seen).toBe('slave_net_timeout is 60 s');
  });

  it('on a primary it is for later', () => {
    expect(codesOf(aCluster(2, { [PRIMARY]: { settings: { netTimeoutSeconds: 60 } } }))).toEqual([
      '3306 net-timeout-too-long notice',
    ]);
  });

  it.each([
    ['no heartbeats', 0, 4, 'heartbeat-off'],
    ['heartbeats rarer than the timeout', 5, 4, 'heartbeat-outlasts-timeout'],
    ['rare heartbeats', 3, 4, 'heartbeat-too-long'],
  ])('%s', (_story, heartbeatSeconds, netTimeoutSeconds, code) => {
    const found = onlyFinding(
      at({
        receiver: { heartbeatSeconds },
        settings: {
          netTimeoutSeconds,
          receivers: [{ channel: '', heartbeatSeconds, connectRetrySeconds: 1, retryCount: 0 }],
        },
      }),
    );
    expect(found.code).toBe(code);
    expect(found.remedies).toEqual([{ kind: 'tune-receiver', channel: '', heartbeatSeconds: 1 }]);
  });

  it('names the channel where there are several', () => {
    const found = onlyFinding(at({ receiver: { channel: 'dc2', heartbeatSeconds: 3 } }));
    expect(found.seen).toBe('the heartbeat period of channel dc2 is 3 s');
    expect(found.remedies).toMatchObject([{ channel: 'dc2' }]);
  });
});

describe('receivers that look for their source', () => {
  it('too rarely', () => {
    expect(codesOf(at({ receiver: { connectRetrySeconds: 60, retryCount: 86_400 } }))).toEqual([
      '3307 connect-retry-too-long warning',
    ]);
  });

  it('not long enough: the default of MySQL 8.4 is ten times a minute', () => {
    const cluster = at({ receiver: { connectRetrySeconds: 60, retryCount: 10 } });
    expect(codesOf(cluster)).toEqual(['3307 connect-retry-too-long warning', '3307 receiver-gives-up warning']);
  });

  it('without end, or for a time that nobody can ask for, is fine', () => {
    expect(codesOf(at({ receiver: { retryCount: 0 } }))).toEqual([]);
    expect(codesOf(at({ receiver: { retryCount: null } }, 'mariadb'))).toEqual([]);
  });

  it('on MariaDB the count is an option of the server program', () => {
    const found = onlyFinding(at({ receiver: { retryCount: 10 } }, 'mariadb'));
    expect(found.remedies).toEqual([{ kind: 'set-at-start', variables: ['retry_count'] }]);
  });
});
