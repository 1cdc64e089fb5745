/** What must not be seen late: locks of operations, by what is concluded of servers. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import { keyId } from '../model/instance-key.ts';
import { sampleKey } from '../model/topology-samples.ts';
import { memoryBackend } from '../sim/backend/open-memory-backend.ts';
import { Decisions } from './decisions.ts';

const KEY = sampleKey(1);
const NODE = { hostname: 'orchestrator-0', token: 'one' };
const [BEGIN, END] = [unixMillis(0), unixMillis(600_000)];
const LOCK = { key: KEY, owner: 'orchestrator', reason: 'relocate', begin: BEGIN, end: END };

describe('a lock of an operation', () => {
  it('D4: counts while it lasts and not a moment longer, whenever the backend is read', async () => {
    const decisions = new Decisions(memoryBackend());
    const begun = await decisions.beginLock(LOCK, NODE);
    if (begun.kind === 'held' || begun.locks[0] === undefined) throw new Error('it is free');
    expect([...decisions.underMaintenance()]).toEqual([keyId(KEY)]);
    await decisions.load();
    expect([...decisions.underMaintenance()]).toEqual([keyId(KEY)]);
    expect(await decisions.endLock(begun.locks[0], END, NODE)).toBe(true);
    expect([...decisions.underMaintenance()]).toEqual([]);
  });

  it('is refused where somebody has one, and leaves that one alone', async () => {
    const decisions = new Decisions(memoryBackend());
    const first = await decisions.beginMaintenance({ ...LOCK, owner: 'ann' }, NODE);
    expect(await decisions.beginLock(LOCK, NODE)).toMatchObject({ kind: 'held', by: [{ owner: 'ann' }] });
    expect(decisions.maintenanceOf(KEY)).toEqual(first);
  });
});
