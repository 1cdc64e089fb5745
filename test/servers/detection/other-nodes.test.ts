// Several nodes of orchestrator that watch the same servers from places of their own: they are asked before a death is acted on (A20).

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../src/sandbox/free-ports.ts';
import type { OrchestratorProcess } from '../../../src/sandbox/orchestrator-process.ts';
import { eventually } from '../support/eventually.ts';
import { kill, letOrchestratorIn, lockOrchestratorOut } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

interface SeenExplanation {
  readonly otherNodes: readonly { readonly node: string; readonly answers: boolean; readonly failure: string }[];
  readonly observed: readonly {
    readonly server: { readonly port: number };
    readonly answers: boolean;
    readonly seenElsewhere: readonly { readonly node: string; readonly answers: boolean }[];
  }[];
  readonly concluded: readonly {
    readonly code: string;
    readonly gates: readonly { readonly gate: string; readonly isOpen: boolean; readonly text: string }[];
  }[];
}

describe('a node among others', () => {
  let world: World;
  let ports: readonly number[];
  const observers: OrchestratorProcess[] = [];
  const node = (port: number) => `127.0.0.1:${port}`;

  beforeAll(async () => {
    ports = [await freePort(), await freePort()];
    world = await openWorld({
      family: 'mysql',
      replicas: 2,
      configuration: {
        FailureAnalysisPeers: ports.map((port) => `http://${node(port)}`),
        FailureAnalysisAgreeingNodes: 3,
      },
    });
    for (const port of ports) observers.push(await world.startObserver(port));
    for (const observer of observers) {
      const count = async () => (await sights(observer)).filter((sight) => sight === 'answers').length;
      await eventually(count).toBe(3);
    }
  });
  afterAll(() => world?.stop());

  async function sights(observer: OrchestratorProcess): Promise<readonly string[]> {
    const servers = world.fleet.servers.map(world.key).join(',');
    const answer = await fetch(`${observer.url}/api/v2/sights?servers=${servers}&look=known`);
    const { servers: seen } = (await answer.json()) as { servers: readonly { sight: string }[] };
    return seen.map(({ sight }) => sight);
  }

  const explained = async (): Promise<SeenExplanation> =>
    (await world.get('v2/clusters/c1/explain')).details as SeenExplanation;
  const primarySeenBy = async () => {
    const found = (await explained()).observed.find(({ server }) => server.port === world.primary.port);
    return [found?.answers, ...(found?.seenElsewhere ?? []).map(({ node: who, answers }) => `${who} ${answers}`)];
  };

  it('A2: tells that the others see what it does not', async () => {
    expect((await explained()).otherNodes).toEqual(
      ports.map((port) => ({ node: node(port), answers: true, failure: '' })),
    );
    await lockOrchestratorOut(world.primary);
    try {
      // All nodes have one account here: what they are let in for is what the others have kept open.
      await eventually(async () => (await primarySeenBy())[0]).toBe(false);
      expect(await world.recoveries()).toEqual([]);
    } finally {
      await letOrchestratorIn(world.primary);
    }
    await eventually(primarySeenBy).toEqual([true, ...ports.map((port) => `${node(port)} true`)]);
  });

  it('A20: acts on a death when as many nodes as configured miss the primary, and keeps who they were', async () => {
    const hung = the(observers[1]).pid;
    process.kill(hung, 'SIGSTOP');
    await kill(world.primary);
    const gate = async () => {
      const [conclusion] = (await explained()).concluded.filter(({ code }) => code === 'DeadMaster');
      return conclusion?.gates.find((one) => one.gate === 'agreement');
    };
    const one = node(the(ports[0]));
    await eventually(async () => (await gate())?.text ?? '').toContain('3 nodes must miss it, and only ');
    expect((await gate())?.text).toContain(one);
    expect((await explained()).otherNodes.map(({ answers }) => answers)).toEqual([true, false]);
    expect(await world.recoveries()).toEqual([]);

    process.kill(hung, 'SIGCONT');
    const { UID } = await world.recoveryEnded();
    const steps = await world.steps(UID);
    expect(steps.find((step) => step.includes('nodes miss it'))).toMatch(/^3 of 3 nodes miss it: /);
    expect((await world.recoveries())[0]?.IsSuccessful).toBe(true);
  });
});
