/** Errant transactions taken out of their server's record (O35). */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { has, holding, trx } from '../testing.ts';
import { planErrantReset } from './errant-reset.ts';
import { at, aWorld, bothStopped, OTHER, PRIMARY, planOf, REPLICA, refusalOf, sentBy, stepsOf } from './testing.ts';

const ERRANT = trx('1-2', REPLICA);
const errant = { ...holding(trx('1-10', PRIMARY), `${trx('1-10', PRIMARY)},${ERRANT}`), gtidErrant: ERRANT };
const reset = (changes: Partial<Instance> = {}, ...others: readonly Instance[]) =>
  planErrantReset(
    { kind: 'gtid-errant-reset-master', key: at(REPLICA) },
    aWorld([sampleServer(PRIMARY), sampleReplica(REPLICA, PRIMARY, { ...errant, ...changes }), ...others]),
  );

describe('resetting an errant server', () => {
  it('O35: it stands still, its logs go, all but the errant ones count as executed, it replicates again', () => {
    const result = reset();
    const [stands, forgets] = stepsOf(result);
    expect(sentBy(result)).toEqual([
      'stop replication',
      `delete all binary logs, and count as executed what was executed after "stop replication on 127.0.0.1:3302" without ${ERRANT}`,
      'start replication',
    ]);
    expect(forgets?.postcondition).toEqual({ kind: 'executed-without', after: stands?.id, errant: ERRANT });
    expect(planOf(result).audits[0]?.type).toBe('gtid-errant-reset-master');
  });

  it('O35: a set that has changed meanwhile is refused before anything is stopped', () => {
    expect(stepsOf(reset())[0]?.precondition).toEqual({ kind: 'errant-exactly', gtid: ERRANT });
  });

  it('O35: another set than the one that was decided about is refused', () => {
    const decided = (gtid: string) =>
      planErrantReset(
        { kind: 'gtid-errant-reset-master', key: at(REPLICA), errant: gtid },
        aWorld([sampleServer(PRIMARY), sampleReplica(REPLICA, PRIMARY, errant)]),
      );
    expect(refusalOf(decided(ERRANT.toUpperCase()))).toBe('');
    expect(refusalOf(decided(trx('1', REPLICA)))).toContain(`errant-changed`);
    expect(refusalOf(decided('x'))).toContain('bad-gtid-set');
  });

  it('O35: a server whose record is lost is not started: it would apply everything once more', () => {
    expect(stepsOf(reset())[0]?.undo).toMatchObject([{ kind: 'start-if-recorded', errant: ERRANT }]);
    expect(stepsOf(reset(bothStopped))[0]?.undo).toEqual([]);
  });

  it('O35: refused in the contract order: nothing errant, no GTID, replicas', () => {
    const wont = 'gtid-errant-reset-master will not operate on 127.0.0.1:3302 because';
    expect(refusalOf(reset({ gtidErrant: '' }))).toBe(`nothing-errant: ${wont} no errant GTID is found`);
    expect(refusalOf(reset({ supportsOracleGtid: false }))).toBe(`no-gtid: ${wont} it is not using oracle-gtid`);
    expect(refusalOf(reset({}, sampleReplica(OTHER, REPLICA)))).toBe(`has-replicas: ${wont} it has 1 replica`);
    expect(refusalOf(reset({ replicas: [at(3398), at(3399)] }))).toBe(`has-replicas: ${wont} it has 2 replicas`);
  });

  it('O35: one that is detached from it counts as a replica', () => {
    const masked = { ...has(10), sourceKey: { hostname: '//127.0.0.1', port: REPLICA } };
    expect(refusalOf(reset({}, sampleReplica(OTHER, REPLICA, masked)))).toContain('has-replicas');
  });
});
