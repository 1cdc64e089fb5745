/** Passing over what an applier cannot apply (O11). */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { applierBroken, atPosition, has, holding, trx } from '../testing.ts';
import { planSkipQuery } from './skip-query.ts';
import { aReplicaWith, at, byPosition, PRIMARY, planOf, REPLICA, refusalOf, sentBy, stepsOf } from './testing.ts';

const skip = (changes: Partial<Instance>, failedTransaction = '') =>
  planSkipQuery({ kind: 'skip-query', key: at(REPLICA) }, aReplicaWith(changes, { failedTransaction }));
const mine = (range: string) => trx(range, PRIMARY);

describe('skipping a query', () => {
  it('O11: by GTID, an empty transaction takes the place of the first that was received and not executed', () => {
    const result = skip(applierBroken(holding(mine('1-10'), mine('1-4'))));
    expect(sentBy(result)).toEqual([`empty transactions for ${mine('5')}`, 'start replication']);
    expect(stepsOf(result)[0]?.precondition).toEqual({ kind: 'executed-exactly', gtid: mine('1-4') });
    expect(planOf(result).audits[0]?.message).toBe(`skipped ${mine('5')}`);
  });

  it('O11: not the one after the last UUID of the set, which was another primary', () => {
    const executed = `${mine('1-4')},${trx('1-9', 9999)}`;
    const result = skip(applierBroken(holding(mine('1-10'), executed)));
    expect(sentBy(result)[0]).toBe(`empty transactions for ${mine('5')}`);
  });

  it('O11: what the server tells counts, tagged ones too', () => {
    const base = holding(`${mine('1-10')}:backup:1-3`, `${mine('1-4')}:backup:1`);
    expect(sentBy(skip(applierBroken(base), mine('backup:2')))[0]).toBe(`empty transactions for ${mine('backup:2')}`);
    const ofTwo = holding(`${mine('1-10')},${trx('5', 9999)}`, mine('1-4'));
    expect(sentBy(skip(applierBroken(ofTwo), trx('5', 9999)))[0]).toBe(`empty transactions for ${trx('5', 9999)}`);
  });

  it.each([
    ['those of two originators wait', holding(`${mine('1-10')},${trx('5', 9999)}`, mine('1-4'))],
    ['a worker has executed a later one', holding(mine('1-10'), `${mine('1-4')}:6`)],
    ['nothing is shown to wait', holding(mine('1-4'), mine('1-4'))],
    ['the one that is told is executed', holding(mine('1-10'), mine('1-4')), mine('3')],
  ])('O11: refused rather than guessed where %s', (_, changes, told = '') => {
    expect(refusalOf(skip(applierBroken(changes), told))).toContain('transaction-unknown');
  });

  it('O11: by file and position one event is skipped, if the applier still stands there', () => {
    const result = skip({ ...applierBroken(byPosition(100, 900)), gtidMode: 'OFF' });
    expect(sentBy(result)).toEqual(['skip one event', 'start replication']);
    expect(stepsOf(result)[0]?.precondition.kind).toBe('applied-up-to');
  });

  it('O11: by file and position with GTID mode on, where the counter is not allowed, it is an empty transaction', () => {
    const changes = { ...byPosition(100, 900), ...holding(mine('1-10'), mine('1-4')) };
    expect(sentBy(skip(applierBroken(changes)))[0]).toBe(`empty transactions for ${mine('5')}`);
  });

  it('O11: refused while the applier runs, without an error, and by MariaDB GTID', () => {
    expect(refusalOf(skip(has(10)))).toBe('applier-runs: Replication SQL thread is running on 127.0.0.1:3302');
    const stood = { ...has(10), applierState: 'stopped' } as const;
    expect(refusalOf(skip(stood))).toBe('no-sql-error: No SQL error on 127.0.0.1:3302');
    expect(refusalOf(skip(applierBroken(atPosition('0-1-10', '0-1-4'))))).toContain('mariadb-gtid');
  });
});
