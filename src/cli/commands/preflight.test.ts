import { describe, expect, it } from 'vitest';
import { ok } from '../../service/calls.ts';
import { DEMO } from '../testing/fake-calls.ts';
import { run } from '../testing/run-in-world.ts';

const server = { hostname: '127.0.0.1', port: 10113 };

describe('preflight', () => {
  it('says in one line that nothing was found', async () => {
    const { status, out } = await run(['-c', 'preflight', '-alias', 'demo']);
    expect([status, out]).toEqual([0, 'demo: 3 servers checked, nothing found\n']);
  });

  it('prints a block a finding, and ends well whatever is found', async () => {
    const calls = {
      preflight: async () =>
        ok({
          clusterName: DEMO,
          clusterAlias: 'demo',
          at: 0 as never,
          servers: [server],
          findings: [
            {
              code: 'net-timeout-too-long',
              severity: 'warning',
              server,
              seen: 'slave_net_timeout is 60 s',
              consequence: 'It takes long.',
              statements: ['SET GLOBAL slave_net_timeout = 4', 'STOP SLAVE IO_THREAD'],
              optionFile: ['slave_net_timeout = 4'],
              notes: [],
            },
            {
              code: 'unanswered',
              severity: 'notice',
              server,
              seen: 'it does not answer',
              consequence: 'Nobody knows.',
              statements: [],
              optionFile: [],
              notes: ['Look at it.'],
            },
          ],
        } as const),
    };
    const { status, out } = await run(['-c', 'preflight', '-i', '127.0.0.1:10113'], { calls });
    expect(status).toBe(0);
    expect(out).toBe(`demo: 1 server checked, 1 warning, 1 notice

[warning] 127.0.0.1:10113 net-timeout-too-long: slave_net_timeout is 60 s
    It takes long.
    > SET GLOBAL slave_net_timeout = 4;
    > STOP SLAVE IO_THREAD;
    option file: slave_net_timeout = 4

[notice] 127.0.0.1:10113 unanswered: it does not answer
    Nobody knows.
    Look at it.
`);
  });

  it('of no cluster is fatal', async () => {
    const { status, err } = await run(['-c', 'preflight', '-alias', 'nosuch', '-i', 'db9:1']);
    expect(status).toBe(1);
    expect(err).toContain('FATAL Unable to determine cluster name. clusterHint=nosuch');
  });
});
