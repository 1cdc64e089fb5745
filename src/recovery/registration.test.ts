/** Who holds back whom (spec/recovery.md 1.6, 12.2 #9; B4). */
import { describe, expect, it } from 'vitest';
import type { EntryCode } from '../analysis/codes.ts';
import type { RecoveryRecord, RecoveryUid } from '../model/recovery-record.ts';
import { at, PRIMARY_PORT } from '../planning/testing.ts';
import { deadPrimary } from './hook-testing.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { blockingRecovery, registerRecovery } from './registration.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const OTHER = PRIMARY_PORT + 5;

/** An active one of the same cluster. */
const active = (code: string, port = PRIMARY_PORT, change: Partial<RecoveryRecord> = {}): RecoveryRecord => {
  const { digest } = aRecord();
  const { clusterName } = deadPrimary().cluster;
  return aRecord({
    uid: `${code} ${port}` as RecoveryUid,
    digest: { ...digest, key: at(port), code, clusterName },
    ...change,
  });
};

const entry = (code: EntryCode, port = PRIMARY_PORT) => ({ ...deadPrimary(), code, key: at(port) });

function portsWith(...records: readonly RecoveryRecord[]) {
  const ended: string[] = [];
  const { ports } = new RecoveryWorld([]);
  const store: RecoveryPorts['store'] = {
    ...ports.store,
    activeRecoveries: async () => records,
    endActivePeriods: async (selection) => {
      if ('uid' in selection) ended.push(selection.uid);
      return 1;
    },
    recordBlocked: async () => {},
    registerRecovery: async () => ({ kind: 'registered', record: aRecord() }),
  };
  return { ports: { ...ports, store }, ended };
}

const isHeldBack = async (code: EntryCode, port: number, ...records: readonly RecoveryRecord[]): Promise<boolean> =>
  (await blockingRecovery(entry(code, port), portsWith(...records).ports)) !== null;

describe('the replacement of a primary', () => {
  it('is held back by one of its cluster, and of itself', async () => {
    expect(await isHeldBack('DeadMaster', PRIMARY_PORT, active('DeadMaster', OTHER))).toBe(true);
    const promoted = active('DeadMaster', OTHER, { successorKey: at(PRIMARY_PORT) });
    const blocking = await blockingRecovery(entry('DeadMaster'), portsWith(promoted).ports);
    expect(blocking?.text).toContain(`instance 127.0.0.1:${PRIMARY_PORT} has recently been promoted`);
  });

  it('is held back by codes that nobody knows: an older version may have written them', async () => {
    expect(await isHeldBack('DeadMaster', PRIMARY_PORT, active('DeadSomething', OTHER))).toBe(true);
  });

  it.each(['DeadIntermediateMaster', 'NoWriteableMasterStructureWarning', 'LockedSemiSyncMaster'])(
    'is not held back by a repair: %s',
    async (code) => {
      expect(await isHeldBack('DeadMaster', PRIMARY_PORT, active(code), active(code, OTHER))).toBe(false);
    },
  );

  it('takes the place of a repair of the same server', async () => {
    const { ports, ended } = portsWith(
      active('NoWriteableMasterStructureWarning'),
      active('DeadIntermediateMaster', OTHER),
    );
    expect((await registerRecovery(entry('DeadMaster'), { forced: false }, ports)).kind).toBe('registered');
    expect(ended).toEqual([`NoWriteableMasterStructureWarning ${PRIMARY_PORT}`]);
  });
});

describe('a repair', () => {
  it('is held back by one of the same kind on the same server, and says so', async () => {
    const { ports } = portsWith(active('DeadIntermediateMaster', OTHER));
    const blocking = await blockingRecovery(entry('DeadIntermediateMasterAndSomeReplicas', OTHER), ports);
    expect(blocking?.text).toBe(
      `AttemptRecoveryRegistration: instance 127.0.0.1:${OTHER} has recently experienced a recovery (DeadIntermediateMaster) and is in active period. It will not be recovered again. You may acknowledge it (-c ack-instance-recoveries) to remove this blockage`,
    );
  });

  it('is not held back by the replacement of the primary, by other repairs, or on other servers', async () => {
    const others = [active('DeadMaster'), active('LockedSemiSyncMaster', OTHER), active('DeadIntermediateMaster')];
    expect(await isHeldBack('DeadIntermediateMaster', OTHER, ...others)).toBe(false);
  });
});
