/** Empty transactions in place of errant ones (O36). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, type GtidSet, subtract } from '../../model/gtid-set.ts';
import { gtidSetText, parseGtidSet } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { has, trx } from '../testing.ts';
import { INJECT_BATCH_TRANSACTIONS, INJECT_TRANSACTIONS_MAX, planErrantInjection } from './errant-injection.ts';
import { at, aWorld, OTHER, PRIMARY, planOf, REPLICA, refusalOf, stepsOf, type WorldChanges } from './testing.ts';

const errant = (gtidErrant: string): Partial<Instance> => ({ ...has(10), gtidErrant });
const inject = (servers: readonly Instance[], world: WorldChanges = {}) =>
  planErrantInjection({ kind: 'gtid-errant-inject-empty', key: at(REPLICA) }, aWorld(servers, world));
const usual = (gtidErrant: string, primary: Partial<Instance> = {}) =>
  inject([sampleServer(PRIMARY, primary), sampleReplica(REPLICA, PRIMARY, errant(gtidErrant))]);
const gtidsOf = (result: ReturnType<typeof inject>): readonly string[] =>
  stepsOf(result).flatMap(({ commands }) => commands.flatMap((one) => (one.kind === 'inject-empty' ? one.gtids : [])));

function parsed(text: string): GtidSet {
  const result = parseGtidSet(text);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.set;
}

describe('injecting empty transactions', () => {
  it('O36: one for each, on the primary, while it is writable; seen there, and then gone from what is errant', () => {
    const result = usual(trx('1-3', REPLICA));
    const plan = planOf(result);
    expect(plan.lanes.map(({ server }) => server)).toEqual([at(PRIMARY)]);
    expect(gtidsOf(result)).toEqual([trx(1, REPLICA), trx(2, REPLICA), trx(3, REPLICA)]);
    expect(stepsOf(result)[0]).toMatchObject({
      precondition: { kind: 'read-only', readOnly: false },
      postcondition: { kind: 'executed', gtid: trx('1-3', REPLICA) },
    });
    expect(plan.after[0]?.postcondition).toEqual({ kind: 'not-errant', gtid: trx('1-3', REPLICA) });
    expect(plan.audits[0]?.message).toBe('injected 3 empty transactions on cluster master 127.0.0.1:3301');
  });

  it('O36: a set that has changed meanwhile is refused before anything is written', () => {
    const plan = planOf(usual(trx('1-3', REPLICA)));
    expect(plan.before[0]).toMatchObject({ server: at(REPLICA), precondition: { kind: 'errant-exactly' } });
    expect(plan.lanes[0]?.steps[0]?.dependsOn).toEqual([plan.before[0]?.id]);
  });

  it('O36: tagged ones keep their tag', () => {
    const tagged = `${trx('tag1:1-2:4', REPLICA)}:tag2:100`;
    expect(gtidsOf(usual(tagged))).toEqual([
      trx('tag1:1', REPLICA),
      trx('tag1:2', REPLICA),
      trx('tag1:4', REPLICA),
      trx('tag2:100', REPLICA),
    ]);
  });

  it('O36: what the primary has already is not written once more', () => {
    expect(gtidsOf(usual(trx('1-3', REPLICA), { executedGtidSet: trx('2', REPLICA) }))).toEqual([
      trx(1, REPLICA),
      trx(3, REPLICA),
    ]);
  });

  it('O36: in batches, in order; more than can be written in a while is refused by name', () => {
    const result = usual(trx(`1-${INJECT_BATCH_TRANSACTIONS + 1}`, REPLICA));
    expect(stepsOf(result).map(({ commands }) => commands.length)).toEqual([1, 1]);
    expect(gtidsOf(result)).toHaveLength(INJECT_BATCH_TRANSACTIONS + 1);
    expect(stepsOf(result)[1]?.dependsOn).toEqual([stepsOf(result)[0]?.id]);
    const tooMany = refusalOf(usual(trx(`1-${INJECT_TRANSACTIONS_MAX + 1}`, REPLICA)));
    expect(tooMany).toContain(`more than ${INJECT_TRANSACTIONS_MAX}`);
    expect(tooMany).toContain('gtid-errant-inject-empty will not operate on 127.0.0.1:3302');
  });

  it('O36: whatever is errant and the primary lacks is written once, and nothing else', () => {
    const interval = fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.nat(5))
      .map(([first, more]) => `${first}-${first + more}`);
    const anySet = fc.array(interval, { minLength: 1, maxLength: 4 }).map((all) => trx(all.join(':'), REPLICA));
    fc.assert(
      fc.property(anySet, anySet, (wrong, had) => {
        const [errantSet, hadSet] = [parsed(wrong), parsed(had)];
        const written = gtidsOf(usual(wrong, { executedGtidSet: had }));
        expect(gtidSetText(parsed(written.join(',')))).toBe(gtidSetText(subtract(errantSet, hadSet)));
        expect(written).toHaveLength(count(subtract(errantSet, hadSet)));
      }),
    );
  });

  it('O36: of co-primaries, on the writable one; what is errant on that one itself is not', () => {
    const [one, other] = [sampleReplica(PRIMARY, REPLICA, { readOnly: false }), sampleReplica(REPLICA, PRIMARY)];
    const wrong = errant(trx('7', 9999));
    expect(planOf(inject([one, { ...other, ...wrong }])).lanes[0]?.server).toEqual(at(PRIMARY));
    const writable = { ...other, ...wrong, readOnly: false };
    expect(planOf(inject([one, writable])).lanes[0]?.server).toEqual(at(PRIMARY));
    expect(refusalOf(inject([{ ...one, readOnly: true }, writable]))).toContain('is-primary');
  });

  it('O36: refused where nothing is errant, and where no primary can take it', () => {
    const wont = 'gtid-errant-inject-empty will not operate on 127.0.0.1:3302 because';
    expect(refusalOf(usual(''))).toBe(`nothing-errant: ${wont} no errant GTID is found`);
    expect(refusalOf(usual(trx('1', REPLICA), { readOnly: true }))).toContain('no-primary');
    expect(refusalOf(usual(trx('1', REPLICA), { supportsOracleGtid: false }))).toContain('not using oracle-gtid');
    const servers = [sampleServer(PRIMARY), sampleReplica(REPLICA, PRIMARY, errant(trx('1', REPLICA)))];
    expect(refusalOf(inject(servers, { silent: [PRIMARY] }))).toContain('does not answer');
  });

  it('O36: an intermediate primary is passed: what is errant below it is written at the top', () => {
    const servers = [
      sampleServer(PRIMARY),
      sampleReplica(OTHER, PRIMARY, { readOnly: false }),
      sampleReplica(REPLICA, OTHER, errant(trx('1', REPLICA))),
    ];
    expect(planOf(inject(servers)).lanes[0]?.server).toEqual(at(PRIMARY));
  });
});
