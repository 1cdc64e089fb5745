/** What a primary that crashed has lost, and its replicas have. */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { at, atPosition, holding, PRIMARY_PORT, trx } from '../testing.ts';
import { lostByCrash } from './lost-by-crash.ts';

const REPLICA = PRIMARY_PORT + 1;

const lost = (primary: Partial<Instance>, replica: Partial<Instance>) =>
  lostByCrash(sampleServer(PRIMARY_PORT, primary), [sampleReplica(REPLICA, PRIMARY_PORT, replica)]);

describe('A23: a primary that is back after a crash', () => {
  it('has lost what its replicas have received of it, applied or not', () => {
    expect(lost(holding(trx('1-7')), holding(trx('1-9'), trx('1-8')))).toEqual({
      replica: at(REPLICA),
      gtids: trx('8-9'),
    });
    expect(lost(atPosition(`0-${PRIMARY_PORT}-7`), atPosition(`0-${PRIMARY_PORT}-9`))).toEqual({
      replica: at(REPLICA),
      gtids: `0-${PRIMARY_PORT}-9`,
    });
  });

  it('has lost nothing where they have as much or less', () => {
    expect(lost(holding(trx('1-9')), holding(trx('1-9')))).toBeNull();
    expect(lost(atPosition(`0-${PRIMARY_PORT}-9`), atPosition(`0-${PRIMARY_PORT}-7`))).toBeNull();
  });

  it('has lost nothing of what somebody wrote on a replica', () => {
    expect(lost(holding(trx('1-9')), holding(`${trx('1-9')},${trx('1-3', REPLICA)}`))).toBeNull();
    expect(lost(atPosition(`0-${PRIMARY_PORT}-9`), atPosition(`0-${REPLICA}-11`))).toBeNull();
  });

  it('is not judged where nobody shows GTIDs, or the families differ', () => {
    const none = { version: '10.11.14-MariaDB', evidence: null };
    expect(lost(none, none)).toBeNull();
    expect(lost(holding(trx('1-7')), atPosition(`0-${PRIMARY_PORT}-9`))).toBeNull();
  });
});
