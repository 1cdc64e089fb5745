/** What every backend on SQL does about recoveries that other programs and people write. */
import { describe, expect, it } from 'vitest';
import type { StoreBackend } from '../../../src/store/backend.ts';
import { noon, uid } from '../../../src/store/temporary-backend.ts';
import { FAILURE, registerRecoveryOf, SUCCESS } from '../../../src/store/testing.ts';
import type { NewSqlWorld } from '../world.ts';

export function recoveriesByHand(newWorld: NewSqlWorld): void {
  describe('recoveries', () => {
    it('that failed have no successor', async () => {
      const { backend, byHand } = await newWorld();
      await registerRecoveryOf(backend, 'a');
      await backend.resolveRecovery(uid('0:a'), FAILURE, noon(2));
      expect(await backend.recoveries({})).toMatchObject([{ isSuccessful: false, successorKey: null, errors: [] }]);
      // The contract: an empty text after a failure.
      expect(await byHand.row('select successor_hostname as s from topology_recovery')).toEqual({ s: '' });
    });
  });

  describe('acknowledgement', () => {
    const ended = async (backend: StoreBackend, hostname: string) => {
      await registerRecoveryOf(backend, hostname);
      await backend.resolveRecovery(uid(`0:${hostname}`), SUCCESS, noon(1));
    };

    it('within the second of an earlier one takes the next free second', async () => {
      const { backend, byHand } = await newWorld();
      for (const attempt of ['1', '2', '3']) {
        await registerRecoveryOf(backend, 'a', 0, attempt);
        expect(await backend.acknowledge({ kind: 'uid', uid: attempt }, 'me', 'c', noon(5))).toBe(1);
      }
      const second = Math.floor(noon(5) / 1000);
      expect(
        await byHand.rows('select end_active_period_unixtime as s from topology_recovery order by recovery_id'),
      ).toEqual([{ s: second }, { s: second + 1 }, { s: second + 2 }]);
    });

    it('after the period ran out keeps the time at which it did', async () => {
      const { backend, byHand } = await newWorld();
      await ended(backend, 'a');
      expect(await backend.endActivePeriods({ startedBefore: noon(0) }, noon(3600))).toBe(0);
      expect(await backend.endActivePeriods({ startedBefore: noon(1) }, noon(3600))).toBe(1);
      expect(await backend.activeRecoveries()).toEqual([]);
      await backend.acknowledge({ kind: 'all' }, 'me', 'c', noon(9999));
      expect(await byHand.row('select end_active_period_unixtime as s from topology_recovery')).toEqual({
        s: Math.floor(noon(3600) / 1000),
      });
    });
  });

  describe('the global switch', () => {
    it('is off at first, stays as set, and can be set by hand', async () => {
      const { backend, byHand, another } = await newWorld();
      expect(await backend.recoveriesDisabled()).toBe(false);
      await backend.setRecoveriesDisabled(true);
      await backend.setRecoveriesDisabled(true);
      expect(await (await another()).recoveriesDisabled()).toBe(true);
      await backend.setRecoveriesDisabled(false);
      expect(await backend.recoveriesDisabled()).toBe(false);
      await byHand.exec('insert into global_recovery_disable (disable_recovery) values (1)');
      expect(await backend.recoveriesDisabled()).toBe(true);
    });
  });

  describe('the journal', () => {
    const entry = (sequence: number, phase: 'intended' | 'done') => ({
      uid: uid('u'),
      sequence,
      stepId: 'promote',
      phase,
      at: noon(),
      detail: '{"a":1}',
    });

    it('does not guess at a phase it does not know', async () => {
      const { backend, byHand } = await newWorld();
      await backend.append([entry(1, 'intended')]);
      await byHand.exec("update orc_recovery_journal set phase = 'perhaps'");
      await expect(backend.journal('u')).rejects.toThrow('perhaps');
    });
  });
}
