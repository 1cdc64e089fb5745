/** The panic stop: the cluster that was named, and no other. */
import { describe, expect, it } from 'vitest';
import { sampleKey, sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { doneServer, failedServer, planWith, reportWith } from '../../service/operation-samples.ts';
import { I } from '../testing/ask-operation.ts';
import { demoServers } from '../testing/fake-calls.ts';
import { type PretendWorld, run } from '../testing/run-in-world.ts';

describe('a panic stop', () => {
  it.each([
    ['-c panic-stop-replication --alias demo', 'delayed'],
    ['-c panic-stop-replication --alias 127.0.0.1:10111 --all', 'all'],
    [`-c panic-stop-replication -i ${I}`, 'delayed'],
  ])('L4: %s', async (words, which) => {
    const { status, made } = await run(words.split(' '));
    expect(status).toBe(0);
    expect(made).toContain(`operate panic-stop 127.0.0.1:10111 (${which} replicas)`);
  });

  it('L4: prints each that was stopped, and is fatal where one was not', async () => {
    const calls: PretendWorld['calls'] = {
      operate: async (request) => ({
        kind: 'partly',
        refusal: { code: 'partly-stopped', message: '1 of 2 replicas is not stopped' },
        report: reportWith(planWith(request), {
          servers: [doneServer(sampleReplica(10113, 10111)), failedServer(sampleKey(10114), 'i/o timeout')],
        }),
      }),
    };
    const { status, out, err } = await run(['-c', 'panic-stop-replication', '--alias', 'demo'], { calls });
    expect([status, out]).toEqual([1, `${I}\n`]);
    expect(err).toMatch(/FATAL 1 of 2 replicas is not stopped; done: .*10113; not done: .*10114: i\/o timeout\n$/);
  });

  it.each([['--alias pya'], [`--alias pya -i ${I}`], ['-i 127.0.0.1:1'], ['']])(
    'L4: %j names no cluster that is known: nothing is stopped, least of all another cluster',
    async (words) => {
      const local = sampleServer(3306, { key: { hostname: 'local.example', port: 3306 } });
      const all = ['-c', 'panic-stop-replication', ...words.split(' ').filter((word) => word !== '')];
      const { status, err, made } = await run(all, { servers: [...demoServers, local] });
      expect(status).toBe(1);
      expect(err).toContain('FATAL Unable to determine cluster name. clusterHint=');
      expect(made).toEqual(['open panic-stop-replication', 'stop']);
    },
  );
});
