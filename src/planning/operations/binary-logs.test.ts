/** New binary logs and deleted ones (O64, O65). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { FLUSHES_MAX, planFlush, planFlushUntil, planPurge } from './binary-logs.ts';
import { at, aWorld, byPosition, PRIMARY, planOf, refusalOf, sentBy } from './testing.ts';

const key = at(PRIMARY);
const primary = (changes: Partial<Instance> = {}): Instance =>
  sampleServer(PRIMARY, { selfCoordinates: { file: 'bin.000007', pos: 500, type: 'binary' }, ...changes });

describe('flushing binary logs', () => {
  const flush = (count: number) => planFlush({ kind: 'flush-binary-logs', key, count }, aWorld([primary()]));
  const until = (file: string) => planFlushUntil({ kind: 'flush-binary-logs-until', key, file }, aWorld([primary()]));

  it('O64: as often as was said, one after another', () => {
    expect(sentBy(flush(1))).toEqual(['begin a new binary log']);
    expect(sentBy(flush(3))).toHaveLength(3);
    expect(planOf(flush(1)).audits[0]?.message).toBe('success');
  });

  it('O64: until it writes that file; not at all where it does so already', () => {
    expect(sentBy(until('bin.000010'))).toHaveLength(3);
    expect(sentBy(until('bin.000007'))).toEqual([]);
  });

  it('O64: a file that is passed is refused with the contract text', () => {
    expect(refusalOf(until('bin.000006'))).toBe(
      'file-passed: FlushBinaryLogsTo: target log file bin.000006 is smaller than current log file bin.000007',
    );
    expect(refusalOf(until("x'; DROP"))).toContain('bad-file');
  });

  it('O64: more than may be begun at once is refused by name', () => {
    expect(refusalOf(until('bin.999999'))).toContain(`more than ${FLUSHES_MAX}`);
    expect(refusalOf(flush(-1))).toContain('bad-count');
    expect(
      refusalOf(planFlush({ kind: 'flush-binary-logs', key, count: 1 }, aWorld([sampleServer(PRIMARY)]))),
    ).toContain('no-binary-log');
  });
});

describe('purging binary logs', () => {
  const purge = (file: string, replicas: readonly Instance[], force = false, changes: Partial<Instance> = {}) =>
    planPurge({ kind: 'purge-binary-logs', key, file, force }, aWorld([primary(changes), ...replicas]));
  const applied = (port: number, file: string, pos = 4) => sampleReplica(port, PRIMARY, byPosition(pos, pos, file));

  it('O65: where every replica is past its beginning', () => {
    const result = purge('bin.000005', [applied(3302, 'bin.000005'), applied(3303, 'bin.000007')]);
    expect(sentBy(result)).toEqual(['delete binary logs before bin.000005']);
  });

  it('O65: refused with the contract text, naming the replica that is not', () => {
    const result = purge('bin.000005', [applied(3302, 'bin.000004', 900), applied(3303, 'bin.000007')]);
    expect(refusalOf(result)).toBe(
      'unsafe-purge: Unsafe to purge binary logs on 127.0.0.1:3301 up to bin.000005 because replica 127.0.0.1:3302 has only applied up to bin.000004:900',
    );
  });

  it('O65: a replica of which nobody knows where it stands makes it unsafe', () => {
    expect(refusalOf(purge('bin.000005', [sampleReplica(3302, PRIMARY)]))).toContain('it is not known what replica');
    expect(refusalOf(purge('bin.000005', [], false, { replicas: [at(3399)] }))).toContain('127.0.0.1:3399');
  });

  it('O65: forced, it is done, and who loses by it is said', () => {
    const plan = planOf(purge('bin.000005', [applied(3302, 'bin.000004')], true));
    expect(plan.warnings).toHaveLength(1);
    expect(plan.lanes[0]?.steps).toHaveLength(1);
  });

  it('O65: latest is the file that it writes', () => {
    expect(sentBy(purge('latest', [applied(3302, 'bin.000007', 200)]))).toEqual([
      'delete binary logs before bin.000007',
    ]);
    expect(refusalOf(purge('latest', [applied(3302, 'bin.000006', 200)]))).toContain('up to bin.000007');
  });

  it('O65: never deletes what a replica still needs', () => {
    const place = fc.record({ number: fc.integer({ min: 1, max: 7 }), pos: fc.integer({ min: 4, max: 99 }) });
    const name = (number: number) => `bin.${String(number).padStart(6, '0')}`;
    fc.assert(
      fc.property(fc.array(place, { maxLength: 5 }), fc.integer({ min: 1, max: 7 }), (places, target) => {
        const replicas = places.map(({ number, pos }, i) => applied(3302 + i, name(number), pos));
        const result = purge(name(target), replicas);
        const isNeeded = places.some(({ number }) => number < target);
        expect(result.kind).toBe(isNeeded ? 'refused' : 'planned');
      }),
    );
  });
});
