import { describe, expect, it } from 'vitest';
import { key, newBackend, noon } from '../temporary-backend.ts';

const downtime = (hostname: string, endSeconds: number, reason = 'r') => ({
  key: key(hostname),
  owner: 'o',
  reason,
  begin: noon(-0.5),
  end: noon(endSeconds - 0.5),
});

describe('downtimes', () => {
  it('are one a server, the later one counts', async () => {
    const { backend } = await newBackend();
    await backend.beginDowntime(downtime('a', 60));
    await backend.beginDowntime(downtime('a', 120, 'longer'));
    expect(await backend.loadDowntimes()).toEqual([downtime('a', 120, 'longer')]);
  });

  it('end once', async () => {
    const { backend } = await newBackend();
    await backend.beginDowntime(downtime('a', 60));
    expect(await backend.endDowntime(key('a', 3307))).toBe(false);
    expect(await backend.endDowntime(key('a'))).toBe(true);
    expect(await backend.endDowntime(key('a'))).toBe(false);
  });

  it('past their end are deleted, the others stay', async () => {
    const { backend } = await newBackend();
    await backend.beginDowntime(downtime('a', 60));
    await backend.beginDowntime(downtime('b', 61));
    expect(await backend.deleteEndedDowntimes(noon(60.5))).toBe(1);
    expect(await backend.loadDowntimes()).toEqual([downtime('b', 61)]);
  });

  it('written by hand without an end, or not active, mute nothing', async () => {
    const { backend, byHand } = await newBackend();
    byHand.exec(`insert into database_instance_downtime (hostname, port, downtime_active, begin_timestamp, owner, reason)
      values ('a', 1, 1, '2026-03-01 12:00:00', 'o', 'r'), ('b', 1, null, '', 'o', 'r')`);
    expect(await backend.loadDowntimes()).toMatchObject([{ key: key('a', 1), begin: noon(-0.5), end: noon(-0.5) }]);
  });
});
