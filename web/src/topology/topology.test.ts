import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aPrimary, aReplica, aServer, DEAD, LOST } from '../model/server.fixture.ts';
import type { Server } from '../model/server.ts';
import { layoutForest } from './layout.ts';
import { roleOf } from './role.ts';
import { sharedDomain, shortName } from './short-names.ts';
import { attentionsOf, semiSyncText, sharedProblems, stateOf, versionSummary, versionText, worstLag } from './state.ts';
import { buildForest, compareKeys, depthOf, type TreeNode } from './tree.ts';

/** `db1(db2 db3(db4))` */
const drawn = (forest: readonly TreeNode[]): string =>
  forest
    .map(
      ({ server, children }) => server.key.replace(':3306', '') + (children.length > 0 ? `(${drawn(children)})` : ''),
    )
    .join(' ');

const keysOf = (forest: readonly TreeNode[]): string[] =>
  forest.flatMap(({ server, children }) => [server.key, ...keysOf(children)]);

describe('the tree', () => {
  it('has the primary on top and chains below it', () => {
    const forest = buildForest([aReplica(4, 3), aReplica(2), aPrimary(), aReplica(3)], 'db1:3306');
    expect(drawn(forest)).toBe('db1(db2 db3(db4))');
    expect(depthOf(forest)).toBe(3);
  });

  it('shows both co-primaries on top, each with its own replicas', () => {
    const one = aServer({ key: 'db1:3306', sourceKey: 'db2:3306', isCoPrimary: true, readOnly: false });
    const two = aServer({ key: 'db2:3306', sourceKey: 'db1:3306', isCoPrimary: true });
    const forest = buildForest([two, one, aReplica(3), aReplica(4, 2)], 'db1:3306');
    expect(drawn(forest)).toBe('db1(db3) db2(db4)');
    expect(layoutForest(forest, 800).links.map(({ id }) => id)).toContain('db1:3306 db2:3306');
  });

  it('puts a replica of an unknown source beside the primary and says where it replicates from', () => {
    const forest = buildForest([aReplica(5, 99), aPrimary()], 'db1:3306');
    expect(drawn(forest)).toBe('db1 db5');
    expect(forest[1]?.sourceElsewhere).toBe('db99:3306');
  });

  it('cuts a ring of three at the server after which the cluster is named', () => {
    const ring = [aReplica(1, 3), aReplica(2, 1), aReplica(3, 2), aReplica(4, 2)];
    expect(drawn(buildForest(ring, 'db2:3306'))).toBe('db2(db3(db1) db4)');
  });

  it('survives a server that replicates from itself', () => {
    expect(drawn(buildForest([aReplica(1, 1)], 'db1:3306'))).toBe('db1');
  });

  it('shows every server exactly once, whatever sources are claimed', () => {
    const claims = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 14 })), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(claims, (pairs) => {
        const servers = pairs.map(([n, source]) => aReplica(n, source, source === 0 ? { sourceKey: null } : {}));
        const expected = [...new Set(servers.map(({ key }) => key))].sort();
        expect(keysOf(buildForest(servers, 'db1:3306')).sort()).toEqual(expected);
      }),
    );
  });

  it('orders numbered names by number', () => {
    expect(['db-10:1', 'db-2:1'].sort(compareKeys)).toEqual(['db-2:1', 'db-10:1']);
  });
});

describe('the picture', () => {
  const fleet = (n: number, over: Partial<Server> = {}) => [
    aPrimary(),
    ...Array.from({ length: n }, (_, index) => aReplica(index + 2, 1, over)),
  ];
  const layoutOf = (servers: readonly Server[], width = 860) => layoutForest(buildForest(servers, 'db1:3306'), width);

  it('keeps the primary at the top left, also above fifty replicas', () => {
    const { cards, density } = layoutOf(fleet(50));
    expect(cards[0]).toMatchObject({ role: 'primary', x: 0, y: 0 });
    expect(density).toBe('compact');
  });

  it('shows those in trouble first among many, and leaves few where they are', () => {
    const many = layoutOf([...fleet(20), aReplica(30, 1, DEAD)]);
    expect(many.cards[1]?.server.key).toBe('db30:3306');
    const few = layoutOf([...fleet(3), aReplica(30, 1, DEAD)]);
    expect(few.cards.map(({ server }) => server.key).at(-1)).toBe('db30:3306');
  });

  it('never lets cards overlap', () => {
    const parents = fc.array(fc.nat(), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(parents, fc.integer({ min: 100, max: 2000 }), (choices, width) => {
        const servers = [
          aPrimary(),
          ...choices.map((choice, i) => aReplica(i + 2, (choice % (i + 1)) + 1, choice % 3 ? {} : DEAD)),
        ];
        const { cards, width: right, height } = layoutOf(servers, width);
        expect(cards).toHaveLength(servers.length);
        for (const [index, a] of cards.entries()) {
          expect(a.x + a.width).toBeLessThanOrEqual(right);
          expect(a.y + a.height).toBeLessThanOrEqual(height);
          for (const b of cards.slice(index + 1)) {
            const apart =
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            expect(apart).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('marks the branch of a replica whose receiver stopped, not that of its sibling', () => {
    const { links } = layoutOf([aPrimary(), aReplica(2, 1, { receiver: 'stopped' }), aReplica(3)]);
    const tones = Object.fromEntries(links.map(({ id, tone }) => [id, tone]));
    expect(tones).toEqual({ 'db1:3306 trunk': 'ok', 'db1:3306 db2:3306': 'broken', 'db1:3306 db3:3306': 'ok' });
  });

  it('of nothing is empty', () => {
    expect(layoutForest([], 800)).toMatchObject({ cards: [], links: [], width: 0, height: 0 });
  });
});

describe('roles', () => {
  it.each([
    ['primary', aPrimary(), 3],
    ['primary', aPrimary({ readOnly: true }), 0],
    ['replica', aReplica(2), 0],
    ['intermediate-primary', aReplica(2), 1],
    ['co-primary', aReplica(2, 1, { isCoPrimary: true }), 4],
    ['lost', aPrimary(LOST), 0],
    ['lost', aReplica(2, 1, { ...LOST, receiver: 'other' }), 0],
    // Brought back below the new primary while its downtime still lasts.
    ['replica', aReplica(2, 1, { ...LOST, receiver: 'running' }), 0],
    ['primary', aServer({ groupName: 'g', groupRole: 'PRIMARY' }), 0],
    ['replica', aPrimary({ groupName: 'g', groupRole: 'SECONDARY' }), 0],
  ] as const)('%s', (role, server, countReplicas) => {
    expect(roleOf(server, countReplicas)).toBe(role);
  });
});

describe('states and words', () => {
  const words = (server: Server) => attentionsOf(server, roleOf(server, 0)).map(({ text }) => text);

  it('tell dead from troubled from well', () => {
    expect(stateOf(aServer(DEAD))).toBe('dead');
    expect(stateOf(aServer({ problems: ['replication_lag'] }))).toBe('problem');
    expect(stateOf(aServer())).toBe('ok');
    expect(words(aServer())).toEqual([]);
  });

  it('say how long a dead server is silent, and how late a late one is', () => {
    expect(words(aServer(DEAD))).toEqual(['does not answer, last seen 14 s ago']);
    expect(words(aServer({ ...DEAD, secondsSinceLastSeen: null }))).toEqual(['does not answer, never seen alive']);
    expect(words(aServer({ problems: ['replication_lag'], lagSeconds: 12 }))).toEqual(['lags 12 s']);
  });

  it('judge receiver and applier apart, with the error of the one that stopped', () => {
    const server = aServer({ problems: ['not_replicating'], applier: 'stopped', applierError: 'Duplicate entry' });
    expect(words(server)).toEqual(['applier: Duplicate entry']);
    expect(words(aServer({ problems: ['not_replicating'], receiver: 'other' }))).toEqual(['receiver is connecting']);
  });

  it('keep what is wrong but mute it in a downtime', () => {
    expect(attentionsOf(aServer(LOST), 'lost')).toEqual([
      { tone: 'muted', text: 'does not answer, last seen 14 s ago' },
      { tone: 'muted', text: 'downtime: lost-in-recovery by node1' },
    ]);
  });

  it('warn of a primary that nobody can write to', () => {
    expect(words(aPrimary({ readOnly: true }))).toEqual(['primary is read-only: nobody can write']);
  });

  it('show a problem key that this page does not know', () => {
    expect(words(aServer({ problems: ['on_fire'] }))).toEqual(['on fire']);
  });

  it('count shared problems, without those in downtime', () => {
    const servers = [aServer(DEAD), aServer(LOST), aServer({ problems: ['replication_lag'] })];
    expect(sharedProblems(servers).map(({ text }) => text)).toEqual([
      '1 server does not answer',
      '1 replica lags',
      '1 in downtime',
    ]);
  });

  it('name versions without the suffix that repeats the flavour, most common first', () => {
    expect(versionText(aServer({ flavor: 'MariaDB', version: '10.11.6-MariaDB-log' }))).toBe('MariaDB 10.11.6');
    const servers = [aServer({ version: '8.0.36' }), aServer(), aServer()];
    expect(versionSummary(servers)).toBe('MySQL 8.4.2 ×2, MySQL 8.0.36 ×1');
  });

  it('take the worst lag beyond what is wanted, of servers that answer', () => {
    const servers = [
      aPrimary(),
      aServer({ lagSeconds: 3600, delaySeconds: 3590 }),
      aServer({ lagSeconds: 4 }),
      aServer({ ...DEAD, lagSeconds: 900 }),
    ];
    expect(worstLag(servers)).toBe(10);
    expect(worstLag([aPrimary()])).toBeNull();
  });

  it('tell a semi-sync that fell back from one that works', () => {
    const semiSync = {
      ...aServer().semiSync,
      sourceEnabled: true,
      sourceStatus: true,
      sourceClients: 2,
      sourceWaitFor: 1,
    };
    expect(semiSyncText(aPrimary({ semiSync }), true)).toBe('semi-sync 2 of 1');
    expect(semiSyncText(aPrimary({ semiSync: { ...semiSync, sourceStatus: false } }), true)).toBe(
      'semi-sync fell back',
    );
    expect(semiSyncText(aPrimary(), true)).toBe('');
  });
});

describe('short names', () => {
  it('leave out the domain that all share', () => {
    const domain = sharedDomain(['a.prod.example.com:1', 'b.x.prod.example.com:2']);
    expect(domain).toBe('.prod.example.com');
    expect(shortName('b.x.prod.example.com:2', domain)).toBe('b.x:2');
  });

  it.each([
    [['127.0.0.1:1', '127.0.0.1:2']],
    [['::1:1', '::1:2']],
    [['a.example.com:1']],
    [['a.example.com:1', 'b.example.org:1']],
    [['a:1', 'b:1']],
    [[]],
  ])('are the full ones for %j', (keys) => {
    expect(sharedDomain(keys)).toBe('');
  });

  it('never leave a server without a name', () => {
    expect(sharedDomain(['example.com:1', 'a.example.com:1'])).toBe('.com');
  });
});
