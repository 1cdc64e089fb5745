/**
 * What the nemesis may do in a run (design/scenarios.md, section M): from a profile and chance to faults and their times.
 */
import { type Fault, HOOKS, type PlannedFault } from './faults.ts';
import type { Random } from './random.ts';

/** Kinds of runs, and what may happen in them. */
export const PROFILES = [
  'crash',
  'hang',
  'partition',
  'node',
  'switchover',
  'storage',
  'strain',
  'hooks',
  'operators',
  'flapping',
  'double',
  'operations',
  'intermediate',
  'forced',
  'co-primaries',
] as const;
export type Profile = (typeof PROFILES)[number];

export interface Stage {
  readonly primary: string;
  readonly replicas: readonly string[];
  readonly node: string;
  readonly client: string;
}

/** Faults happen in this window; before it the world comes to rest, after it it must do so again. */
const FIRST_FAULT_MILLIS = 8_000;
const FAULT_WINDOW_MILLIS = 4_000;

export function faultsOf(profile: Profile, stage: Stage, random: Random): readonly PlannedFault[] {
  const at = FIRST_FAULT_MILLIS + random.between(0, 2_000);
  const soon = (): number => at + random.between(-500, FAULT_WINDOW_MILLIS);
  const death = primaryDeath(stage, random);
  switch (profile) {
    case 'crash':
      return [
        { at, fault: death },
        ...maybe(random, 0.5, () => ({ at: soon(), fault: replicaTrouble(stage, random) })),
        ...maybe(random, 0.5, () => ({ at: at - random.between(20, 1_000), fault: flappingLink(stage, random) })),
      ];
    case 'hang':
      return [
        { at, fault: { kind: 'hang', server: stage.primary, forMillis: pauseMillis(random) } },
        ...maybe(random, 0.3, () => ({ at: soon(), fault: replicaTrouble(stage, random) })),
      ];
    case 'partition':
      return [
        ...maybe(random, 0.5, () => isolation(stage, random)).flatMap((cuts) => cuts.map((fault) => ({ at, fault }))),
        ...Array.from({ length: random.integer(1, 4) }, () => ({ at: soon(), fault: linkTrouble(stage, random) })),
      ];
    case 'node':
      return [
        { at, fault: death },
        { at: at + random.between(-200, 1_500), fault: nodeTrouble(random) },
        ...maybe(random, 0.3, () => ({ at: soon(), fault: replicaTrouble(stage, random) })),
      ];
    case 'switchover':
      return [
        { at, fault: takeOver(stage, random) },
        ...maybe(random, 0.7, () => ({
          at: at + random.between(-300, 1_000),
          fault: random.pick([death, replicaTrouble(stage, random), linkTrouble(stage, random), nodeTrouble(random)]),
        })),
      ];
    case 'storage':
      return [
        { at, fault: storageTrouble([stage.primary, ...stage.replicas], random) },
        ...maybe(random, 0.5, () => ({ at: soon(), fault: storageTrouble(stage.replicas, random) })),
        ...maybe(random, 0.5, () => ({ at: soon(), fault: death })),
      ];
    case 'strain':
      return [
        ...Array.from({ length: random.integer(1, 3) }, () => ({
          at: at + random.between(-3_000, 2_000),
          fault: strain(stage, random),
        })),
        ...maybe(random, 0.8, () => ({ at: soon(), fault: death })),
      ];
    case 'hooks':
      return [
        ...Array.from({ length: random.integer(1, 3) }, () => ({ at: at - 1_000, fault: hookTrouble(random) })),
        { at, fault: random.chance(0.7) ? death : takeOver(stage, random) },
        ...maybe(random, 0.3, () => ({ at: soon(), fault: nodeTrouble(random) })),
      ];
    case 'operators':
      return [
        { at, fault: takeOver(stage, random) },
        { at: at + random.between(0, 400), fault: takeOver(stage, random) },
        ...maybe(random, 0.3, () => ({ at: at + random.between(-300, 400), fault: death })),
      ];
    case 'flapping':
      return flapping(at, stage, random);
    case 'double':
      return random.chance(0.5)
        ? [
            { at: at - 100, fault: successorsDeath(random) },
            { at, fault: death },
          ]
        : lostZone(at, stage, random);
    case 'operations':
      return [
        ...Array.from({ length: random.integer(2, 8) }, () => ({
          at: at + random.between(-4_000, 3_000),
          fault: operation(stage, random),
        })),
        ...maybe(random, 0.7, () => ({ at: soon(), fault: random.pick([death, takeOver(stage, random)]) })),
        ...maybe(random, 0.4, () => ({
          at: soon(),
          fault: random.pick([replicaTrouble(stage, random), linkTrouble(stage, random), nodeTrouble(random)]),
        })),
      ];
    case 'intermediate':
      return intermediate(at, stage, random);
    case 'forced':
      return [
        { at, fault: force(stage, random) },
        ...maybe(random, 0.3, () => ({
          at: at + random.between(0, 400),
          fault: random.pick([force, takeOver])(stage, random),
        })),
        ...maybe(random, 0.6, () => ({
          at: at + random.between(-1_000, 600),
          fault: random.pick([death, replicaTrouble(stage, random), linkTrouble(stage, random), nodeTrouble(random)]),
        })),
      ];
    case 'co-primaries':
      return [
        {
          at: FIRST_MOVE_MILLIS,
          fault: {
            kind: 'operate',
            operation: 'make-co-master',
            server: random.pick(stage.replicas),
            below: stage.primary,
          },
        },
        {
          at,
          fault: random.chance(0.8) ? death : { kind: 'hang', server: stage.primary, forMillis: pauseMillis(random) },
        },
        ...maybe(random, 0.5, () => ({
          at: soon(),
          fault: random.pick([replicaTrouble(stage, random), linkTrouble(stage, random), nodeTrouble(random)]),
        })),
      ];
  }
}

/** One replica gets others below it, and dies; something else may happen meanwhile. */
function intermediate(at: number, stage: Stage, random: Random): readonly PlannedFault[] {
  const [dying, ...others] = shuffled(stage.replicas, random);
  if (dying === undefined) return [];
  const below = others.slice(0, random.integer(1, others.length));
  const soon = (): number => at + random.between(-200, 1_000);
  const restartAfterMillis = random.chance(0.5) ? null : random.between(500, 8_000);
  return [
    ...below.map((server, index) => ({
      at: FIRST_MOVE_MILLIS + index * BETWEEN_MOVES_MILLIS,
      fault: { kind: 'operate', operation: 'relocate', server, below: dying } as const,
    })),
    { at, fault: { kind: random.chance(0.7) ? 'kill' : 'power-off', server: dying, restartAfterMillis } },
    ...maybe(random, 0.4, () => ({ at: soon(), fault: primaryDeath(stage, random) })),
    ...maybe(random, 0.4, () => ({ at: soon(), fault: nodeTrouble(random) })),
    ...maybe(random, 0.4, () => ({
      at: soon(),
      fault: random.pick([replicaTrouble(stage, random), linkTrouble(stage, random), operation(stage, random)]),
    })),
  ];
}

/** When servers are moved so that there is somebody in between; each move has ended before the next. */
const FIRST_MOVE_MILLIS = 4_000;
const BETWEEN_MOVES_MILLIS = 500;

function shuffled(names: readonly string[], random: Random): readonly string[] {
  const left = [...names];
  return names.map(() => left.splice(random.integer(0, left.length - 1), 1)[0] ?? '');
}

function operation({ primary, replicas }: Stage, random: Random): Fault {
  const all = [primary, ...replicas];
  return {
    kind: 'operate',
    operation: random.pick([
      'relocate',
      'relocate',
      'relocate-replicas',
      'move-up',
      'move-below',
      'take-master',
      'take-siblings',
      'regroup-replicas',
      'restart-replication',
    ] as const),
    server: random.pick(all),
    below: random.pick(all),
  };
}

const maybe = <Item>(random: Random, probability: number, make: () => Item): readonly Item[] =>
  random.chance(probability) ? [make()] : [];

/** Any pause, or one that ends about when its replicas have missed it: it goes on in the middle of its failover. */
function pauseMillis(random: Random): number {
  return random.chance(0.5) ? random.between(500, 20_000) : random.between(3_000, 6_000);
}

function primaryDeath({ primary }: Stage, random: Random): Fault {
  const restartAfterMillis = random.chance(0.5) ? null : random.between(2_000, 20_000);
  return { kind: random.chance(0.7) ? 'kill' : 'power-off', server: primary, restartAfterMillis };
}

function replicaTrouble({ replicas }: Stage, random: Random): Fault {
  const server = random.pick(replicas);
  const forMillis = random.between(100, 8_000);
  return random.pick<Fault>([
    { kind: 'kill', server, restartAfterMillis: forMillis, unlessPrimary: true },
    { kind: 'hang', server, forMillis, unlessPrimary: true },
    { kind: 'lock-tables', server, forMillis },
    { kind: 'stop-applier', server, forMillis },
  ]);
}

/** One way of one link is cut, lossy, slow, or closed to new connections. */
function linkTrouble({ primary, replicas, node, client }: Stage, random: Random): Fault {
  const places = [primary, ...replicas, node, client];
  const from = random.pick(places);
  const to = random.pick(places.filter((place) => place !== from));
  const forMillis = random.between(200, 15_000);
  switch (random.pick(['cut', 'cut', 'lose', 'refuse', 'slow'] as const)) {
    case 'cut':
      return { kind: 'cut', from, to, forMillis };
    case 'lose':
      return {
        kind: 'lose',
        from,
        to,
        forMillis,
        probability: random.chance(0.5) ? random.between(0.01, 0.1) : random.between(0.1, 0.8),
      };
    case 'refuse':
      return { kind: 'refuse', from, to, forMillis };
    case 'slow':
      return {
        kind: 'slow',
        from,
        to,
        forMillis,
        addedMillis: random.chance(0.5) ? random.between(5, 100) : random.between(100, 1_500),
      };
  }
}

/** One replica stops hearing the primary a moment before that dies, so that replicas have received different amounts. */
function flappingLink({ primary, replicas }: Stage, random: Random): Fault {
  return { kind: 'cut', from: primary, to: random.pick(replicas), forMillis: random.between(1_000, 9_000) };
}

/** The primary lives, clients reach it, and neither its replicas nor the node do; all of it heals at once, or bit by bit. */
function isolation({ primary, replicas, node }: Stage, random: Random): readonly Fault[] {
  const forMillis = random.between(3_000, 20_000);
  const isAtOnce = random.chance(0.5);
  return [node, ...replicas].flatMap((other): readonly Fault[] => {
    const ownMillis = isAtOnce ? forMillis : random.between(3_000, 20_000);
    return [
      { kind: 'cut', from: primary, to: other, forMillis: ownMillis },
      { kind: 'cut', from: other, to: primary, forMillis: ownMillis },
    ];
  });
}

const nodeTrouble = (random: Random): Fault =>
  random.pick<Fault>([
    { kind: 'kill-node', restartAfterMillis: random.between(200, 5_000) },
    { kind: 'hang-node', forMillis: random.between(200, 6_000) },
    { kind: 'break-store', forMillis: random.between(200, 4_000) },
    {
      kind: 'kill-node-at-line',
      line: random.integer(1, 25),
      when: random.pick(['before', 'after'] as const),
      restartAfterMillis: random.between(200, 5_000),
    },
  ]);

const takeOver = ({ replicas }: Stage, random: Random): Fault => ({
  kind: 'take-over',
  to: random.chance(0.5) ? random.pick(replicas) : null,
});

const force = ({ replicas }: Stage, random: Random): Fault => ({
  kind: 'force',
  to: random.chance(0.5) ? random.pick(replicas) : null,
});

const storageTrouble = (servers: readonly string[], random: Random): Fault => ({
  kind: 'fail-storage',
  server: random.pick(servers),
  fault: random.pick(['stalled', 'read-only'] as const),
  forMillis: random.between(200, 20_000),
});

/** The largest step of a clock: somebody sets it by hand, or a virtual machine goes on after an hour. */
const CLOCK_STEP_MILLIS = 3_600_000;

const DUPLICATE_ENTRY = 1062;
const ROW_NOT_FOUND = 1032;

function strain({ primary, replicas }: Stage, random: Random): Fault {
  const replica = random.pick(replicas);
  const forMillis = random.between(500, 15_000);
  return random.pick<Fault>([
    { kind: 'crowd', server: random.pick([primary, replica]), forMillis },
    { kind: 'break-applier', server: replica, errorNumber: random.pick([DUPLICATE_ENTRY, ROW_NOT_FOUND]), forMillis },
    { kind: 'step-clock', byMillis: random.between(-CLOCK_STEP_MILLIS, CLOCK_STEP_MILLIS) },
    { kind: 'lock-tables', server: primary, forMillis },
  ]);
}

const hookTrouble = (random: Random): Fault => ({
  kind: 'hook',
  hook: random.pick(HOOKS),
  exitStatus: random.chance(0.6) ? 1 : 0,
  takesMillis: random.chance(0.5) ? 0 : random.between(10, 8_000),
  forMillis: random.between(1_000, 15_000),
});

/** Periods just inside and just outside of what timers of operators are set to. */
const FLAPPING_PERIODS_MILLIS = [9_000, 16_000] as const;
const FLAPS = 3;

/** The primary, its host or its network, is gone for a part of each period. */
function flapping(at: number, { primary, replicas, node }: Stage, random: Random): readonly PlannedFault[] {
  const period = random.pick(FLAPPING_PERIODS_MILLIS);
  const forMillis = random.between(500, period - 1_000);
  const flap = random.pick<readonly Fault[]>([
    [{ kind: 'hang', server: primary, forMillis }],
    [{ kind: 'kill', server: primary, restartAfterMillis: forMillis }],
    [node, ...replicas].flatMap((other): readonly Fault[] => [
      { kind: 'cut', from: primary, to: other, forMillis },
      { kind: 'cut', from: other, to: primary, forMillis },
    ]),
  ]);
  return Array.from({ length: FLAPS }, (_, index) => flap.map((fault) => ({ at: at + index * period, fault }))).flat();
}

const successorsDeath = (random: Random): Fault => ({
  kind: 'kill-successor',
  afterMillis: random.chance(0.5) ? random.between(0, 20) : random.between(20, 3_000),
  restartAfterMillis: random.chance(0.5) ? null : random.between(1_000, 10_000),
});

/** The primary, a replica and the node were in one place, and are gone together. */
function lostZone(at: number, { primary, replicas }: Stage, random: Random): readonly PlannedFault[] {
  const restartAfterMillis = random.chance(0.5) ? null : random.between(2_000, 20_000);
  const kind = random.pick(['kill', 'power-off'] as const);
  const [first = primary] = replicas;
  return [
    { at, fault: { kind, server: primary, restartAfterMillis } },
    { at, fault: { kind, server: replicas.length > 2 ? random.pick(replicas) : first, restartAfterMillis } },
    { at, fault: { kind: 'kill-node', restartAfterMillis: random.between(500, 8_000) } },
  ];
}
