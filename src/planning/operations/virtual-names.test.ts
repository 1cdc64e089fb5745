/** By which name a server is told of its source (spec/topology-operations.md 3.2 step 2, spec/cli.md 5.10). */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { stepCommandText } from '../step-command-text.ts';
import { trx } from '../testing.ts';
import { byPosition, factsOf, key, planned, withoutGtid } from './move-testing.ts';
import { type OperationPlan, plansOf } from './operation-plan.ts';
import type { OperationRequest } from './operation-request.ts';
import { type NameVerdict, sourcesToName, withSourceNames } from './virtual-names.ts';

const own = { executedGtidSet: trx('1-10', 1) };
const TREE = [sampleServer(1, own), sampleReplica(2, 1, own), sampleReplica(3, 1, own)];
const CHAIN = [sampleServer(1, own), sampleReplica(2, 1, own), sampleReplica(3, 2, own)];
const BY_POSITION = [withoutGtid(1), byPosition(2, 1), byPosition(3, 2)];

/** Every source is `vip<port>`. */
const everywhere = ({ port }: InstanceKey): NameVerdict => ({ kind: 'virtual', hostname: `vip${port}` });

function named(
  request: OperationRequest,
  servers: readonly Instance[],
  verdictOn: (source: InstanceKey) => NameVerdict = everywhere,
  silent: readonly number[] = [],
) {
  const result = withSourceNames(planned(request, factsOf(servers, { silent })), verdictOn);
  if (result.kind === 'refused') throw new Error(`refused: ${result.text}`);
  return result.plan;
}

const stepsOf = (plan: OperationPlan) =>
  plansOf(plan).flatMap(({ before, lanes, after }) => [...before, ...lanes.flatMap(({ steps }) => steps), ...after]);

/** Addresses that servers are told of, and those they are told of when it is undone. */
const toldBy = (plan: OperationPlan, which: 'commands' | 'undo' = 'commands'): readonly string[] =>
  stepsOf(plan)
    .flatMap((step) => step[which].map(stepCommandText))
    .flatMap((text) => /^replicate from (\S+)/.exec(text)?.[1] ?? []);

describe('a source whose host has a virtual name', () => {
  it('O58: is told by that name, and expected under either', () => {
    const plan = named({ kind: 'relocate', key: key(3), below: key(2) }, TREE);
    expect(toldBy(plan)).toEqual(['vip2:2']);
    const conditions = stepsOf(plan).flatMap(({ postcondition }) =>
      postcondition.kind === 'replicates-from' ? [[postcondition.source, postcondition.toldAs]] : [],
    );
    expect(conditions).toEqual([
      [key(2), { hostname: 'vip2', port: 2 }],
      [key(2), { hostname: 'vip2', port: 2 }],
    ]);
    expect(stepsOf(plan).map(({ effect }) => effect)).toContain('its source is 127.0.0.1:2, by its virtual name vip2');
  });

  it('O58: the way back is by the virtual name of the former source', () => {
    const plan = named({ kind: 'relocate', key: key(3), below: key(2) }, TREE);
    expect(toldBy(plan, 'undo')).toEqual(['vip1:1']);
  });

  it('O20, O31: is named anew where a server keeps its source', () => {
    expect(toldBy(named({ kind: 'repoint', key: key(2), below: null }, TREE))).toEqual(['vip1:1']);
    expect(toldBy(named({ kind: 'disable-gtid', key: key(2) }, TREE))).toEqual(['vip1:1']);
  });

  it('O27: a co-primary is told of its replica by the virtual name', () => {
    const servers = [sampleServer(1, own), sampleReplica(2, 1, { ...own, readOnly: true })];
    const facts = factsOf(servers, { credentials: { user: 'repl', password: 'secret' } });
    const result = withSourceNames(planned({ kind: 'make-co-master', key: key(2) }, facts), everywhere);
    expect(result.kind === 'planned' && toldBy(result.plan)).toEqual(['vip2:2']);
  });
});

describe('moves that never ask for a virtual name', () => {
  it.each<[string, OperationRequest, readonly Instance[], readonly string[]]>([
    ['O23: up, by GTID', { kind: 'move-up', key: key(3) }, CHAIN, ['127.0.0.1:1']],
    ['O23: up, by place', { kind: 'move-up', key: key(3) }, BY_POSITION, ['127.0.0.1:1']],
    ['O24: all up', { kind: 'move-up-replicas', key: key(2), pattern: '' }, BY_POSITION, ['127.0.0.1:1']],
    ['O26: the one that goes up', { kind: 'take-master', key: key(3) }, CHAIN, ['127.0.0.1:1', 'vip3:3']],
    ['O26: the same by place', { kind: 'take-master', key: key(3) }, BY_POSITION, ['127.0.0.1:1', 'vip3:3']],
    ['O13: detached', { kind: 'detach-source', key: key(2) }, TREE, ['//127.0.0.1:1']],
    [
      'O14: attached again',
      { kind: 'reattach-source', key: key(2) },
      [sampleServer(1, own), sampleReplica(2, 1, { ...own, sourceKey: { hostname: '//127.0.0.1', port: 1 } })],
      ['127.0.0.1:1'],
    ],
  ])('%s', (_, request, servers, told) => {
    expect(toldBy(named(request, servers))).toEqual(told);
  });

  it('O20: to a source that does not answer', () => {
    const request = { kind: 'repoint', key: key(3), below: key(2) } as const;
    const tree = [withoutGtid(1), byPosition(2, 1), byPosition(3, 1)];
    expect(toldBy(named(request, tree, everywhere, [2]))).toEqual(['127.0.0.1:2']);
    expect(toldBy(named(request, tree, everywhere))).toEqual(['vip2:2']);
  });
});

describe('a virtual name that leads elsewhere', () => {
  const misleads =
    (tolerated: boolean, only: number) =>
    (source: InstanceKey): NameVerdict =>
      source.port === only
        ? { kind: 'misleads', hostname: 'vip', why: 'it leads to db9:3306', tolerated }
        : { kind: 'own' };
  const request = { kind: 'relocate', key: key(3), below: key(2) } as const;

  it('O58: refuses the operation, in the words of the contract', () => {
    const refused = withSourceNames(planned(request, factsOf(TREE)), misleads(false, 2));
    expect(refused).toMatchObject({ kind: 'refused', code: 'virtual-name-misleads' });
    const text = refused.kind === 'refused' ? refused.text : '';
    expect(text).toMatch(/^Error unresolving; hostname=127\.0\.0\.1, unresolved=vip: it leads to db9:3306; /);
    expect(text).toContain('--skip-unresolve-check');
  });

  it('O58: is passed over where that is tolerated, and the plan says so', () => {
    const plan = named(request, TREE, misleads(true, 2));
    expect(toldBy(plan)).toEqual(['127.0.0.1:2']);
    expect(plan.warnings.join()).toContain('the virtual name vip does not lead to it: it leads to db9:3306');
  });

  it('O58: of the former source does not keep a server from leaving it', () => {
    const plan = named(request, TREE, misleads(false, 1));
    expect([toldBy(plan), toldBy(plan, 'undo')]).toEqual([['127.0.0.1:2'], ['127.0.0.1:1']]);
  });
});

it('nobody is asked about the names of sources that no server is told of', () => {
  const plan = planned({ kind: 'stop-replication', key: key(2) }, factsOf(TREE));
  expect(sourcesToName(plan).map(instanceKeyText)).toEqual([]);
  expect(withSourceNames(plan, everywhere)).toEqual({ kind: 'planned', plan });
});
