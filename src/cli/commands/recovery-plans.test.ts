import { describe, expect, it } from 'vitest';
import { ok, refused } from '../../service/calls.ts';
import { sampleRecoveryPlan } from '../../service/recovery-plan-samples.ts';
import { run } from '../testing/run-in-world.ts';

describe('plan-failover', () => {
  it('prints what would be done', async () => {
    const calls = { planFailover: () => ok(sampleRecoveryPlan) };
    const { status, out } = await run(['-c', 'plan-failover', '-alias', 'demo'], { calls });
    expect(status).toBe(0);
    expect(out).toMatch(/^If 127\.0\.0\.1:10111 died now: 127\.0\.0\.1:10113 would take its place/);
  });

  it('as the service of this machine sees it, where one runs on the same backend', async () => {
    const asked: string[] = [];
    const askService = async (_: unknown, path: string) => {
      asked.push(path);
      return 'as the service sees it\n';
    };
    const words = ['-c', 'plan-failover', '-alias', 'demo', '-d', '127.0.0.1:10114'];
    expect((await run(words, { surroundings: { askService } })).out).toBe('as the service sees it\n');
    expect(asked).toEqual([
      '/api/v2/clusters/127.0.0.1%3A10111/plan-failover?format=text&backend=orchestrator.sqlite3&designated=127.0.0.1%3A10114',
    ]);
  });

  it('ends with the reason where nobody would be promoted', async () => {
    const calls = { planFailover: () => refused('no-candidate', 'nobody may be promoted') };
    const { status, err } = await run(['-c', 'plan-failover', '-alias', 'demo'], { calls });
    expect(status).not.toBe(0);
    expect(err).toContain('nobody may be promoted');
  });
});

describe('plan-takeover', () => {
  it('prints what the automatic one would do', async () => {
    const wishes: unknown[] = [];
    const calls = {
      planTakeover: async (wish: unknown) => {
        wishes.push(wish);
        return ok({ ...sampleRecoveryPlan, kind: 'takeover' as const });
      },
    };
    const { out } = await run(['-c', 'plan-takeover', '-alias', 'demo', '-d', '127.0.0.1:10113'], { calls });
    expect(out).toMatch(/^127\.0\.0\.1:10113 would take over from 127\.0\.0\.1:10111/);
    expect(wishes).toMatchObject([{ auto: true, designated: { port: 10113 } }]);
  });
});
