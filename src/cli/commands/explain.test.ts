import { describe, expect, it } from 'vitest';
import { ok } from '../../service/calls.ts';
import { sampleExplanation } from '../../service/explanation-samples.ts';
import { run } from '../testing/run-in-world.ts';

describe('explain', () => {
  it.each([
    ['-alias', 'demo'],
    ['-i', '127.0.0.1:10113'],
  ])('explains the cluster of %s %s', async (flag, hint) => {
    const calls = { explain: async () => ok(sampleExplanation) };
    const { status, out } = await run(['-c', 'explain', flag, hint], { calls });
    expect(status).toBe(0);
    expect(out).toMatch(/^demo \(127\.0\.0\.1:10111\), as orc1 sees it, which leads\norc2:3000 was asked too\n/);
  });

  it('tells what the service of this machine sees, where one runs on the same backend', async () => {
    const asked: string[] = [];
    const askService = async (_: unknown, path: string) => {
      asked.push(path);
      return 'demo, as the service sees it\n\nSeen:\n';
    };
    const { out, status } = await run(['-c', 'explain', '-alias', 'demo'], { surroundings: { askService } });
    expect([status, out]).toEqual([0, 'demo, as the service sees it\n\nSeen:\n']);
    expect(asked).toEqual(['/api/v2/clusters/127.0.0.1%3A10111/explain?format=text&backend=orchestrator.sqlite3']);
  });

  it('needs a cluster that is known', async () => {
    const { status, err } = await run(['-c', 'explain', '-alias', 'nosuch']);
    expect(status).not.toBe(0);
    expect(err).toContain('Unable to determine cluster name. clusterHint=nosuch');
  });
});
