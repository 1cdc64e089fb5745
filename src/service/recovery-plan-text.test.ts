import { expect, it } from 'vitest';
import { sampleRecoveryPlan } from './recovery-plan-samples.ts';
import { recoveryPlanLines } from './recovery-plan-text.ts';

it('a plan of a recovery is told in the order in which people decide', () => {
  expect(recoveryPlanLines(sampleRecoveryPlan)).toEqual([
    'If 127.0.0.1:10111 died now: 127.0.0.1:10113 would take its place, which has received the most',
    'Cluster: demo (127.0.0.1:10111)',
    'Nothing has been changed.',
    '',
    'Afterwards:',
    '  127.0.0.1:10113: primary, which has received the most',
    '  127.0.0.1:10114: lost, it has received more than the promoted server; not a candidate: 127.0.0.1:10114 has no binary log',
    '  127.0.0.1:10111: replaced',
    '',
    'Loss:',
    '  may have lost transactions: others have what the new primary has not; known to be missing: uuid:7',
    '  127.0.0.1:10114 alone would have uuid:7',
    '',
    'Time:',
    '  writable again in about 12 ms (22 s at most), from the moment in which the death is proven',
    '  all of it in about 40 ms (30 s at most), and what hooks take',
    '',
    'Warnings:',
    '  semi-sync is left off: nobody acknowledges',
    '',
    'Steps: the receivers are stopped',
    '  1. 127.0.0.1:10113: what it has received does not grow any more (at most 2 s; its failure leaves this server behind)',
    '       STOP REPLICA IO_THREAD;',
    '     undone on failure by:',
    '       START REPLICA IO_THREAD;',
  ]);
});

it('of a switchover it tells how long nobody takes writes', () => {
  const lines = recoveryPlanLines({ ...sampleRecoveryPlan, kind: 'takeover', durability: 'nothing-is-lost' });
  expect(lines[0]).toBe('127.0.0.1:10113 would take over from 127.0.0.1:10111, which has received the most');
  expect(lines).toContain('  nobody takes writes for about 12 ms (22 s at most)');
  expect(lines).toContain('  nothing: the new primary has all that the old one has, or it is called off');
});
