// What a planned switchover refuses, in the contract's words (spec/recovery.md 5), and that a refusal changes nothing.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from '../support/eventually.ts';
import {
  executed,
  followsSoon,
  holdApplier,
  isWritable,
  replication,
  startApplier,
  stopApplier,
  writeNumbers,
} from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

/** Small, so that a replica lags soon. */
const LAG_LIMIT_SECONDS = 1;

describe('a planned switchover that is refused', () => {
  let world: World;
  let first: RunningServer;
  let second: RunningServer;
  let before: unknown;
  beforeAll(async () => {
    world = await openWorld({
      family: 'mariadb',
      configuration: {
        ReasonableMaintenanceReplicationLagSeconds: LAG_LIMIT_SECONDS,
        PreGracefulTakeoverProcesses: ['touch FOLDER/touched'],
        PreFailoverProcesses: ['touch FOLDER/touched'],
      },
    });
    [first, second] = [the(world.replicas[0]), the(world.replicas[1])];
  });
  afterAll(() => world?.stop());

  const everything = () =>
    Promise.all(
      world.fleet.servers.map(async (server) => [
        await replication(server),
        await isWritable(server),
        await executed(server),
      ]),
    );

  beforeEach(async () => {
    before = await everything();
  });
  afterEach(async () => {
    expect(await everything()).toEqual(before);
    expect(world.lines('touched')).toEqual([]);
    expect(await world.recoveries()).toEqual([]);
  });

  async function refusal(path: string): Promise<string> {
    const answer = await world.get(path);
    expect(answer.code).toBe('ERROR');
    return answer.message;
  }

  it('for want of a target among several replicas', async () => {
    expect(await refusal('graceful-master-takeover/c1')).toBe(
      `GracefulMasterTakeover: target instance not indicated, auto=false, and master ${world.key(world.primary)} has 3 replicas. orchestrator cannot choose where to failover to. Aborting`,
    );
  });

  it('for a cluster that nobody knows', async () => {
    expect(await refusal('graceful-master-takeover-auto/nosuch')).toMatch(
      /^[-\d]{10} [:\d]{8} ERROR Unable to determine cluster name\. clusterHint=nosuch$/,
    );
  });

  it.each(['graceful-master-takeover', 'graceful-master-takeover-auto'])(
    'I5: %s to a server that nobody knows, or to the primary itself',
    async (call) => {
      for (const target of ['127.0.0.1/1', world.at(world.primary)]) {
        expect(await refusal(`${call}/c1/${target}`)).toBe(
          `GracefulMasterTakeover: indicated designated instance ${target.replace('/', ':')} must be directly replicating from the master ${world.key(world.primary)}`,
        );
      }
    },
  );

  it('C6: to a replica that must not be promoted', async () => {
    await world.get(`register-candidate/${world.at(first)}/must_not`);
    expect(await refusal(`graceful-master-takeover-auto/c1/${world.at(first)}`)).toBe(
      `GracefulMasterTakeover: designated instance ${world.key(first)} cannot be promoted due to promotion rule or it is explicitly ignored in PromotionIgnoreHostnameFilters configuration`,
    );
    await world.get(`register-candidate/${world.at(first)}/neutral`);
  });

  it('to a replica whose applier stands still', async () => {
    await stopApplier(first);
    before = await everything();
    expect(await refusal(`graceful-master-takeover-auto/c1/${world.at(first)}`)).toBe(
      `GracefulMasterTakeover: designated instance ${world.key(first)} is not replicating. Aborting`,
    );
    expect(await everything()).toEqual(before);
    await startApplier(first);
    before = await everything();
  });

  it('I2: to a replica that lags', async () => {
    const hold = await holdApplier(first);
    await writeNumbers(world.primary, [1], world.replicas);
    const lag = async () => Number((await first.query('SHOW SLAVE STATUS'))[0]?.['Seconds_Behind_Master']);
    await eventually(lag).toBeGreaterThan(LAG_LIMIT_SECONDS);
    before = await everything();
    expect(await refusal(`graceful-master-takeover-auto/c1/${world.at(first)}`)).toBe(
      `Desginated instance ${world.key(first)} seems to be lagging too much for this operation. Aborting.`,
    );
    expect(await everything()).toEqual(before);
    await hold.release();
    const history = await executed(world.primary);
    await eventually(() => executed(first)).toBe(history);
    before = await everything();
  });

  it('I5: to a replica of a replica', async () => {
    expect(await world.get(`relocate/${world.at(first)}/${world.at(second)}`)).toMatchObject({ code: 'OK' });
    await followsSoon(first, second);
    before = await everything();
    expect(await refusal(`graceful-master-takeover-auto/c1/${world.at(first)}`)).toBe(
      `GracefulMasterTakeover: indicated designated instance ${world.key(first)} must be directly replicating from the master ${world.key(world.primary)}`,
    );
  });
});

it('a server without replicas has nobody to hand over to', async () => {
  const world = await openWorld({ family: 'mariadb', replicas: 0 });
  try {
    expect(await world.get('graceful-master-takeover-auto/c1')).toMatchObject({
      code: 'ERROR',
      message: `Master ${world.key(world.primary)} doesn't seem to have replicas`,
    });
    expect(await isWritable(world.primary)).toBe(true);
  } finally {
    await world.stop();
  }
});
