/** What throws a relay log away is sent only while somebody has what is in it (D4). */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { RelayLogRule } from './deferred-command.ts';
import { resolveCommand, serversToSee } from './resolve-command.ts';
import { has, trx } from './testing.ts';

const SOURCE = 3301;
const command = { kind: 'set-delay', delaySeconds: 5 } as const;
const resolve = (relayLog: RelayLogRule, own: Partial<Instance>, source: Instance | null) =>
  resolveCommand(
    { kind: 'when-safe', command, relayLog },
    { own: sampleReplica(3302, SOURCE, own), other: () => source, after: () => null, found: () => null },
  );

describe('a command that throws the relay log away', () => {
  const bySource = { kind: 'executed-by', server: sampleKey(SOURCE) } as const;
  const source = (executed: string) => sampleServer(SOURCE, { executedGtidSet: executed });

  it('D4: is sent while the source has executed what waits', () => {
    expect(serversToSee({ kind: 'when-safe', command, relayLog: bySource })).toEqual([sampleKey(SOURCE)]);
    expect(resolve(bySource, has(10, 4), source(trx('1-10')))).toEqual({ kind: 'resolved', commands: [command] });
  });

  it('D4: is not sent where the source lacks some of it, or has gone silent meanwhile', () => {
    expect(resolve(bySource, has(10, 4), source(trx('1-9')))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('would be lost'),
    });
    expect(resolve(bySource, has(10, 4), null)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('does not answer'),
    });
  });

  it('O63, D4: one that does so beside a standing applier alone is sent beside a running one, whoever is silent', () => {
    const beside = { kind: 'when-safe', command, relayLog: bySource, besideApplier: true } as const;
    const kindOf = (applierState: Instance['applierState']) =>
      resolveCommand(beside, {
        own: sampleReplica(3302, SOURCE, { ...has(10, 4), applierState }),
        other: () => null,
        after: () => null,
        found: () => null,
      }).kind;
    expect([kindOf('running'), kindOf('stopped')]).toEqual(['resolved', 'refused']);
  });

  it('D4: a way back is open while either of the two sources has what waits, or nothing waits', () => {
    const either = { ...bySource, orBy: sampleKey(3303) };
    const back = (own: Partial<Instance>, answering: readonly Instance[]) =>
      resolveCommand(
        {
          kind: 'follow-when-safe',
          source: sampleKey(3303),
          at: { kind: 'gtid' },
          relayLog: either,
          credentials: null,
          securedAs: null,
          unlessThere: true,
        },
        {
          own: sampleReplica(3302, SOURCE, own),
          other: ({ port }) => answering.find(({ key }) => key.port === port) ?? null,
          after: () => null,
          found: () => null,
        },
      ).kind;
    const former = sampleServer(3303, { executedGtidSet: trx('1-10') });
    expect(serversToSee({ kind: 'when-safe', command, relayLog: either })).toEqual([
      sampleKey(SOURCE),
      sampleKey(3303),
    ]);
    expect(back(has(10, 4), [former])).toBe('resolved');
    expect(back(has(10, 4), [])).toBe('refused');
    expect(back(has(10), [])).toBe('resolved');
  });

  it('D4: is sent without a source once all is applied, and not before', () => {
    expect(resolve({ kind: 'drained' }, has(10), null).kind).toBe('resolved');
    expect(resolve({ kind: 'drained' }, has(10, 9), null).kind).toBe('refused');
  });
});
