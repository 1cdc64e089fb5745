/** Who gives its data: the one that is named, or the best of the cluster. */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { trx } from '../testing.ts';
import {
  aRecord,
  DONOR,
  executed,
  former,
  OTHER,
  PRIMARY,
  peer,
  plan,
  type Scenery,
  scenery,
  told,
} from './reprovision-testing.ts';
import { bothStopped, planOf, refusalOf } from './testing.ts';

const primary = sampleServer(PRIMARY, executed);
const among = (...others: readonly Instance[]): Scenery => ({ others: [primary, ...others] });

/** The donor that is chosen, and why. */
function chosen(changes: Scenery, donor?: number) {
  const { announcement, because, warnings } = planOf(plan(scenery(changes), donor === undefined ? {} : { donor }));
  return { port: announcement?.record.donor.port, because, warnings: warnings.join('\n') };
}

const refused = (changes: Scenery, donor: number): string => refusalOf(plan(scenery(changes), { donor }));

describe('the best donor', () => {
  it.each<[string, Scenery, string]>([
    ['a replica before the primary', among(peer(OTHER)), 'it is not the primary'],
    [
      'one that does not lag',
      among(peer(DONOR, { secondsBehindSource: 900, replicationLagSeconds: 900 }), peer(OTHER)),
      'lags',
    ],
    [
      'one that gives its data to nobody else',
      { known: { records: [aRecord({ key: { hostname: 'x', port: 9 } })] } },
      'gives its data to somebody else',
    ],
    [
      'one of the same data center',
      {
        ...among(peer(DONOR, { dataCenter: 'b' }), peer(OTHER, { dataCenter: 'a' })),
        recipient: former({ dataCenter: 'a' }),
      },
      'same data center (a)',
    ],
    [
      'one that nobody loads',
      { promotionRules: { [OTHER]: 'must_not', [DONOR]: 'prefer' } },
      'its promotion rule is must_not',
    ],
    [
      'one without replicas of its own',
      among(peer(DONOR), peer(OTHER), sampleReplica(5, DONOR, { ...executed, ...bothStopped })),
      'fewer servers',
    ],
    ['one that has the plugin', { clones: { [DONOR]: told({ plugin: 'missing' }) } }, 'has the CLONE plugin already'],
  ])('is %s', (_, changes, why) => {
    const { port, because } = chosen(changes);
    expect(port).toBe(OTHER);
    expect(because).toContain(why);
  });

  it('is by name where nothing else decides, whatever their order', () => {
    expect(chosen(among(peer(DONOR), peer(OTHER)))).toMatchObject({ port: DONOR });
    expect(chosen(among(peer(OTHER), peer(DONOR))).because).toContain(
      'it comes first by name, 127.0.0.1:3 would do as well',
    );
  });

  it('is the primary where nobody else can be, and then it is said that it is loaded', () => {
    const { port, because, warnings } = chosen(among(peer(DONOR, bothStopped), peer(OTHER, { sqlDelaySeconds: 600 })));
    expect(port).toBe(PRIMARY);
    expect(because).toContain('127.0.0.1:2: it does not replicate; 127.0.0.1:3: it is delayed by 600 seconds');
    expect(warnings).toContain('reading all its data loads it meanwhile');
  });

  it('is nobody where nobody can be, with all reasons', () => {
    const denied = told({ mayDonate: false });
    const text = refusalOf(plan(scenery({ clones: { [PRIMARY]: denied, [DONOR]: denied, [OTHER]: denied } })));
    expect(text).toMatch(
      /^no-donor: .*127.0.0.1:1: our account lacks BACKUP_ADMIN there; 127.0.0.1:2: .*127.0.0.1:3: /,
    );
  });
});

describe('a donor that is named', () => {
  it.each<[string, Scenery]>([
    ['donor-not-replicating', among(peer(DONOR, bothStopped))],
    ['donor-errant', among(peer(DONOR, { executedGtidSet: `${executed.executedGtidSet},${trx(7, DONOR)}` }))],
    ['clone-version', among(peer(DONOR, { version: '9.6.0' }))],
    ['privilege', { clones: { [DONOR]: told({ mayDonate: false }) } }],
    ['clone-plugin', { clones: { [DONOR]: told({ plugin: 'missing', mayInstall: false }) } }],
    ['no-clone', { clones: { [DONOR]: { kind: 'without' } } }],
    ['cannot-read', { silent: [DONOR] }],
    [
      'purged',
      {
        others: [
          sampleServer(PRIMARY, { ...executed, gtidPurged: trx('1-10', PRIMARY) }),
          peer(DONOR, { executedGtidSet: trx('1-3', PRIMARY) }),
        ],
      },
    ],
  ])('%s: is refused', (code, changes) => {
    expect(refused(changes, DONOR)).toMatch(new RegExp(`^${code}: .*127.0.0.1:2`));
  });

  it('is no server that nobody knows, nor the recipient itself', () => {
    expect(refused({}, 99)).toMatch(/^not-found: /);
    expect(refused({ recipient: peer(4) }, 4)).toMatch(/^donor-is-recipient: /);
  });

  it('is taken although it is delayed, or would not be the best: that is said', () => {
    const { port, because, warnings } = chosen(among(peer(DONOR), peer(OTHER, { sqlDelaySeconds: 600 })), OTHER);
    expect([port, because]).toEqual([OTHER, '127.0.0.1:3 is the donor: it was named']);
    expect(warnings).toContain('delayed by 600 seconds');
    expect(chosen({}, PRIMARY).port).toBe(PRIMARY);
  });
});
