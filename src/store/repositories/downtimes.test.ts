import { describe, expect, it } from 'vitest';
import { key, newBackend, noon } from '../temporary-backend.ts';

describe('downtimes', () => {
  it('written by hand without an end, or not active, mute nothing', async () => {
    const { backend, byHand } = await newBackend();
    byHand.exec(`insert into database_instance_downtime (hostname, port, downtime_active, begin_timestamp, owner, reason)
      values ('a', 1, 1, '2026-03-01 12:00:00', 'o', 'r'), ('b', 1, null, '', 'o', 'r')`);
    expect(await backend.loadDowntimes()).toMatchObject([{ key: key('a', 1), begin: noon(-0.5), end: noon(-0.5) }]);
  });
});
