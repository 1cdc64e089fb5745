/** Replacing all data of a server: what is refused, what is planned, and what is gone on with. */
import { describe, expect, it } from 'vitest';
import { NO_GROUP } from '../../model/blank-instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { stepCommandText } from '../step-command-text.ts';
import { atPosition } from '../testing.ts';
import { plansOf } from './operation-plan.ts';
import { RESUME_MILLIS } from './reprovision-facts.ts';
import {
  aClone,
  aRecord,
  asked,
  DONOR,
  ERRANT,
  executed,
  former,
  OTHER,
  PRIMARY,
  peer,
  plan,
  RECIPIENT,
  type Scenery,
  SECRET,
  SERVERS,
  scenery,
  told,
  type Wish,
} from './reprovision-testing.ts';
import { bothStopped, planOf, refusalOf } from './testing.ts';

const refusal = (changes: Scenery, wish: Wish = {}): string => refusalOf(plan(scenery(changes), wish));
/** Without the plugin. */
const OLD = { version: '8.0.16' };

const sent = (result: ReturnType<typeof plan>): readonly string[] =>
  plansOf(planOf(result)).flatMap(({ before, lanes }) =>
    [...before, ...lanes.flatMap(({ steps }) => steps)].flatMap(({ server, commands }) =>
      commands.map((command) => `${server.port} ${stepCommandText(command)}`),
    ),
  );

describe('G1: what a server alone has', () => {
  it('is named in the refusal, and kept', () => {
    const text = refusal({}, { discardErrant: false });
    expect(text).toMatch(/^errant: /);
    expect(text).toContain(ERRANT);
    expect(text).toContain('--discard-errant');
  });

  it('is named in the plan, in what is written down first, and in the condition of the clone, where it may be lost', () => {
    const { warnings, announcement, lanes } = planOf(plan(scenery()));
    expect(warnings.join()).toContain(ERRANT);
    expect(announcement?.audits).toMatchObject([{ type: 'begin-reprovision', key: sampleKey(RECIPIENT) }]);
    expect(announcement?.audits[0]?.message).toContain(`ordered to be lost: ${ERRANT}`);
    expect(announcement?.record).toMatchObject({ discarded: ERRANT, donor: sampleKey(DONOR), phase: 'begun' });
    const clone = lanes[0]?.steps.at(-1)?.commands[0];
    expect(clone).toMatchObject({ kind: 'clone-when-safe', discards: ERRANT, origin: sampleKey(PRIMARY) });
  });

  it('needs no consent where there is nothing', () => {
    const clean = former(executed);
    const { announcement } = planOf(plan(scenery({ recipient: clean }), { discardErrant: false }));
    expect(announcement?.record.discarded).toBe('');
  });

  it('cannot be ordered to be lost where nobody can tell what it is', () => {
    const none = former({ executedGtidSet: 'nonsense' });
    expect(refusal({ recipient: none })).toMatch(/^no-gtid: /);
  });
});

describe('who may get new data', () => {
  it.each([
    ['takes-writes', { recipient: former({ readOnly: false }) }],
    ['has-replicas', { others: [...SERVERS, sampleReplica(5, RECIPIENT)] }],
    ['group-member', { recipient: former({ group: { ...NO_GROUP, name: 'g', memberRole: 'SECONDARY' } }) }],
    ['binlog-server', { recipient: former({ isBinlogServer: true }) }],
    ['no-gtid', { recipient: former({ supportsOracleGtid: false }) }],
    ['no-cluster', { known: { successor: null } }],
    ['no-primary', { silent: [PRIMARY] }],
    ['no-primary', { others: SERVERS.map((one) => ({ ...one, readOnly: true })) }],
    ['cannot-read', { silent: [RECIPIENT] }],
    ['no-clone', { recipient: former(OLD), others: SERVERS.map((one) => ({ ...one, ...OLD })) }],
    ['lower-version', { recipient: former({ version: '9.0.1' }) }],
    ['privilege', { clones: { [RECIPIENT]: told({ mayClone: false }) } }],
    ['privilege', { clones: { [RECIPIENT]: told({ isTold: false }) } }],
    ['clone-plugin', { clones: { [RECIPIENT]: told({ plugin: 'missing', mayInstall: false }) } }],
    ['clone-plugin', { clones: { [RECIPIENT]: told({ plugin: 'inactive' }) } }],
  ] as const)('%s: is refused', (code, changes: Scenery) => {
    expect(refusal(changes)).toMatch(new RegExp(`^${code}: `));
  });

  it('a server of one cluster gets no data of another one', () => {
    const elsewhere = [sampleServer(7, executed), sampleReplica(8, 7, executed)];
    const text = refusal({ recipient: peer(RECIPIENT), others: [...SERVERS, ...elsewhere] }, { donor: 8 });
    expect(text).toMatch(/^other-cluster: /);
  });

  it('the primary of a cluster never does, be it read-only or not', () => {
    expect(refusal({}, { of: PRIMARY })).toMatch(/^takes-writes: /);
    const readOnly = SERVERS.map((one) => ({ ...one, readOnly: true }));
    expect(refusal({ others: readOnly }, { of: PRIMARY })).toMatch(/^has-replicas: .*127.0.0.1:2, 127.0.0.1:3/);
  });

  it('a replica that replicates stands still first, and replicates from nobody whatever happens', () => {
    const result = plan(scenery({ recipient: peer(RECIPIENT, { superReadOnly: true }) }));
    expect(sent(result)).toEqual([
      '4 take clones from 127.0.0.1:2',
      '4 stop replication',
      '4 replicate from //127.0.0.1:1 (at the same coordinates) once 127.0.0.1:1 has executed all that it has received',
      '4 be read-only without being super-read-only',
      '4 replace all its data by those of 127.0.0.1:2 if it has nothing that 127.0.0.1:1 has not',
      '4 wait until it has its new data and answers again',
      '4 make read-only',
      '4 replicate from 127.0.0.1:1 (by GTID) once 127.0.0.1:1 has executed all that it has received',
      '4 start replication',
    ]);
    const { lanes } = planOf(result);
    const undo = lanes.flatMap(({ steps }) => [...steps].reverse().flatMap((step) => step.undo.map(stepCommandText)));
    expect(undo).toEqual([
      'be super-read-only',
      'replicate from 127.0.0.1:1 (at the same coordinates) once 127.0.0.1:1 has executed all that it has received',
      'start replication',
      'take clones from nobody else',
    ]);
  });
});

describe('the plan', () => {
  it('installs the plugin where it is missing, and says so by its steps', () => {
    const missing = told({ plugin: 'missing', isTold: false });
    const facts = scenery({
      recipient: former({ superReadOnly: true }),
      others: [sampleServer(PRIMARY, executed), peer(DONOR, { superReadOnly: true })],
      clones: { [DONOR]: missing, [RECIPIENT]: missing },
    });
    expect(sent(plan(facts)).slice(0, 6)).toEqual([
      '2 be read-only without being super-read-only',
      '2 install the CLONE plugin',
      '2 be super-read-only',
      '4 be read-only without being super-read-only',
      '4 install the CLONE plugin',
      '4 be super-read-only',
    ]);
  });

  it('holds the recipient alone: a donor that is held would not be judged for hours', () => {
    const [first, second] = plansOf(planOf(plan(scenery())));
    expect([first?.locks, second?.locks]).toEqual([[sampleKey(RECIPIENT)], [sampleKey(RECIPIENT)]]);
    expect(second?.waitsFor).toMatchObject({ kind: 'clone', record: { donor: sampleKey(DONOR) } });
  });

  it('tells an account only where the donor brings none along, and refuses where none is known', () => {
    const follows = (changes: Scenery, donor: number) =>
      plansOf(planOf(plan(scenery(changes), { donor })))
        .flatMap(({ lanes }) => lanes.flatMap(({ steps }) => steps.flatMap(({ commands }) => commands)))
        .find((command) => command.kind === 'follow-when-safe');
    expect(follows({}, DONOR)).toMatchObject({ credentials: null, securedAs: null });
    expect(follows({}, PRIMARY)).toMatchObject({ credentials: { user: 'repl' }, securedAs: sampleKey(DONOR) });
    expect(refusal({ known: { replication: null } }, { donor: PRIMARY })).toMatch(/^no-credentials: /);
  });

  it('has the server stay behind as far as it did', () => {
    const late = peer(RECIPIENT, { sqlDelaySeconds: 3_600 });
    expect(sent(plan(scenery({ recipient: late })))).toContain('4 stay 3600 seconds behind');
  });

  it('shows no password in anything that it says', () => {
    const { plan: found } = { plan: planOf(plan(scenery())) };
    const words = JSON.stringify([found.warnings, found.because, found.announcement, sent(plan(scenery()))]);
    expect(words).not.toContain(SECRET);
  });
});

describe('hooks', () => {
  const mariadb = (port: number) => sampleReplica(port, PRIMARY, atPosition('0-1-10'));
  const world: Scenery = {
    recipient: mariadb(RECIPIENT),
    others: [sampleServer(PRIMARY, atPosition('0-1-10')), mariadb(DONOR)],
  };

  it('provision MariaDB, which is refused without any', () => {
    expect(refusal(world)).toMatch(/^no-clone: .*ReprovisionProcesses/);
    const result = plan(scenery({ ...world, known: { hooks: 1 } }));
    const [first, second] = plansOf(planOf(result));
    expect([first?.method, first?.rejected[0]?.method, second?.waitsFor?.kind]).toEqual(['hooks', 'clone', 'hooks']);
    expect(sent(result)).toEqual([
      '4 stop replication',
      '4 see that it has nothing that 127.0.0.1:1 has not',
      '4 run ReprovisionProcesses',
      '4 make read-only',
      '4 replicate from 127.0.0.1:1 (by GTID) once 127.0.0.1:1 has executed all that it has received',
      '4 start replication',
    ]);
  });

  it('provision MySQL where the plugin cannot be had, and only there', () => {
    const withHooks = { known: { hooks: 1 } };
    expect(planOf(plan(scenery(withHooks))).method).toBe('clone');
    const without = { ...withHooks, clones: { [RECIPIENT]: told({ plugin: 'missing', mayInstall: false }) } };
    expect(planOf(plan(scenery(without))).method).toBe('hooks');
  });
});

describe('what was begun', () => {
  const running = { [RECIPIENT]: told({ last: aClone() }) };
  const stateOf = (changes: Scenery, wish: Wish = {}) => {
    const { waitsFor, because, lanes } = planOf(plan(scenery(changes), wish));
    return { waits: waitsFor?.kind ?? null, because, steps: lanes[0]?.steps.length };
  };

  it('is waited for while it runs, whoever has begun it', () => {
    for (const records of [[], [aRecord()]]) {
      const found = stateOf({ clones: running, known: { records } }, { discardErrant: false });
      expect(found).toMatchObject({ waits: 'clone', because: 'it is being cloned from 127.0.0.1:2 already' });
    }
  });

  it('is not begun from somebody else while it runs, and not joined to a cluster that its donor is not of', () => {
    const records = [aRecord()];
    expect(refusal({ clones: running, known: { records } }, { donor: OTHER })).toMatch(/^clone-runs: .*DROP DATA/);
    const stranger = { [RECIPIENT]: told({ last: aClone({ donor: 'elsewhere:3306' }) }) };
    expect(refusal({ clones: stranger })).toMatch(/^clone-runs: .*none of its cluster/);
  });

  it('is waited for while the server is away to restart', () => {
    const found = stateOf({ silent: [RECIPIENT], known: { records: [aRecord()] } });
    expect(found).toMatchObject({
      waits: 'clone',
      because: 'it was being cloned from 127.0.0.1:2, and does not answer',
    });
    expect(refusal({ silent: [RECIPIENT], known: { records: [aRecord()] } }, { donor: OTHER })).toMatch(
      /^clone-runs: /,
    );
  });

  it('is joined where it is done, and cloned anew where somebody names another donor', () => {
    const clones = { [RECIPIENT]: told({ last: aClone({ state: 'completed' }) }) };
    const known = { records: [aRecord()] };
    expect(stateOf({ clones, known })).toMatchObject({ waits: null, steps: 3 });
    expect(planOf(plan(scenery({ clones, known }), { donor: OTHER })).announcement?.record.donor).toEqual(
      sampleKey(OTHER),
    );
  });

  it('is not taken for a clone that was received before, nor for one of a week ago', () => {
    const clones = { [RECIPIENT]: told({ last: aClone({ state: 'completed' }) }) };
    const begins = (record = aRecord()) => stateOf({ clones, known: { records: [record] } }).steps;
    expect(begins(aRecord({ formerClone: 'today' }))).toBe(2);
    expect(begins(aRecord({ at: (aRecord().at - RESUME_MILLIS) as never }))).toBe(2);
  });

  it('is begun once more where it has failed, and tells why it had', () => {
    const failed = aClone({ state: 'failed', errorNumber: 3862, errorText: 'the donor is gone' });
    const empty = former({ executedGtidSet: '' });
    const clones = { [RECIPIENT]: told({ last: failed }) };
    const { warnings, announcement } = planOf(
      plan(scenery({ recipient: empty, clones, known: { records: [aRecord()] } }), { discardErrant: false }),
    );
    expect(warnings.join()).toContain('has failed before: error 3862: the donor is gone');
    expect(announcement?.record.formerClone).toBe('today');
  });

  it('of hooks is joined once they had ended, and else they are run again', () => {
    const of = (phase: 'begun' | 'provisioned') =>
      planOf(
        plan(
          scenery({
            recipient: former(OLD),
            others: SERVERS.map((one) => ({ ...one, ...OLD })),
            known: { hooks: 1, records: [aRecord({ method: 'hooks', phase })] },
          }),
        ),
      );
    expect(of('provisioned').waitsFor).toBeUndefined();
    expect(of('provisioned').lanes[0]?.steps).toHaveLength(3);
    expect(of('begun').next?.waitsFor?.kind).toBe('hooks');
  });
});

it('a stopped replica is brought to nobody before it is cloned, although it stands still already', () => {
  const stopped = peer(RECIPIENT, bothStopped);
  expect(sent(plan(scenery({ recipient: stopped })))).toContain('4 stop replication');
  expect(asked().kind).toBe('reprovision');
});
