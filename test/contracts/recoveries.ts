/** What every backend does about recoveries. */
import { describe, expect, it } from 'vitest';
import { JOURNAL_END } from '../../src/model/recovery-record.ts';
import type { StoreBackend } from '../../src/store/backend.ts';
import { digest, key, node, noon, uid } from '../../src/store/temporary-backend.ts';
import { FAILURE, registerRecoveryOf, SUCCESS } from '../../src/store/testing.ts';
import type { NewWorld } from './world.ts';

export function recoveriesContract(newWorld: NewWorld): void {
  describe('recoveries', () => {
    it('are registered with what is known at their start', async () => {
      const { backend } = await newWorld();
      await backend.registerDetection(digest('a'), true, node('t'), noon());
      const [detection] = await backend.detections({});
      const result = await registerRecoveryOf(backend, 'a');
      expect(result).toEqual({
        kind: 'registered',
        record: {
          id: expect.any(Number),
          uid: '0:a',
          digest: digest('a'),
          inActivePeriod: true,
          start: noon(-0.5),
          end: null,
          node: node('t'),
          isSuccessful: false,
          successorKey: null,
          successorAlias: '',
          lostReplicas: [],
          participants: [],
          errors: [],
          acknowledgement: null,
          lastDetectionId: detection?.id,
        },
      });
    });

    it('of a server in its active period are refused, also after the first has ended', async () => {
      const { backend } = await newWorld();
      await registerRecoveryOf(backend, 'a');
      expect(await registerRecoveryOf(backend, 'a', 1)).toEqual({ kind: 'already-registered' });
      await backend.resolveRecovery(uid('0:a'), SUCCESS, noon(2));
      expect(await registerRecoveryOf(backend, 'a', 3)).toEqual({ kind: 'already-registered' });
      expect(await registerRecoveryOf(backend, 'b', 3)).toMatchObject({ kind: 'registered' });
    });

    it('are refused to the second of two processes', async () => {
      const { backend, another } = await newWorld();
      const other = await another();
      const results = await Promise.all([
        registerRecoveryOf(backend, 'a', 0, 'one'),
        registerRecoveryOf(other, 'a', 0, 'two'),
      ]);
      expect(results.map((result) => result.kind).sort()).toEqual(['already-registered', 'registered']);
    });

    it('keep how they ended', async () => {
      const { backend } = await newWorld();
      await registerRecoveryOf(backend, 'a');
      await backend.resolveRecovery(uid('0:a'), SUCCESS, noon(2));
      expect(await backend.recoveries({ uid: '0:a' })).toMatchObject([
        {
          end: noon(1.5),
          isSuccessful: true,
          inActivePeriod: true,
          successorKey: key('replica1'),
          successorAlias: 'r1',
          lostReplicas: [key('replica2'), key('z')],
          participants: [key('replica1')],
          errors: ['one', 'two'],
        },
      ]);
    });

    it('that failed have no successor', async () => {
      const { backend } = await newWorld();
      await registerRecoveryOf(backend, 'a');
      await backend.resolveRecovery(uid('0:a'), FAILURE, noon(2));
      expect(await backend.recoveries({})).toMatchObject([{ isSuccessful: false, successorKey: null, errors: [] }]);
    });

    it('that are unknown cannot be resolved', async () => {
      const { backend } = await newWorld();
      await expect(backend.resolveRecovery(uid('x'), SUCCESS, noon())).rejects.toThrow('no recovery x');
    });

    it('cut in the middle are found by the next process', async () => {
      const { backend, another } = await newWorld();
      await registerRecoveryOf(backend, 'a');
      await registerRecoveryOf(backend, 'b');
      await backend.resolveRecovery(uid('0:b'), FAILURE, noon(1));
      await backend.close();
      const next = await another();
      expect((await next.unfinishedRecoveries()).map((found) => found.uid)).toEqual(['0:a']);
      expect((await next.activeRecoveries()).map((found) => found.uid)).toEqual(['0:b', '0:a']);
    });

    it('that have a result and a journal without its last line are found too: hooks were left', async () => {
      const { backend } = await newWorld();
      for (const name of ['a', 'b', 'c']) {
        await registerRecoveryOf(backend, name);
        await backend.resolveRecovery(uid(`0:${name}`), FAILURE, noon(1));
      }
      const line = (name: string, sequence: number, stepId: string) =>
        backend.append([{ uid: uid(`0:${name}`), sequence, stepId, phase: 'done', at: noon(1), detail: '' }]);
      await line('a', 1, 'promote');
      await line('b', 1, 'promote');
      await line('b', 2, JOURNAL_END);
      expect((await backend.unfinishedRecoveries()).map((found) => found.uid)).toEqual(['0:a']);
    });

    it('are listed newest first by id, whatever their times, twenty a page', async () => {
      const { backend } = await newWorld();
      for (let number = 1; number <= 21; number += 1) await registerRecoveryOf(backend, `h${number}`, -number);
      const uids = async (query: Parameters<typeof backend.recoveries>[0]) =>
        (await backend.recoveries(query)).map((found) => found.uid);
      expect(await uids({})).toEqual(Array.from({ length: 20 }, (_, i) => `${i - 21}:h${21 - i}`));
      expect(await uids({ page: 1 })).toEqual(['-1:h1']);
      expect(await backend.activeRecoveries()).toHaveLength(21);
      const [third] = await backend.recoveries({ uid: '-3:h3' });
      expect(await uids({ id: third?.id ?? 0 })).toEqual(['-3:h3']);
      expect(await uids({ clusterName: 'h4:3306' })).toEqual(['-4:h4']);
      expect(await uids({ clusterAlias: 'alias-h5', unacknowledgedOnly: true })).toEqual(['-5:h5']);
    });
  });

  describe('acknowledgement', () => {
    const ended = async (backend: StoreBackend, hostname: string) => {
      await registerRecoveryOf(backend, hostname);
      await backend.resolveRecovery(uid(`0:${hostname}`), SUCCESS, noon(1));
    };

    it('ends the block, once', async () => {
      const { backend } = await newWorld();
      await ended(backend, 'a');
      expect(await backend.acknowledge({ kind: 'uid', uid: '0:a' }, 'me', 'seen', noon(10))).toBe(1);
      expect(await backend.acknowledge({ kind: 'uid', uid: '0:a' }, 'you', 'again', noon(20))).toBe(0);
      expect(await backend.recoveries({})).toMatchObject([
        { inActivePeriod: false, acknowledgement: { at: noon(9.5), by: 'me', comment: 'seen' } },
      ]);
      expect(await backend.recoveries({ unacknowledgedOnly: true })).toEqual([]);
      expect(await registerRecoveryOf(backend, 'a', 30)).toMatchObject({ kind: 'registered' });
    });

    it('of completed ones leaves a running recovery alone', async () => {
      const { backend } = await newWorld();
      await registerRecoveryOf(backend, 'a');
      const selection = { kind: 'failed-instance', key: key('a'), completedOnly: true } as const;
      expect(await backend.acknowledge(selection, 'orchestrator', 'implicit', noon(1))).toBe(0);
      await backend.resolveRecovery(uid('0:a'), SUCCESS, noon(2));
      expect(await backend.acknowledge(selection, 'orchestrator', 'implicit', noon(3))).toBe(1);
    });

    it.each([
      ['by uid', { kind: 'uid', uid: '0:a' }, 1, false],
      ['by failed server', { kind: 'failed-instance', key: key('a') }, 1, true],
      ['by cluster', { kind: 'cluster-name', clusterName: 'a:3306' }, 1, true],
      ['by alias', { kind: 'cluster-alias', clusterAlias: 'alias-a' }, 1, true],
      ['of all', { kind: 'all' }, 2, false],
    ] as const)(
      '%s reaches its rows, and clears detections where it should',
      async (_name, selection, count, clears) => {
        const { backend } = await newWorld();
        await backend.registerDetection(digest('a'), true, node('t'), noon());
        await ended(backend, 'a');
        await ended(backend, 'b');
        expect(await backend.acknowledge(selection, 'me', 'c', noon(10))).toBe(count);
        expect(await backend.registerDetection(digest('a'), true, node('t'), noon(11))).toBe(clears);
      },
    );

    it('by number reaches that one', async () => {
      const { backend } = await newWorld();
      await ended(backend, 'a');
      await ended(backend, 'b');
      const [newest] = await backend.recoveries({});
      expect(await backend.acknowledge({ kind: 'id', id: newest?.id ?? 0 }, 'me', 'c', noon(10))).toBe(1);
      expect((await backend.recoveries({ unacknowledgedOnly: true })).map((found) => found.uid)).toEqual(['0:a']);
    });

    it('within the second of an earlier one does not collide with it', async () => {
      const { backend } = await newWorld();
      for (const attempt of ['1', '2', '3']) {
        expect(await registerRecoveryOf(backend, 'a', 0, attempt)).toMatchObject({ kind: 'registered' });
        expect(await backend.acknowledge({ kind: 'uid', uid: attempt }, 'me', 'c', noon(5))).toBe(1);
      }
    });

    it('still counts after the period ran out', async () => {
      const { backend } = await newWorld();
      await ended(backend, 'a');
      expect(await backend.endActivePeriods({ startedBefore: noon(0) }, noon(3600))).toBe(0);
      expect(await backend.endActivePeriods({ startedBefore: noon(1) }, noon(3600))).toBe(1);
      expect(await backend.activeRecoveries()).toEqual([]);
      expect(await backend.acknowledge({ kind: 'all' }, 'me', 'c', noon(9999))).toBe(1);
    });
  });

  it('B5: the active period of one that has not ended does not run out by time', async () => {
    const { backend } = await newWorld();
    await registerRecoveryOf(backend, 'a', 0, '1');
    expect(await backend.endActivePeriods({ startedBefore: noon(1) }, noon(3600))).toBe(0);
    expect(await backend.activeRecoveries()).toHaveLength(1);
    expect(await backend.endActivePeriods({ uid: uid('1') }, noon(3600))).toBe(1);
  });

  describe('steps', () => {
    it('come back in the order they were written, though within one second', async () => {
      const { backend } = await newWorld();
      const lines = (...messages: readonly string[]) => messages.map((message) => ({ message, at: noon() }));
      await backend.addSteps(uid('u'), lines('first', 'second'));
      await backend.addSteps(uid('u'), []);
      await backend.addSteps(uid('u'), lines('third'));
      await backend.addSteps(uid('other'), lines('elsewhere'));
      const steps = await backend.steps('u');
      expect(steps.map((step) => step.message)).toEqual(['first', 'second', 'third']);
      expect(steps[2]).toMatchObject({ id: expect.any(Number), uid: 'u' });
    });
  });

  describe('blocked recoveries', () => {
    const blocked = (hostname: string, atSeconds: number, blockingRecoveryId = 1) => ({
      key: key(hostname),
      clusterName: digest(hostname).clusterName,
      code: 'DeadMaster',
      lastBlocked: noon(atSeconds - 0.5),
      blockingRecoveryId,
    });
    const recoveryIdOf = async (backend: StoreBackend, hostname: string): Promise<number> => {
      await registerRecoveryOf(backend, hostname);
      return (await backend.recoveries({}))[0]?.id ?? 0;
    };

    it('are one row a server, refreshed', async () => {
      const { backend } = await newWorld();
      await backend.recordBlocked(blocked('a', 0));
      await backend.recordBlocked(blocked('a', 5));
      await backend.recordBlocked(blocked('b', 5));
      expect(await backend.blockedRecoveries()).toEqual([blocked('a', 5), blocked('b', 5)]);
      expect(await backend.blockedRecoveries('b:3306')).toEqual([blocked('b', 5)]);
    });

    it('go when they are not refreshed', async () => {
      const { backend } = await newWorld();
      const blocking = await recoveryIdOf(backend, 'x');
      await backend.recordBlocked(blocked('a', 0, blocking));
      await backend.recordBlocked(blocked('b', 5, blocking));
      await backend.expireBlocked(noon(3));
      expect(await backend.blockedRecoveries()).toEqual([blocked('b', 5, blocking)]);
    });

    it('go when what blocks them is acknowledged or gone', async () => {
      const { backend } = await newWorld();
      const blocking = await recoveryIdOf(backend, 'x');
      await backend.recordBlocked(blocked('a', 5, blocking));
      await backend.recordBlocked(blocked('b', 5, blocking + 98));
      await backend.expireBlocked(noon(3));
      expect(await backend.blockedRecoveries()).toEqual([blocked('a', 5, blocking)]);
      await backend.acknowledge({ kind: 'all' }, 'me', 'c', noon(5));
      await backend.expireBlocked(noon(3));
      expect(await backend.blockedRecoveries()).toEqual([]);
    });
  });

  describe('the global switch', () => {
    it('is off at first, and stays as set, for every process', async () => {
      const { backend, another } = await newWorld();
      expect(await backend.recoveriesDisabled()).toBe(false);
      await backend.setRecoveriesDisabled(true);
      await backend.setRecoveriesDisabled(true);
      expect(await (await another()).recoveriesDisabled()).toBe(true);
      await backend.setRecoveriesDisabled(false);
      expect(await backend.recoveriesDisabled()).toBe(false);
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

    it('comes back in order, to the millisecond', async () => {
      const { backend } = await newWorld();
      await backend.append([entry(2, 'done')]);
      await backend.append([entry(1, 'intended'), { ...entry(1, 'done'), uid: uid('other') }]);
      await backend.append([]);
      expect(await backend.journal('u')).toEqual([entry(1, 'intended'), entry(2, 'done')]);
    });

    it('rejects a second writer of the same line', async () => {
      const { backend, writeError } = await newWorld();
      await backend.append([entry(2, 'intended')]);
      // With all that it would write: which of its lines count must not depend on the order.
      await expect(backend.append([entry(1, 'done'), entry(2, 'done')])).rejects.toMatchObject(writeError);
      expect(await backend.journal('u')).toEqual([entry(2, 'intended')]);
    });
  });
}
