import { expect, it } from 'vitest';
import { key, newBackend, noon } from '../temporary-backend.ts';

it('a member written by hand without a time has expired', async () => {
  const { backend, byHand } = await newBackend();
  byHand.exec("insert into database_instance_pool (hostname, port, pool) values ('a', 3306, 'p')");
  await backend.replacePool('q', [key('a')], noon());
  expect(await backend.loadPools(noon(-3600))).toEqual([{ pool: 'q', key: key('a') }]);
  expect(await backend.deletePoolMembersOlderThan(noon(-3600))).toBe(1);
});
