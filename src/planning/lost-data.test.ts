/** First law: whose data may be replaced. */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { judgeLoss, lostText } from './lost-data.ts';
import { atPosition, holding, trx } from './testing.ts';

const [PRIMARY, OWN] = [1, 2];
const primary = (executed: string): Instance => sampleServer(PRIMARY, { executedGtidSet: executed });
const server = (changes: Partial<Instance>): Instance => sampleReplica(OWN, PRIMARY, { readOnly: true, ...changes });
const verdict = (own: Instance, above: Instance | null, discards = '') =>
  judgeLoss({ origin: { ...sampleServer(PRIMARY).key }, discards }, { own, other: () => above });
const reasonOf = (judged: ReturnType<typeof verdict>): string => (judged.kind === 'refused' ? judged.reason : '');

const [ABOVE, ERRANT] = [trx('1-9', PRIMARY), trx('1-2', OWN)];

describe('what would be lost with the data of a server', () => {
  it('is what it has executed or received and the primary has not', () => {
    expect(lostText(server({ executedGtidSet: trx('1-7', PRIMARY) }), primary(ABOVE))).toBe('');
    expect(lostText(server({ executedGtidSet: `${trx('1-7', PRIMARY)},${ERRANT}` }), primary(ABOVE))).toBe(ERRANT);
    const received = server(holding(trx('1-12', PRIMARY), trx('1-9', PRIMARY)));
    expect(lostText(received, primary(ABOVE))).toBe(trx('10-12', PRIMARY));
  });

  it('cannot be told across families, or where sets cannot be read', () => {
    expect(lostText(server(atPosition('0-1-9')), primary(ABOVE))).toBeNull();
    expect(lostText(server({ executedGtidSet: 'nonsense' }), primary(ABOVE))).toBeNull();
  });

  it('of MariaDB is where it stands, if the primary has not all of it', () => {
    const above = sampleServer(PRIMARY, atPosition('0-1-9'));
    expect(lostText(server(atPosition('0-1-7')), above)).toBe('');
    expect(lostText(server(atPosition('0-2-10')), above)).toBe('0-2-10');
  });
});

describe('the data of a server may be replaced', () => {
  it('where it has nothing that the primary has not', () => {
    const judged = verdict(server({ executedGtidSet: trx('1-7', PRIMARY) }), primary(ABOVE));
    expect(judged).toMatchObject({ kind: 'replaceable', witness: { because: 'held-elsewhere', discarded: '' } });
  });

  it('where all that it alone has was named when it was ordered to be lost', () => {
    const judged = verdict(server({ executedGtidSet: ERRANT }), primary(ABOVE), ERRANT);
    expect(judged).toMatchObject({ witness: { because: 'discarded-by-order', discarded: ERRANT } });
  });

  it('not where something has come since that nobody has named', () => {
    const judged = verdict(server({ executedGtidSet: trx('1-3', OWN) }), primary(ABOVE), ERRANT);
    expect(reasonOf(judged)).toContain(`only ${ERRANT} was ordered to be lost`);
  });

  it('not where nobody has ordered anything to be lost, it takes writes, or nobody can say what the primary has', () => {
    const errant = server({ executedGtidSet: ERRANT });
    expect(reasonOf(verdict(errant, primary(ABOVE)))).toContain('nothing was ordered to be lost');
    expect(reasonOf(verdict({ ...errant, readOnly: false }, primary(ABOVE), ERRANT))).toContain('takes writes');
    expect(reasonOf(verdict(errant, null, ERRANT))).toContain('does not answer');
    expect(reasonOf(verdict(errant, primary('nonsense'), ERRANT))).toContain('cannot be told');
  });
});
