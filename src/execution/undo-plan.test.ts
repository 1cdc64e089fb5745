/** Taking back what the steps of a plan have done. */
import { describe, expect, it, vi } from 'vitest';
import { stepId } from '../planning/plan.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';
import { runPlan } from './plan-runner.ts';
import { aPlan, aRunner, LOST, PretendServers, step } from './testing.ts';
import { undoPlan } from './undo-plan.ts';

describe('undoing a plan', () => {
  it('undoes what was done, the last first, and leaves the rest alone', async () => {
    const servers = new PretendServers(1, 2, 3);
    servers.answers.set(3, 'lost');
    const { options } = aRunner(servers);
    const plan = aPlan(step(1), step(2, { dependsOn: [stepId('step 1')] }), step(3));
    const end = await runPlan(plan, options).ended;
    servers.told.length = 0;
    expect(await undoPlan(plan, end, options)).toEqual([]);
    expect(servers.told).toEqual(['2 read-only true', '1 read-only true']);
  });

  it("H: a server's steps the last first, also where one between them has nothing to undo", async () => {
    const servers = new PretendServers(1, 2);
    const { options, journal } = aRunner(servers);
    const first = step(1, { id: stepId('first') });
    const between = step(2, { id: stepId('between'), dependsOn: [first.id], undo: [] });
    const last = step(1, { id: stepId('last'), dependsOn: [between.id] });
    const plan = aPlan(first, between, last);
    const end = await runPlan(plan, options).ended;
    journal.length = 0;
    expect(await undoPlan(plan, end, options)).toEqual([]);
    expect(journal).toEqual(['last: undoing', 'last: undone', 'first: undoing', 'first: undone']);
  });

  it('names what could not be undone', async () => {
    const servers = new PretendServers(1);
    const { options } = aRunner(servers);
    const plan = aPlan(step(1));
    const end = await runPlan(plan, options).ended;
    servers.answers.set(1, 'lost');
    expect(await undoPlan(plan, end, options)).toEqual([`step 1: ${LOST.text}`]);
  });

  it('D10: does not keep one waiting for another that is silent', async () => {
    const servers = new PretendServers(1, 2);
    const { options, journal } = aRunner(servers);
    const plan = aPlan(step(1), step(2));
    const end = await runPlan(plan, options).ended;
    const { promise: answer, resolve } = Promise.withResolvers<void>();
    const silent: TopologyServers = {
      observe: (key) => servers.observe(key),
      execute: async (key, commands) => {
        if (key.port === 2) await answer;
        return servers.execute(key, commands);
      },
      claim: () => servers.claim(),
      replicationCredentials: () => Promise.resolve(null),
    };
    journal.length = 0;
    const undoing = undoPlan(plan, end, { ...options, servers: silent });
    await vi.waitFor(() => expect(journal).toContain('step 1: undone'));
    expect(journal).not.toContain('step 2: undone');
    resolve();
    expect(await undoing).toEqual([]);
  });

  it('K12: writes down what it is about to undo, and undoes nothing that it cannot write down', async () => {
    const servers = new PretendServers(1);
    const { options, journal } = aRunner(servers);
    const plan = aPlan(step(1));
    const end = await runPlan(plan, options).ended;
    journal.length = 0;
    await undoPlan(plan, end, options);
    expect(journal).toEqual(['step 1: undoing', 'step 1: undone']);
    servers.told.length = 0;
    const unwritable = { ...options, journal: () => Promise.reject(new Error('disk full')) };
    expect(await undoPlan(plan, end, unwritable)).toEqual(['step 1: disk full']);
    expect(servers.told).toEqual([]);
  });
});
