/** A former primary that is back: what it has of its own, and whether it may be attached. */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { at, atPosition, holding, PRIMARY_PORT, trx } from '../planning/testing.ts';
import { RecoveryRun } from './recovery-run.ts';
import { rejoin, rejoinText, rejoinVerdict } from './rejoin.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const [FORMER, SUCCESSOR] = [PRIMARY_PORT, PRIMARY_PORT + 1];

const verdict = (former: Partial<Instance>, successor: Partial<Instance>) =>
  rejoinVerdict(sampleServer(FORMER, { readOnly: true, ...former }), sampleServer(SUCCESSOR, successor));

describe('a former primary that is back', () => {
  it('G2: is clean where its successor has all of it', () => {
    expect(verdict(holding(trx('1-9')), holding(`${trx('1-9')},${trx('1-3', SUCCESSOR)}`))).toEqual({ kind: 'clean' });
    const position = atPosition(`0-${FORMER}-9`);
    expect(verdict(position, { ...position, ...atPosition(`0-${FORMER}-9`) })).toEqual({ kind: 'clean' });
  });

  it('G1: is quarantined with what it alone has', () => {
    expect(verdict(holding(trx('1-11')), holding(trx('1-9')))).toEqual({
      kind: 'quarantined',
      gtids: trx('10-11'),
      isRescuable: true,
    });
    expect(verdict(atPosition(`0-${FORMER}-11`), atPosition(`0-${FORMER}-9`)).kind).toBe('quarantined');
  });

  it('is too old where its successor has purged what it needs', () => {
    const successor = { ...holding(trx('1-99')), gtidPurged: trx('1-50') };
    expect(verdict(holding(trx('1-9')), successor)).toEqual({ kind: 'too-old', gtids: trx('10-50') });
  });

  it('is not touched while it takes writes, or replicates from somebody', () => {
    expect(verdict({ ...holding(trx('1-9')), readOnly: false }, holding(trx('1-9'))).kind).toBe('not-to-be-told');
    const elsewhere = sampleReplica(FORMER, SUCCESSOR + 1);
    expect(rejoinVerdict(elsewhere, sampleServer(SUCCESSOR)).kind).toBe('not-to-be-told');
    const running = sampleReplica(FORMER, SUCCESSOR);
    expect(rejoinVerdict(running, sampleServer(SUCCESSOR)).kind).toBe('not-to-be-told');
    const stopped = { ...running, receiverState: 'stopped' as const };
    expect(rejoinVerdict(stopped, sampleServer(SUCCESSOR)).kind).toBe('attached-and-stopped');
  });

  it('A15: is quarantined with what it alone has when it follows its successor by itself, and that one asks nothing of it', () => {
    const follows = sampleReplica(FORMER, SUCCESSOR, {
      readOnly: true,
      ...holding(`${trx('1-11')},${trx('1-3', SUCCESSOR)}`),
    });
    const promoted = { ...holding(`${trx('1-9')},${trx('1-3', SUCCESSOR)}`) };
    expect(rejoinVerdict(follows, sampleServer(SUCCESSOR, promoted))).toEqual({
      kind: 'quarantined',
      gtids: trx('10-11'),
      isRescuable: true,
    });
    const partner = (receiverState: Instance['receiverState']) =>
      sampleReplica(SUCCESSOR, FORMER, { ...promoted, receiverState });
    expect(rejoinVerdict(follows, partner('stopped')).kind).toBe('quarantined');
    expect(rejoinVerdict(follows, partner('running')).kind).toBe('not-to-be-told');
    const refused = { readOnly: true, receiverState: 'stopped', ...atPosition(`0-${FORMER}-11`) } as const;
    const source = sampleServer(SUCCESSOR, atPosition(`0-${FORMER}-9`));
    expect(rejoinVerdict(sampleReplica(FORMER, SUCCESSOR, refused), source).kind).toBe('quarantined');
  });

  it('is told of in one line that names the ways out', () => {
    const errant = rejoinVerdict(
      sampleServer(FORMER, { readOnly: true, ...holding(trx('1-11')) }),
      sampleServer(SUCCESSOR, holding(trx('1-9'))),
    );
    expect(rejoinText(at(FORMER), at(SUCCESSOR), errant, true)).toContain(trx('10-11'));
    expect(rejoinText(at(FORMER), at(SUCCESSOR), { kind: 'clean' }, false)).toContain('AutoRejoinDemotedPrimary');
    expect(rejoinText(at(FORMER), at(SUCCESSOR), { kind: 'clean' }, true)).toContain('is attached below');
  });
});

describe('E4: a former primary that is attached', () => {
  const attached = async (former: Instance) => {
    const successor = sampleServer(SUCCESSOR, holding(trx('1-9')));
    const replicaVariables = new Map([['event_scheduler', 'OFF']]);
    const world = new RecoveryWorld([former, successor], { replicaVariables });
    const why = await rejoin(new RecoveryRun(aRecord(), world.ports), at(FORMER), at(SUCCESSOR));
    return { why, told: world.told };
  };

  it('has the variables of a replica once it follows', async () => {
    const back = { readOnly: true, hasReplicationCredentials: true, ...holding(trx('1-9')) };
    expect(await attached(sampleServer(FORMER, back))).toEqual({
      why: null,
      told: [`${FORMER} follow`, `${FORMER} start-replication`, `${FORMER} set-variable`],
    });
  });

  it('also where it follows already, and is started', async () => {
    const stopped = sampleReplica(FORMER, SUCCESSOR, { receiverState: 'stopped', receiverRunning: false });
    expect(await attached(stopped)).toEqual({
      why: null,
      told: [`${FORMER} start-replication`, `${FORMER} set-variable`],
    });
  });
});
