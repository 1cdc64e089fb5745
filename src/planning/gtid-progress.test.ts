import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import { EMPTY_GTID_SET } from '../model/gtid-set.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import {
  compareReceived,
  errantOf,
  executedText,
  gtidContainment,
  gtidProgress,
  isDrained,
  joinedText,
  mergedReceivedText,
  missingFrom,
  purgedAndMissing,
  receivedAmount,
  receivedContains,
  receivedText,
} from './gtid-progress.ts';
import { atPosition, has, holding, progressOf, trx } from './testing.ts';

describe('what a server has received', () => {
  it('D2: is what it applied together with what lies in its relay log', () => {
    const progress = progressOf(holding(trx('4-9'), trx('1-6')));
    expect(receivedText(progress)).toBe(trx('1-9'));
    expect(executedText(progress)).toBe(trx('1-6'));
    expect(isDrained(progress)).toBe(false);
  });

  it('D15: is drained when all complete transactions are applied, whatever positions say', () => {
    expect(isDrained(progressOf(has(9)))).toBe(true);
    expect(isDrained(progressOf(holding('', trx('1-9'))))).toBe(true);
    expect(isDrained(progressOf(atPosition('0-1-9')))).toBe(true);
    expect(isDrained(progressOf(atPosition('0-1-9', '0-1-8')))).toBe(false);
  });

  it('is on MariaDB the further of both positions in each domain', () => {
    expect(receivedText(progressOf(atPosition('0-1-9,1-1-3', '0-1-7,1-1-5')))).toBe('0-1-9,1-1-5');
  });

  it('counts own transactions of a primary, which shows no receiver', () => {
    const primary = gtidProgress(sampleServer(10111, { executedGtidSet: trx('1-5') }));
    expect(primary).not.toBeNull();
    expect(primary !== null && receivedText(primary)).toBe(trx('1-5'));
  });

  it.each([
    ['an unreadable executed set', holding('', 'nonsense')],
    ['an unreadable relay log', holding('nonsense', '')],
    ['an unreadable position', atPosition('', 'nonsense')],
    ['a domain that occurs twice', atPosition('0-1-1,0-2-2', '')],
  ])('is not known from %s', (_, changes) => {
    expect(gtidProgress(sampleReplica(10112, 10111, changes))).toBeNull();
  });
});

describe('comparing what two servers have received', () => {
  it.each([
    ['equal', has(9), has(9, 3)],
    ['ahead', has(9), has(8)],
    ['behind', has(8, 8), has(9, 1)],
    ['diverged', holding(trx('1-9')), holding(`${trx('1-8')},${trx(1, 22299)}`)],
    ['diverged', has(9), atPosition('0-1-9')],
    ['ahead', atPosition('0-2-9'), atPosition('0-1-8')],
    ['diverged', atPosition('0-1-9,1-1-1'), atPosition('0-1-8,1-1-2')],
  ] as const)('says %s', (order, one, other) => {
    expect(compareReceived(progressOf(one), progressOf(other))).toBe(order);
  });

  it('contains means equal or ahead', () => {
    expect(receivedContains(progressOf(has(9)), progressOf(has(9)))).toBe(true);
    expect(receivedContains(progressOf(has(9)), progressOf(has(8)))).toBe(true);
    expect(receivedContains(progressOf(has(8)), progressOf(has(9)))).toBe(false);
  });

  it('names what one has and the other lacks', () => {
    expect(missingFrom(progressOf(has(9)), progressOf(has(7)))).toBe(trx('8-9'));
    expect(missingFrom(progressOf(has(7)), progressOf(has(9)))).toBe('');
    expect(missingFrom(progressOf(atPosition('0-1-9')), progressOf(atPosition('0-1-7')))).toBe('0-1-9');
    expect(missingFrom(progressOf(atPosition('0-1-7')), progressOf(atPosition('0-1-9')))).toBe('');
  });

  it('gives amounts that grow with what is contained', () => {
    const received = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(received, received, (some, more) => {
        const inner = progressOf(holding(some.map((number) => trx(number)).join(',')));
        const outer = progressOf(holding([...some, ...more].map((number) => trx(number)).join(',')));
        const order = compareReceived(outer, inner);
        expect(Math.sign(receivedAmount(outer) - receivedAmount(inner))).toBe(order === 'ahead' ? 1 : 0);
      }),
    );
  });

  it('can leave errant transactions out of the amount', () => {
    const replica = sampleReplica(10112, 10111, { gtidErrant: trx('1-2', 10112) });
    const progress = progressOf(holding(`${trx('1-9')},${trx('1-2', 10112)}`));
    expect(receivedAmount(progress)).toBe(11);
    expect(receivedAmount(progress, errantOf([replica]))).toBe(9);
    expect(errantOf([sampleReplica(10112, 10111, { gtidErrant: 'nonsense' })])).toEqual(EMPTY_GTID_SET);
  });

  it('sums sequences over domains on MariaDB', () => {
    expect(receivedAmount(progressOf(atPosition('0-1-9,1-1-3')))).toBe(12);
  });
});

describe('containment of texts, for the witnesses', () => {
  it.each([
    [true, trx('1-9'), trx('2-3')],
    [false, trx('2-3'), trx('1-9')],
    [true, '0-1-9', '0-1-3'],
    [false, '0-1-3', '0-1-9'],
    [null, trx('1-9'), '0-1-3'],
    [null, 'nonsense', trx(1)],
  ])('answers %s', (answer, outer, inner) => {
    expect(gtidContainment.contains(outer, inner)).toBe(answer);
  });
});

describe('one text of several', () => {
  it('names all that any of them received, so that one wait covers all', () => {
    expect(mergedReceivedText([])).toBe('');
    expect(mergedReceivedText([progressOf(has(3)), progressOf(holding(trx('5-9')))])).toBe(trx('1-3:5-9'));
    expect(mergedReceivedText([progressOf(atPosition('0-1-3')), progressOf(atPosition('0-1-9,1-1-1'))])).toBe(
      '0-1-9,1-1-1',
    );
  });

  it('names each transaction once', () => {
    expect(joinedText([])).toBe('');
    expect(joinedText([trx('7-9'), '', trx('8-10')])).toBe(trx('7-10'));
    expect(joinedText(['0-1-9', '0-1-8', '0-1-9'])).toBe('0-1-9,0-1-8');
  });
});

describe('a source that has purged what a replica lacks', () => {
  const source = sampleServer(10111, { gtidPurged: trx('1-5') });

  it('is found out, by what the replica has applied and not by what its relay log holds', () => {
    expect(purgedAndMissing(source, sampleReplica(10112, 10111, holding(trx('1-9'), trx('1-3'))))).toBe(trx('4-5'));
    expect(purgedAndMissing(source, sampleReplica(10112, 10111, has(5)))).toBe('');
  });

  it('cannot be told of MariaDB, which shows no purged set', () => {
    const changes = { ...atPosition(''), evidence: NO_EVIDENCE };
    expect(purgedAndMissing(source, sampleReplica(10112, 10111, changes))).toBe('');
  });
});

describe('C18, D4: MariaDB: what was not applied is told by who wrote it, not by its number alone', () => {
  const positionsOf = (executed: string, replicated: string, received: string) =>
    gtidProgress({
      ...sampleReplica(22294, 22293),
      version: '10.11.18-MariaDB',
      evidence: {
        ...NO_EVIDENCE,
        receivedGtid: received,
        mariadbCurrentPosition: executed,
        mariadbReplicatedPosition: replicated,
      },
    });
  const drained = (...positions: Parameters<typeof positionsOf>): boolean => {
    const progress = positionsOf(...positions);
    return progress !== null && isDrained(progress);
  };

  it('a row written here has passed the number of one that could not be applied', () => {
    expect(drained('0-2-2', '0-1-1', '0-1-2')).toBe(false);
    expect(drained('0-2-3', '0-1-1', '0-1-2')).toBe(false);
    expect(positionsOf('0-2-3', '0-1-1', '0-1-2')).toMatchObject({ received: { gtids: [{ server: 1, sequence: 2 }] } });
  });

  it('a former primary that replicates has applied what it wrote itself', () => {
    expect(drained('0-1-100', '', '0-1-100')).toBe(true);
    expect(drained('0-3-120', '0-3-120', '0-1-100')).toBe(true);
  });

  it('the usual: all, some, and in another domain', () => {
    expect(drained('0-1-5', '0-1-5', '0-1-5')).toBe(true);
    expect(drained('0-1-4', '0-1-4', '0-1-5')).toBe(false);
    expect(drained('0-1-5,1-9-1', '0-1-5', '0-1-5,1-9-2')).toBe(false);
  });
});

it('D4: MariaDB: a successor does not have what the old primary wrote after it had left it, however far its own numbers are', () => {
  const at = (executed: string, replicated: string, received: string) => ({
    ...sampleReplica(22294, 22293),
    version: '10.11.18-MariaDB',
    evidence: {
      ...NO_EVIDENCE,
      receivedGtid: received,
      mariadbCurrentPosition: executed,
      mariadbReplicatedPosition: replicated,
    },
  });
  const contains = (outer: ReturnType<typeof at>, inner: ReturnType<typeof at>): boolean | null => {
    const [one, other] = [gtidProgress(outer), gtidProgress(inner)];
    return one === null || other === null ? null : receivedContains(one, other);
  };
  const successor = at('0-2-150', '0-1-100', '');
  expect(contains(successor, at('0-1-100', '0-1-100', '0-1-100'))).toBe(true);
  expect(contains(successor, at('0-2-140', '0-2-140', '0-2-140'))).toBe(true);
  expect(contains(successor, at('0-1-105', '0-1-105', '0-1-105'))).toBe(false);
});
