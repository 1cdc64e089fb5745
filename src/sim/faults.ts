/**
 * What the nemesis does to the pretended world (design/scenarios.md, section M): faults as data, so that a run can be written down, replayed and shrunk.
 */
import type { Random } from './random.ts';
import { stopReplica } from './server/replica-commands.ts';
import type { World } from './world.ts';

/** `unlessPrimary`: a replica that was promoted meanwhile is spared; the death of a second primary is a run of its own. */
export type Fault =
  | {
      readonly kind: 'kill';
      readonly server: string;
      readonly restartAfterMillis: number | null;
      readonly unlessPrimary?: true;
    }
  | { readonly kind: 'power-off'; readonly server: string; readonly restartAfterMillis: number | null }
  | { readonly kind: 'hang'; readonly server: string; readonly forMillis: number; readonly unlessPrimary?: true }
  /** One way, between two places: servers, nodes, clients. */
  | { readonly kind: 'cut'; readonly from: string; readonly to: string; readonly forMillis: number }
  /** Packets of one way are lost with this probability. */
  | { readonly kind: 'lose'; readonly from: string; readonly to: string; readonly probability: number }
  /** A firewall refuses whoever dials, until everything is healed. */
  | { readonly kind: 'refuse'; readonly from: string; readonly to: string }
  | { readonly kind: 'slow'; readonly from: string; readonly to: string; readonly addedMillis: number }
  /** Somebody's long transaction: appliers and commits wait. */
  | { readonly kind: 'lock-tables'; readonly server: string; readonly forMillis: number }
  | { readonly kind: 'stop-applier'; readonly server: string; readonly forMillis: number }
  | { readonly kind: 'kill-node'; readonly restartAfterMillis: number }
  | { readonly kind: 'hang-node'; readonly forMillis: number }
  | { readonly kind: 'break-store'; readonly forMillis: number }
  /** A person orders a switchover; null: to whoever is best. */
  | { readonly kind: 'take-over'; readonly to: string | null };

export interface PlannedFault {
  readonly at: number;
  readonly fault: Fault;
}

/** The node of orchestrator, as far as the nemesis reaches it. */
export interface NodeUnderTest {
  readonly place: string;
  kill(): void;
  start(): void;
  hang(): void;
  resume(): void;
  breakStore(isBroken: boolean): void;
  takeOver(to: string | null): void;
}

/** Sessions of the nemesis, which hold locks. */
const NEMESIS_SESSION = -1;

export function injectFault(world: World, node: NodeUnderTest, fault: Fault): void {
  if ('unlessPrimary' in fault && world.server(fault.server).settings === null) {
    world.transcript.say(`nemesis: spares ${fault.server}, which is a primary by now`);
    return;
  }
  world.transcript.say(`nemesis: ${faultText(fault)}`);
  const later = (millis: number | null, work: () => void): void => {
    if (millis !== null) world.queue.after(millis, work);
  };
  switch (fault.kind) {
    case 'kill':
      world.server(fault.server).kill();
      later(fault.restartAfterMillis, () => world.server(fault.server).start());
      break;
    case 'power-off':
      world.server(fault.server).powerOff();
      later(fault.restartAfterMillis, () => world.server(fault.server).start());
      break;
    case 'hang':
      world.server(fault.server).hang();
      later(fault.forMillis, () => world.server(fault.server).resume());
      break;
    case 'cut':
      world.network.cut(fault.from, fault.to);
      later(fault.forMillis, () => world.network.heal(fault.from, fault.to));
      break;
    case 'lose':
      world.network.lose(fault.from, fault.to, fault.probability);
      break;
    case 'refuse':
      world.network.refuse(fault.from, fault.to);
      break;
    case 'slow':
      world.network.slowDown(fault.from, fault.to, fault.addedMillis);
      break;
    case 'kill-node':
      node.kill();
      later(fault.restartAfterMillis, () => node.start());
      break;
    case 'hang-node':
      node.hang();
      later(fault.forMillis, () => node.resume());
      break;
    case 'break-store':
      node.breakStore(true);
      later(fault.forMillis, () => node.breakStore(false));
      break;
    case 'take-over':
      node.takeOver(fault.to);
      break;
    case 'lock-tables':
    case 'stop-applier':
      holdApplier(world, fault);
  }
}

function holdApplier(world: World, fault: Extract<Fault, { kind: 'lock-tables' | 'stop-applier' }>): void {
  const server = world.server(fault.server);
  if (!server.isRunning) return;
  const { gate, process } = server.running;
  if (fault.kind === 'lock-tables') {
    gate.lockTables(NEMESIS_SESSION);
    process.after(fault.forMillis, () => gate.unlockTables(NEMESIS_SESSION));
    return;
  }
  // A stop that waits for the rest of half a transaction would hit whatever the replica is told a minute later.
  if (server.relayLog.partial !== null) return;
  stopReplica(server, { receiver: false, applier: true }, () => {});
  // Started again only where nobody made it a primary meanwhile.
  world.queue.after(fault.forMillis, () => {
    if (server.isRunning && server.settings !== null) server.running.applier.start();
  });
}

export function faultText(fault: Fault): string {
  const { kind, ...rest } = fault;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`);
  return [kind, ...details].join(', ');
}

/** Kinds of runs, and what may happen in them. */
export const PROFILES = ['crash', 'hang', 'partition', 'node', 'switchover'] as const;
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
        ...Array.from({ length: random.integer(1, 4) }, () => ({ at: soon(), fault: cutSomewhere(stage, random) })),
      ];
    case 'node':
      return [
        { at, fault: death },
        { at: at + random.between(-200, 1_500), fault: nodeTrouble(random) },
        ...maybe(random, 0.3, () => ({ at: soon(), fault: replicaTrouble(stage, random) })),
      ];
    case 'switchover':
      return [
        { at, fault: { kind: 'take-over', to: random.chance(0.5) ? random.pick(stage.replicas) : null } },
        ...maybe(random, 0.7, () => ({
          at: at + random.between(-300, 1_000),
          fault: random.pick([death, replicaTrouble(stage, random), cutSomewhere(stage, random), nodeTrouble(random)]),
        })),
      ];
  }
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

function cutSomewhere({ primary, replicas, node, client }: Stage, random: Random): Fault {
  const places = [primary, ...replicas, node, client];
  const from = random.pick(places);
  const to = random.pick(places.filter((place) => place !== from));
  return { kind: 'cut', from, to, forMillis: random.between(200, 15_000) };
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

function nodeTrouble(random: Random): Fault {
  return random.pick<Fault>([
    { kind: 'kill-node', restartAfterMillis: random.between(200, 5_000) },
    { kind: 'hang-node', forMillis: random.between(200, 6_000) },
    { kind: 'break-store', forMillis: random.between(200, 4_000) },
  ]);
}
