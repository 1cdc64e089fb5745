/** Whom time makes worthless, and whom it does not. */
import { expect, it } from 'vitest';
import { Picture } from '../discovery/picture.ts';
import { ManualClock } from '../discovery/testing.ts';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import { SAMPLE_NOW, sampleServer } from '../model/topology-samples.ts';
import { newBackend } from '../store/temporary-backend.ts';
import { Forgetting } from './forgetting.ts';

const HOUR_MILLIS = 3_600_000;

async function aWorld(...instances: readonly Instance[]) {
  const { backend } = await newBackend();
  const picture = new Picture(backend);
  picture.topology.putAll(instances);
  const events: string[] = [];
  const forgetting = new Forgetting({
    discovery: { forget: (key) => picture.forget(key) },
    picture,
    resolver: { known: (hostname) => (hostname === 'old-name' ? 'db1' : hostname) },
    store: backend,
    clock: new ManualClock(),
    emit: ({ kind }) => events.push(kind),
    unseenMillis: () => 10 * HOUR_MILLIS,
  });
  const known = () => [...picture.topology.all()].map(({ key }) => instanceKeyText(key));
  return { forgetting, known, events, audit: async () => (await backend.audit({ page: 0 })).map(({ type }) => type) };
}

const seen = (port: number, hoursAgo: number, isValid: boolean, hostname = '127.0.0.1'): Instance => {
  const lastSeen = unixMillis(SAMPLE_NOW - hoursAgo * HOUR_MILLIS);
  const server = sampleServer(port, { lastSeen, lastChecked: isValid ? lastSeen : unixMillis(SAMPLE_NOW) });
  return { ...server, key: { hostname, port } };
};

it('forgets who does not answer and was not seen for longer than the limit', async () => {
  const world = await aWorld(seen(1, 11, false), seen(2, 9, false));
  await world.forgetting.forgetOld();
  expect([world.known(), await world.audit()]).toEqual([['127.0.0.1:2'], ['forget-unseen']]);
  expect(world.events).toEqual(['instance-forgotten']);
});

it('keeps who answered its last check, whatever the clock says, and who was never seen', async () => {
  const never = { ...seen(2, 0, false), lastSeen: null };
  const world = await aWorld(seen(1, 5_000, true), never);
  await world.forgetting.forgetOld();
  expect(world.known()).toHaveLength(2);
});

it('forgets who does not answer and is known under another name', async () => {
  const world = await aWorld(seen(3306, 1, false, 'old-name'), seen(3306, 0, true, 'db1'));
  await world.forgetting.forgetOld();
  expect([world.known(), await world.audit()]).toEqual([['db1:3306'], ['forget-unseen-differently-resolved']]);
});

it('says whether there was anybody to forget', async () => {
  const world = await aWorld(seen(1, 0, true));
  expect(await world.forgetting.forget({ hostname: '127.0.0.1', port: 1 })).toBe(true);
  expect(await world.forgetting.forget({ hostname: '127.0.0.1', port: 1 })).toBe(false);
});
