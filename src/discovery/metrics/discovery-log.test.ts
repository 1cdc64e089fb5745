import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { millis } from '../../model/brand.ts';
import { DiscoveryLog } from './discovery-log.ts';
import { type DiscoveryTiming, recordsOf } from './timing-columns.ts';

const timing = (port: number, error: string | null = null): DiscoveryTiming => ({
  key: { hostname: 'db', port },
  backendMillis: port / 10,
  instanceMillis: port,
  totalMillis: port + port / 10,
  error,
});

const portsOf = (log: DiscoveryLog, oldest = 0) => log.since(oldest).keys.map(({ port }) => port);

describe('the log of discoveries', () => {
  it('gives back what was written, oldest first, from a time on', () => {
    const log = new DiscoveryLog();
    log.add(timing(1), millis(10), 1000);
    log.add(timing(2, 'refused'), millis(20), 1000);
    expect(recordsOf(log.since(0))).toEqual([
      { ...timing(1), at: 10 },
      { ...timing(2, 'refused'), at: 20 },
    ]);
    expect(portsOf(log, 11)).toEqual([2]);
  });

  it('drops what is too old, at the next one or when told', () => {
    const log = new DiscoveryLog();
    for (const at of [0, 100, 200]) log.add(timing(at), millis(at), 150);
    expect(portsOf(log)).toEqual([100, 200]);
    log.dropBefore(201);
    expect(log.size).toBe(0);
  });

  it('that is full drops the oldest before its time', () => {
    const log = new DiscoveryLog(3);
    for (const port of [1, 2, 3, 4, 5]) log.add(timing(port), millis(port), 1000);
    expect(portsOf(log)).toEqual([3, 4, 5]);
  });

  it('is, however it grows and wraps, what a plain list would be', () => {
    const steps = fc.array(fc.record({ bursts: fc.nat(900), pause: fc.nat(120) }), { maxLength: 12 });
    fc.assert(
      fc.property(steps, fc.constantFrom(2_000, 1 << 19), (bursts, capacityMax) => {
        const log = new DiscoveryLog(capacityMax);
        let list: { port: number; at: number }[] = [];
        let now = 0;
        let port = 0;
        for (const burst of bursts) {
          now += burst.pause;
          for (let count = 0; count < burst.bursts; count++) {
            log.add(timing(++port), millis(now), 200);
            list.push({ port, at: now });
          }
          list = list.filter(({ at }) => at >= now - 200).slice(-capacityMax);
          if (burst.bursts > 0) expect(portsOf(log)).toEqual(list.map((one) => one.port));
        }
      }),
      { numRuns: 50 },
    );
  });
});
