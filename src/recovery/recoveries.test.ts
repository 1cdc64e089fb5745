/** One order at a time in a cluster, also while its primary, and with it its name, is replaced. */
import { expect, it } from 'vitest';
import { clusterName } from '../model/brand.ts';
import { deadPrimary } from './hook-testing.ts';
import { AUTOMATED, Recoveries } from './recoveries.ts';
import { RecoveryWorld } from './testing.ts';

const [BEFORE, AFTER] = [clusterName('old:3306'), clusterName('new:3306')];

/** Gives what an order in the cluster with the new name gets while `begin` has happened in the cluster with the old one. */
async function meanwhile(begin: (recoveries: Recoveries) => Promise<void> | void) {
  const recoveries = new Recoveries(new RecoveryWorld([]).ports);
  const order = (urgent: boolean) => recoveries.alone(AFTER, 'an order', async () => 'done', { urgent });
  const during = await recoveries.alone(BEFORE, 'finishing', async () => {
    await begin(recoveries);
    return [await order(false), await order(true)];
  });
  return { during, after: await order(false) };
}

it('whoever finishes a cut recovery holds the cluster under its new name too, but for the death of the new primary', async () => {
  const moved = await meanwhile(({ ports }) => ports.moveAlias(BEFORE, AFTER, ''));
  expect(moved).toEqual({ during: [null, 'done'], after: 'done' });
});

it('also where the name had been moved before the cut', async () => {
  const held = await meanwhile((recoveries) => recoveries.holdAlso(BEFORE, AFTER));
  expect(held).toEqual({ during: [null, 'done'], after: 'done' });
});

it('A6: a death in the moments after receivers were restarted is registered, and not acted on', async () => {
  const world = new RecoveryWorld([]);
  const registered: boolean[] = [];
  const store = {
    ...world.ports.store,
    registerDetection: async (_: unknown, isActionable: boolean) => {
      registered.push(isActionable);
      return false;
    },
  };
  const recoveries = new Recoveries({ ...world.ports, store });
  const result = await recoveries.handle(deadPrimary(), { ...AUTOMATED, isInGrace: true });
  expect(result).toEqual({ kind: 'not-attempted', reason: 'receivers of its replicas were restarted a moment ago' });
  expect(registered).toEqual([false]);
});
