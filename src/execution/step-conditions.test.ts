/** What is said of a server that is not as a step wants it. */
import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import type { Instance } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { placeAt } from '../planning/testing.ts';
import { postconditionFailure, preconditionFailure } from './step-conditions.ts';

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

describe('D9: a replica that gets from a binlog server what it has not received', () => {
  const at = (pos: number) => ({ file: 'binlog.000007', pos, type: 'binary' }) as const;
  const replica = (changes: Partial<Instance>) =>
    sampleReplica(3302, 3301, {
      usingOracleGtid: false,
      readCoordinates: at(700),
      execCoordinates: at(700),
      ...changes,
    });
  const failure = (changes: Partial<Instance>) =>
    postconditionFailure({ kind: 'drained-up-to', coordinates: at(700) }, replica(changes));

  it('has it once it has received and applied as much; more is no harm', () => {
    expect(failure({})).toBeNull();
    expect(failure({ readCoordinates: at(900), execCoordinates: at(900) })).toBeNull();
    expect(failure({ execCoordinates: at(500) })).toMatchObject({ final: false });
    expect(failure({ readCoordinates: at(500), execCoordinates: at(500) })).toMatchObject({ final: false });
  });

  it('is not waited for where the binlog server has not got its place any more', () => {
    const stopped = { receiverState: 'stopped', evidence: { ...NO_EVIDENCE, lastErrorNumber: 1236 } } as const;
    expect(failure({ ...stopped, readCoordinates: at(500), execCoordinates: at(500) })).toEqual({
      text: '127.0.0.1:3302 has received up to binlog.000007:500 and not to binlog.000007:700 (error 1236)',
      final: true,
    });
  });
});

describe('I4: an old primary that is to go on at a place of the new one', () => {
  const old = sampleServer(3301, { readOnly: true, selfCoordinates: placeAt(900) });
  const failureOf = (changes: Partial<typeof old>) =>
    preconditionFailure({ kind: 'stands-still', logEnd: placeAt(900) }, { ...old, ...changes });

  it('must have written nothing since the new one had all of it', () => {
    expect(failureOf({})).toBeNull();
    expect(failureOf({ selfCoordinates: placeAt(901) })).toBe(
      'the binary log of 127.0.0.1:3301 ends at binlog.000007:901 and not at binlog.000007:900 any more',
    );
  });

  it('must not be able to', () => {
    expect(failureOf({ readOnly: false })).toBe('127.0.0.1:3301 is not read-only');
  });
});
