/** What is said of a server that is not as a step wants it. */
import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import { sampleKey, sampleReplica } from '../model/topology-samples.ts';
import { postconditionFailure } from './step-conditions.ts';

describe('a replica that does not run', () => {
  const broken = sampleReplica(3302, 3301, {
    applierState: 'stopped',
    applierRunning: false,
    evidence: { ...NO_EVIDENCE, lastSqlErrorNumber: 1950 },
  });

  it('O3: is told with the error of the thread that has one', () => {
    expect(postconditionFailure({ kind: 'threads', receiver: 'running', applier: 'running' }, broken)).toEqual({
      text: '127.0.0.1:3302 has its receiver running and its applier stopped (error 1950)',
      final: true,
    });
  });

  it('O29: so it is after a move', () => {
    const follows = { kind: 'replicates-from', source: sampleKey(3301), running: true } as const;
    expect(postconditionFailure(follows, broken)).toEqual({
      text: '127.0.0.1:3302 does not run: receiver running, applier stopped (error 1950)',
      final: true,
    });
    const both = { ...broken, receiverState: 'other' as const, evidence: { ...NO_EVIDENCE, lastErrorNumber: 2003 } };
    expect(postconditionFailure(follows, both)?.text).toBe(
      '127.0.0.1:3302 does not run: receiver other (error 2003), applier stopped',
    );
  });
});

describe('O36: a server whose errant transactions were written on its primary', () => {
  const uuid = '00003302-0000-0000-0000-000000000000';
  const failure = (gtidErrant: string) =>
    postconditionFailure({ kind: 'not-errant', gtid: `${uuid}:1-5` }, sampleReplica(3302, 3301, { gtidErrant }));

  it('is waited for until none of these is errant', () => {
    expect(failure(`${uuid}:4-9`)).toEqual({ text: `still errant on 127.0.0.1:3302: ${uuid}:4-5`, final: false });
    expect(failure('')).toBeNull();
  });

  it('is not waited for because somebody goes on writing there', () => {
    expect(failure(`${uuid}:6-9`)).toBeNull();
  });

  it('a set that cannot be read proves nothing', () => {
    expect(failure('what is this')?.final).toBe(false);
  });
});
