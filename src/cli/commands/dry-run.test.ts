/** `--dry-run`: the plan is printed, and nothing is changed. */
import { describe, expect, it } from 'vitest';
import { sampleMove, sampleMoveSteps } from '../../service/operation-samples.ts';
import { ask, D, I } from '../testing/ask-operation.ts';
import { type PretendWorld, run } from '../testing/run-in-world.ts';

describe('a dry run', () => {
  const OPERATIONS = [
    'relocate',
    'relocate-below',
    'relocate-replicas',
    'take-siblings',
    'regroup-replicas',
    'move-up',
    'move-up-replicas',
    'move-below',
    'move-equivalent',
    'repoint',
    'repoint-replicas',
    'take-master',
    'make-co-master',
    'regroup-replicas-bls',
    'move-gtid',
    'move-replicas-gtid',
    'regroup-replicas-gtid',
    'match',
    'match-up',
    'rematch',
    'match-replicas',
    'match-up-replicas',
    'regroup-replicas-pgtid',
    'enable-gtid',
    'disable-gtid',
    'gtid-errant-reset-master',
    'skip-query',
    'stop-replica',
    'start-replica',
    'restart-replica',
    'reset-replica',
    'change-master-credentials',
    'detach-replica-master-host',
    'reattach-replica-master-host',
    'enable-semi-sync-master',
    'disable-semi-sync-master',
    'enable-semi-sync-replica',
    'disable-semi-sync-replica',
    'set-read-only',
    'set-writeable',
    'flush-binary-logs',
    'purge-binary-logs',
    'panic-stop-replication',
  ];

  it.each(OPERATIONS)('of %s plans and changes nothing', async (name) => {
    const { status, out, asked } = await ask(`${name} --dry-run -d ${D} --binlog b.000009`);
    expect(status).toBe(0);
    expect(out).toMatch(/^Plan: .+\nWhy: .+\nNothing has been changed\.\n/);
    expect(asked).toEqual([expect.stringMatching(/^plan /)]);
  });

  it('prints the plan for people: every statement, and how it is undone', async () => {
    const calls: PretendWorld['calls'] = {
      planOperation: async () => ({ kind: 'planned', plan: sampleMove }),
      shownSteps: () => sampleMoveSteps,
    };
    const { status, out } = await ask(`relocate-replicas --dry-run -d ${D}`, { calls });
    expect(status).toBe(0);
    expect(out).toContain('\n       STOP REPLICA;\n     undone on failure by:\n');
  });

  it('of what would be refused is fatal in the same words, after the methods that do not fit', async () => {
    const refusal = { code: 'too-complex', message: 'please do it manually' };
    const rejected = [{ method: 'gtid', reason: 'it does not use GTID' }] as const;
    const outcome = async () => ({ kind: 'refused', refusal, rejected }) as const;
    for (const words of [`relocate -d ${D} --dry-run`, `relocate -d ${D}`]) {
      const { status, out, err } = await ask(words, { calls: { planOperation: outcome, operate: outcome } });
      expect([status, out]).toEqual([1, '']);
      expect(err).toBe('DATE TIME ERROR by GTID: it does not use GTID\nDATE TIME FATAL please do it manually\n');
    }
  });

  it.each(['forget', 'begin-downtime', 'recover', 'graceful-master-takeover', 'clusters', 'dump-config'])(
    'of %s is refused before anything is opened: nobody is to think that nothing was changed',
    async (name) => {
      const { status, out, err, made } = await run(['-c', name, '--dry-run', '-i', I]);
      expect([status, out, made]).toEqual([1, '', []]);
      expect(err).toBe(`DATE TIME FATAL ${name} has no plan to show: --dry-run is for operations\n`);
    },
  );
});
