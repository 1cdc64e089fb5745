// A pretended fleet on real sockets, watched by the links that orchestrator uses.

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ServerFailure } from '../../src/model/server-failure.ts';
import { dialServer } from '../../src/mysql/server-connection.ts';
import { type ProbeResult, ServerLink } from '../../src/mysql/server-link.ts';
import { orchestratorAccount } from '../../src/sandbox/accounts.ts';
import { freePorts } from '../../src/sandbox/free-ports.ts';
import { aliasQuery } from '../../src/sandbox/pretend-fleet/cluster-servers.ts';
import type { ControlledServer } from '../../src/sandbox/pretend-fleet/fleet-order.ts';
import {
  type PretendFleet,
  type PretendFleetOptions,
  startPretendFleet,
} from '../../src/sandbox/pretend-fleet/start-pretend-fleet.ts';
import { systemClock } from '../../src/service/system-clock.ts';

const soon = { timeout: 20_000, interval: 20 };

/** On a busy machine too. */
const patiently = { connectMillis: 10_000, answerMillis: 10_000 };

/** For a server that hangs: it will not answer. */
const briefly = { connectMillis: 200, answerMillis: 200 };

/** Two clusters of four, one of each family. */
async function aFleet(options: Partial<PretendFleetOptions> = {}): Promise<PretendFleet> {
  const ports = options.ports ?? (await freePorts(8));
  const fleet = await startPretendFleet({ perCluster: 4, family: 'both', controlPort: 0, ...options, ports });
  onTestFinished(() => fleet.stop());
  return fleet;
}

interface Watched {
  readonly link: ServerLink;
  readonly broken: ServerFailure[];
}

function watch(port: number): Watched {
  const broken: ServerFailure[] = [];
  const link = new ServerLink(
    { hostname: '127.0.0.1', port },
    {
      dial: dialServer,
      clock: systemClock,
      credentials: () => orchestratorAccount,
      onBroken: (_, failure) => broken.push(failure),
      configuredQueries: () => [{ name: 'alias', sql: aliasQuery }],
    },
  );
  onTestFinished(() => link.close());
  return { link, broken };
}

/** What the probe tells of a server, as far as a topology is drawn of it. */
async function seen({ link }: Watched): Promise<object> {
  const result = await link.probe(patiently);
  if (result.kind === 'failed') return result.failure;
  const { instance, registeredReplicas } = result.facts;
  return {
    readOnly: instance.readOnly,
    source: instance.sourceKey?.port ?? null,
    receives: instance.receiverRunning,
    replicas: registeredReplicas.map(({ port }) => port).toSorted(),
    alias: result.configured.get('alias'),
    refused: result.refused,
  };
}

const failureOf = (result: ProbeResult): string => (result.kind === 'failed' ? result.failure.kind : 'answered');

async function order(fleet: PretendFleet, words: string): Promise<string> {
  const answer = await fetch(`${fleet.control}/${words}`, { method: 'POST' });
  return `${answer.status} ${(await answer.text()).trim()}`;
}

async function stateOf(fleet: PretendFleet, port: number): Promise<ControlledServer['state'] | undefined> {
  return (await fleet.servers()).find((server) => server.port === port)?.state;
}

describe.each([
  ['in this process', {}],
  ['in two processes', { serversPerProcess: 4 }],
] as const)('a fleet of two clusters %s', (_, options) => {
  it('answers probes: each primary names its replicas, each replica its source', async () => {
    const fleet = await aFleet(options);
    expect(fleet.clusters.map(({ family }) => family)).toEqual(['mysql', 'mariadb']);
    for (const { number, ports } of fleet.clusters) {
      const [primary = 0, ...replicas] = ports;
      const common = { alias: `fleet-${number}`, refused: [] };
      const asPrimary = { ...common, readOnly: false, source: null, replicas };
      await vi.waitFor(async () => expect(await seen(watch(primary))).toMatchObject(asPrimary), soon);
      for (const replica of replicas) {
        const asReplica = { ...common, readOnly: true, source: primary, receives: true, replicas: [] };
        await vi.waitFor(async () => expect(await seen(watch(replica))).toMatchObject(asReplica), soon);
      }
    }
  });

  it('a kill breaks the wire and refuses who dials; revived it answers again, as a replica of its source', async () => {
    const fleet = await aFleet(options);
    for (const { ports } of fleet.clusters) {
      const [primary = 0, replica = 0] = ports;
      const watched = watch(replica);
      await watched.link.probe(patiently);
      expect(await order(fleet, `kill/${replica}`)).toBe('200 done');
      await vi.waitFor(() => expect(watched.broken.map(({ kind }) => kind)).toEqual(['lost']), soon);
      expect(failureOf(await watched.link.probe(patiently))).toBe('refused');
      expect(await stateOf(fleet, replica)).toBe('dead');
      expect(await order(fleet, `kill/${replica}`)).toBe('409 it is dead already');

      expect(await order(fleet, `revive/${replica}`)).toBe('200 done');
      const back = { readOnly: true, source: primary, receives: true };
      await vi.waitFor(async () => expect(await seen(watched)).toMatchObject(back), soon);
    }
  });

  it('who hangs lets a probe run into its deadline, and breaks no wire; resumed it answers', async () => {
    const fleet = await aFleet(options);
    for (const { ports } of fleet.clusters) {
      const [primary = 0] = ports;
      const watched = watch(primary);
      await watched.link.probe(patiently);
      expect(await order(fleet, `hang/${primary}`)).toBe('200 done');
      expect(failureOf(await watched.link.probe(briefly))).toBe('timeout');
      expect(failureOf(await watched.link.probe(briefly))).toBe('timeout');
      expect(watched.broken).toEqual([]);
      expect(await stateOf(fleet, primary)).toBe('hangs');

      expect(await order(fleet, `resume/${primary}`)).toBe('200 done');
      expect(await seen(watched)).toMatchObject({ readOnly: false });
    }
  });
});

describe('a fleet that is written to', () => {
  it('lets a replica lag whose applier is slow', async () => {
    const fleet = await aFleet({ rowsPerSecond: 200 });
    const replica = fleet.clusters[0]?.ports[1] ?? 0;
    expect(await order(fleet, `lag/${replica}/60000`)).toBe('200 done');
    const { link } = watch(replica);
    const lag = async () => {
      const result = await link.probe(patiently);
      return result.kind === 'failed' ? null : result.facts.instance.secondsBehindSource;
    };
    await vi.waitFor(async () => expect(await lag()).toBeGreaterThanOrEqual(1), soon);
  });

  it('a source that is cut off is given up by its replicas, though clients still reach it', async () => {
    const fleet = await aFleet();
    const [primary = 0, replica = 0] = fleet.clusters[1]?.ports ?? [];
    const watched = watch(replica);
    await vi.waitFor(async () => expect(await seen(watched)).toMatchObject({ receives: true }), soon);
    expect(await order(fleet, `cut/${primary}`)).toBe('200 done');
    await vi.waitFor(async () => expect(await seen(watched)).not.toMatchObject({ receives: true }), soon);
    expect(await seen(watch(primary))).toMatchObject({ readOnly: false });
    expect(await order(fleet, `heal/${primary}`)).toBe('200 done');
    await vi.waitFor(async () => expect(await seen(watched)).toMatchObject({ receives: true }), soon);
  });
});

it.each([8, 4])(
  'the control lists servers, and refuses what it does not know (%i a process)',
  async (serversPerProcess) => {
    const fleet = await aFleet({ serversPerProcess });
    const get = async (path: string) =>
      (await (await fetch(`${fleet.control}/${path}`)).json()) as readonly ControlledServer[];
    expect(await get('servers')).toHaveLength(8);
    expect((await get('servers/2')).map(({ port }) => port)).toEqual(fleet.clusters[1]?.ports);
    expect(await get('servers/3')).toEqual([]);
    expect(await order(fleet, 'kill/1')).toBe('409 there is no server on port 1');
    expect(await order(fleet, 'kill')).toMatch(/^404 /);
    expect(await order(fleet, 'lag/1')).toMatch(/^404 /);
    expect(await order(fleet, 'explode/1')).toMatch(/^404 /);
  },
);

it('a fleet on ports that are taken is refused, and leaves nothing open', async () => {
  const ports = await freePorts(12);
  const fleet = await aFleet({ ports: ports.slice(4) });
  const options = { ports: ports.slice(0, 8), perCluster: 4, family: 'mysql', controlPort: 0 } as const;
  await expect(startPretendFleet(options)).rejects.toThrow('EADDRINUSE');
  await expect(startPretendFleet({ ...options, serversPerProcess: 4 })).rejects.toThrow('EADDRINUSE');
  await fleet.stop();
  await aFleet(options);
});
