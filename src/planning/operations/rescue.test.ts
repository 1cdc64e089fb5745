/** D9: what a former primary alone has is fetched by the one that has taken its place. */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { trx } from '../testing.ts';
import { NOTHING_OF_REPROVISIONS, type ReprovisionFacts } from './reprovision-facts.ts';
import { planRescue } from './rescue.ts';
import { at, aWorld, OTHER, PRIMARY, planOf, REPLICA, refusalOf, stepsOf, type WorldChanges } from './testing.ts';

const FORMER = OTHER;

const executed = (text: string): Partial<Instance> => ({ executedGtidSet: text });
const PRIMARYS = `${trx('1-9', FORMER)},${trx('1-3')}`;
const FORMERS = trx('1-12', FORMER);

const former = (changes: Partial<Instance> = {}): Instance =>
  sampleServer(FORMER, { readOnly: true, ...executed(FORMERS), ...changes });

const KNOWN: ReprovisionFacts = {
  ...NOTHING_OF_REPROVISIONS,
  successor: at(PRIMARY),
  replication: { user: 'repl', password: 'secret' },
};

interface Wish {
  readonly primary?: Partial<Instance>;
  readonly replica?: Partial<Instance>;
  readonly known?: Partial<ReprovisionFacts>;
  readonly world?: WorldChanges;
}

const rescue = (one: Instance, { primary = {}, replica = {}, known = {}, world = {} }: Wish = {}) => {
  const servers = [
    sampleServer(PRIMARY, { ...executed(PRIMARYS), ...primary }),
    sampleReplica(REPLICA, PRIMARY, replica),
    one,
  ];
  const facts = { ...aWorld(servers, world), reprovision: { ...KNOWN, ...known } };
  return planRescue({ kind: 'rescue-transactions', key: at(FORMER) }, facts);
};

describe('rescuing transactions', () => {
  it('D9: the primary fetches what it has not, while it takes writes and the other one does not', () => {
    const plan = planOf(rescue(former()));
    expect(plan.lanes.map(({ server }) => server)).toEqual([at(PRIMARY)]);
    expect(plan.before[0]).toMatchObject({ server: at(FORMER), precondition: { kind: 'read-only', readOnly: true } });
    expect(stepsOf(rescue(former()))[0]).toMatchObject({
      commands: [{ kind: 'rescue', options: { source: at(FORMER), gtid: trx('10-12', FORMER) } }],
      precondition: { kind: 'read-only', readOnly: false },
      postcondition: { kind: 'executed', gtid: trx('10-12', FORMER) },
    });
    expect(plan.locks).toEqual([at(FORMER)]);
  });

  it('D9: logs in as replicas of the primary do; without TLS it asks for the public key', () => {
    const optionsOf = (wish: Wish) => {
      const [command] = stepsOf(rescue(former(), wish))[0]?.commands ?? [];
      return command?.kind === 'rescue' ? command.options : null;
    };
    expect(optionsOf({})).toMatchObject({ allowTls: false, tls: { getSourcePublicKey: true } });
    const { replicationTls } = sampleReplica(REPLICA, PRIMARY);
    const secured = { allowTls: true, replicationTls: { ...replicationTls, caFile: '/ca.pem' } };
    expect(optionsOf({ replica: secured })).toMatchObject({
      allowTls: true,
      tls: { caFile: '/ca.pem', getSourcePublicKey: null },
    });
  });

  it('D9: a replica with something of its own is one, too', () => {
    const errant = sampleReplica(FORMER, PRIMARY, { readOnly: true, ...executed(`${PRIMARYS},${trx('20', FORMER)}`) });
    expect(stepsOf(rescue(errant, { known: { successor: null } }))[0]).toMatchObject({
      postcondition: { kind: 'executed', gtid: trx('20', FORMER) },
    });
  });

  it('D9: refused where nothing is to be had', () => {
    expect(refusalOf(rescue(former(executed(trx('1-9', FORMER)))))).toContain('nothing-errant');
    expect(refusalOf(rescue(former({ gtidPurged: trx('1-10', FORMER) })))).toContain(
      `1 of what 127.0.0.1:${PRIMARY} has not are in its binary logs no more: ${trx(10, FORMER)}`,
    );
    expect(refusalOf(rescue(former({ logBinEnabled: false })))).toContain('no-binary-log');
  });

  it('D9: refused while it takes writes, and where the primary does not answer or is not known', () => {
    expect(refusalOf(rescue(former({ readOnly: false })))).toContain('takes-writes');
    expect(refusalOf(rescue(former(), { world: { silent: [PRIMARY] } }))).toContain('does not answer');
    expect(refusalOf(rescue(former(), { known: { successor: null } }))).toContain('no-primary');
    expect(refusalOf(rescue(former(), { primary: { readOnly: true } }))).toContain('no-primary');
  });

  it('D9: refused without an account, without GTIDs, on MariaDB, and where versions do not fit', () => {
    expect(refusalOf(rescue(former(), { known: { replication: null } }))).toContain('no-credentials');
    expect(refusalOf(rescue(former({ supportsOracleGtid: false })))).toContain('does not use GTID');
    expect(refusalOf(rescue(former({ version: '10.11.18-MariaDB' })))).toContain('mariadb-binlog');
    expect(refusalOf(rescue(former({ executedGtidSet: 'nonsense' })))).toContain('errant-unreadable');
  });
});
