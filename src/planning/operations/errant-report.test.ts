/** What is shown of errant transactions before somebody decides (O33). */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../model/brand.ts';
import { gtidSetText } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { has, trx } from '../testing.ts';
import { errantReport, errantWaysOut } from './errant-report.ts';
import { at, aWorld, OTHER, PRIMARY, REPLICA } from './testing.ts';

const CHANNEL = {
  name: 'billing',
  sourceKey: at(OTHER),
  receiverState: 'running',
  applierState: 'running',
  usingGtid: true,
  receivedGtid: '',
} as const;

function theErrant(changes: Partial<Instance>, ...others: readonly Instance[]) {
  const facts = aWorld([
    sampleServer(PRIMARY, has(10)),
    sampleReplica(REPLICA, PRIMARY, { ...has(10), ...changes }),
    ...others,
  ]);
  const instance = facts.topology.get(at(REPLICA));
  if (instance === undefined) throw new Error('no replica');
  return { facts, instance };
}

describe('the report of errant transactions', () => {
  const gtidErrant = `${trx('1-3:7', REPLICA)}:tag:5`;

  it('O33: each range, how many, and what of it is purged', () => {
    const { facts, instance } = theErrant({ gtidErrant, gtidPurged: trx('1-2', REPLICA) });
    const report = errantReport(instance, facts);
    expect(report.transactions).toBe(5);
    expect(report.ranges.map(({ gtid }) => gtid)).toEqual([
      trx('1-3', REPLICA),
      trx('7', REPLICA),
      trx('tag:5', REPLICA),
    ]);
    expect(report.purged).toBe(trx('1-2', REPLICA));
  });

  it('O33: with the times of whoever remembers them', () => {
    const { facts, instance } = theErrant({ gtidErrant });
    const seen = unixMillis(1000);
    const { ranges } = errantReport(instance, facts, (set) => [{ gtid: gtidSetText(set), firstSeen: seen }]);
    expect(ranges).toEqual([{ gtid: gtidErrant, firstSeen: seen }]);
  });

  it.each([
    ['no GTID set of the kind of MySQL', { supportsOracleGtid: false, usingMariadbGtid: true }, []],
    ['from several sources', { otherChannels: [CHANNEL] }, []],
    ['127.0.0.1:3309, its source', { sourceKey: at(3309) }, []],
    ['127.0.0.1:3309, its source', { sourceKey: at(3309) }, [sampleServer(3309, { executedGtidSet: '' })]],
  ] as const)('O33: that there are none is not said of one that has %s', (reason, changes, others) => {
    const { facts, instance } = theErrant(changes, ...others);
    expect(errantReport(instance, facts).untold).toContain(reason);
  });

  it('O33: with sets to compare it can be told', () => {
    const { facts, instance } = theErrant({});
    expect(errantReport(instance, facts).untold).toBe('');
    const primary = facts.topology.get(at(PRIMARY));
    expect(primary === undefined || errantReport(primary, facts).untold).toBe('');
  });

  it('O33: of a server that has none: nothing, and both ways out say so', () => {
    const { facts, instance } = theErrant({});
    const report = errantReport(instance, facts);
    expect([report.gtidErrant, report.transactions, report.ranges]).toEqual(['', 0, []]);
    expect(report.waysOut.map(({ refusal }) => refusal)).toEqual([
      'gtid-errant-inject-empty will not operate on 127.0.0.1:3302 because no errant GTID is found',
      'gtid-errant-reset-master will not operate on 127.0.0.1:3302 because no errant GTID is found',
    ]);
  });
});

describe('ways out of errant transactions', () => {
  const gtidErrant = trx('1-2', REPLICA);

  it('O33, O36: how many are written where, who gets them, and what stays different', () => {
    const { facts, instance } = theErrant({ gtidErrant }, sampleReplica(OTHER, PRIMARY));
    const [inject] = errantWaysOut(instance, facts);
    expect(inject?.refusal).toBe('');
    expect(inject?.effects.slice(0, 3)).toEqual([
      '2 empty transactions are written on 127.0.0.1:3301, the primary, under the GTIDs of the errant ones.',
      'By replication they reach 127.0.0.1:3303, which then count them as executed.',
      'What the errant transactions changed stays on 127.0.0.1:3302 alone: its data go on differing from those of its source.',
    ]);
  });

  it('O33, O35: what is lost with the binary logs; refused where it has replicas', () => {
    const { facts, instance } = theErrant({ gtidErrant });
    const reset = errantWaysOut(instance, facts)[1];
    expect(reset?.effects[1]).toContain('All binary logs of 127.0.0.1:3302 are deleted');
    const with1 = theErrant({ gtidErrant }, sampleReplica(OTHER, REPLICA));
    expect(errantWaysOut(with1.instance, with1.facts)[1]).toEqual({
      kind: 'reset',
      refusal: 'gtid-errant-reset-master will not operate on 127.0.0.1:3302 because it has 1 replica',
      effects: [],
    });
  });
});
