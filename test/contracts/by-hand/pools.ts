/** What every backend on SQL does about pools that other programs and people write. */
import { expect, it } from 'vitest';
import { key, noon } from '../../../src/store/temporary-backend.ts';
import type { NewSqlWorld } from '../world.ts';

export function poolsByHand(newWorld: NewSqlWorld): void {
  it('a member written by hand without a time has expired', async () => {
    const { backend, byHand } = await newWorld();
    await byHand.exec("insert into database_instance_pool (hostname, port, pool) values ('a', 3306, 'p')");
    await backend.replacePool('q', [key('a')], noon());
    expect(await backend.loadPools(noon(-3600))).toEqual([{ pool: 'q', key: key('a') }]);
    expect(await backend.deletePoolMembersOlderThan(noon(-3600))).toBe(1);
  });
}
