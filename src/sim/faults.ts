/**
 * What the nemesis does to the pretended world (design/scenarios.md, section M): faults as data, so that a run can be written down, replayed and shrunk.
 */
import type { PretendServer } from './server/pretend-server.ts';
import { stopReplica } from './server/replica-commands.ts';
import type { StorageFault } from './server/storage.ts';
import type { World } from './world.ts';

/** Moments at which hooks run in the pretended world. */
export const HOOKS = ['detected', 'before-switchover', 'before', 'after-primary', 'after', 'after-failure'] as const;
export type HookName = (typeof HOOKS)[number];

/** How a hook ends. */
export interface HookBehaviour {
  readonly exitStatus: number;
  readonly takesMillis: number;
}

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
  | {
      readonly kind: 'lose';
      readonly from: string;
      readonly to: string;
      readonly probability: number;
      readonly forMillis: number;
    }
  /** A firewall refuses whoever dials; streams that are open stay so. */
  | { readonly kind: 'refuse'; readonly from: string; readonly to: string; readonly forMillis: number }
  | {
      readonly kind: 'slow';
      readonly from: string;
      readonly to: string;
      readonly addedMillis: number;
      readonly forMillis: number;
    }
  /** Somebody's long transaction: appliers and commits wait. */
  | { readonly kind: 'lock-tables'; readonly server: string; readonly forMillis: number }
  | { readonly kind: 'stop-applier'; readonly server: string; readonly forMillis: number }
  /** What comes cannot be applied (1062, 1032), until a person has put it right. */
  | {
      readonly kind: 'break-applier';
      readonly server: string;
      readonly errorNumber: number;
      readonly forMillis: number;
    }
  /** `stalled`: full, or its fsync does not return. */
  | {
      readonly kind: 'fail-storage';
      readonly server: string;
      readonly fault: StorageFault;
      readonly forMillis: number;
    }
  /** Nobody new is let in (1040). */
  | { readonly kind: 'crowd'; readonly server: string; readonly forMillis: number }
  /** Whoever is the next to take writes dies so soon after. */
  | { readonly kind: 'kill-successor'; readonly afterMillis: number; readonly restartAfterMillis: number | null }
  | { readonly kind: 'kill-node'; readonly restartAfterMillis: number }
  /** The node dies right before or right after it writes the n-th line from now on to its journals. */
  | {
      readonly kind: 'kill-node-at-line';
      readonly line: number;
      readonly when: 'before' | 'after';
      readonly restartAfterMillis: number;
    }
  | { readonly kind: 'hang-node'; readonly forMillis: number }
  /** Its wall clock jumps, and goes on from there. */
  | { readonly kind: 'step-clock'; readonly byMillis: number }
  | { readonly kind: 'break-store'; readonly forMillis: number }
  /** Hooks of one moment take so long, and end so; until then, and after it, they succeed at once. */
  | {
      readonly kind: 'hook';
      readonly hook: HookName;
      readonly exitStatus: number;
      readonly takesMillis: number;
      readonly forMillis: number;
    }
  | OperationFault
  /** A person orders a switchover; null: to whoever is best. */
  | { readonly kind: 'take-over'; readonly to: string | null }
  /** A person orders a failover, however the primary is; null: to whoever is best. */
  | { readonly kind: 'force'; readonly to: string | null };

/** A person rearranges the topology. `below` means nothing for some. */
export interface OperationFault {
  readonly kind: 'operate';
  readonly operation:
    | 'relocate'
    | 'relocate-replicas'
    | 'move-up'
    | 'move-below'
    | 'take-master'
    | 'make-co-master'
    | 'take-siblings'
    | 'regroup-replicas'
    | 'restart-replication';
  readonly server: string;
  readonly below: string;
}

export interface PlannedFault {
  readonly at: number;
  readonly fault: Fault;
}

/** The node of orchestrator, as far as the nemesis reaches it. */
export interface NodeUnderTest {
  readonly place: string;
  kill(): void;
  killAtLine(line: number, when: 'before' | 'after', restartAfterMillis: number): void;
  start(): void;
  hang(): void;
  resume(): void;
  stepClock(byMillis: number): void;
  breakStore(isBroken: boolean): void;
  takeOver(to: string | null): void;
  force(to: string | null): void;
  operate(operation: OperationFault['operation'], server: string, below: string): void;
  /** Null: it succeeds at once. */
  setHook(hook: HookName, behaviour: HookBehaviour | null): void;
}

const isPrimary = (server: PretendServer): boolean =>
  server.settings === null || (server.isRunning && server.running.gate.level === 'off');

/** Sessions of the nemesis, which hold locks. */
const NEMESIS_SESSION = -1;

export function injectFault(world: World, node: NodeUnderTest, fault: Fault): void {
  if ('unlessPrimary' in fault && isPrimary(world.server(fault.server))) {
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
      later(fault.forMillis, () => world.network.lose(fault.from, fault.to, 0));
      break;
    case 'refuse':
      world.network.refuse(fault.from, fault.to);
      later(fault.forMillis, () => world.network.admit(fault.from, fault.to));
      break;
    case 'slow':
      world.network.slowDown(fault.from, fault.to, fault.addedMillis);
      later(fault.forMillis, () => world.network.slowDown(fault.from, fault.to, 0));
      break;
    case 'kill-node':
      node.kill();
      later(fault.restartAfterMillis, () => node.start());
      break;
    case 'kill-node-at-line':
      node.killAtLine(fault.line, fault.when, fault.restartAfterMillis);
      break;
    case 'step-clock':
      node.stepClock(fault.byMillis);
      break;
    case 'hook':
      node.setHook(fault.hook, fault);
      later(fault.forMillis, () => node.setHook(fault.hook, null));
      break;
    case 'fail-storage':
      world.server(fault.server).storage.fail(fault.fault);
      later(fault.forMillis, () => healStorage(world.server(fault.server)));
      break;
    case 'crowd':
      world.server(fault.server).isCrowded = true;
      later(fault.forMillis, () => {
        world.server(fault.server).isCrowded = false;
      });
      break;
    case 'kill-successor':
      killSuccessor(world, fault);
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
    case 'force':
      node.force(fault.to);
      break;
    case 'operate':
      node.operate(fault.operation, fault.server, fault.below);
      break;
    case 'lock-tables':
    case 'stop-applier':
    case 'break-applier':
      holdApplier(world, fault);
  }
}

/** The supervisor has tried to start it all the time. */
export function healStorage(server: PretendServer): void {
  const hasGivenUp = server.storage.fault === 'read-only' && !server.isRunning;
  server.storage.heal();
  if (hasGivenUp) server.start();
}

function killSuccessor(world: World, fault: Extract<Fault, { kind: 'kill-successor' }>): void {
  let isDone = false;
  world.observe({
    level(server, level) {
      if (level !== 'off' || isDone) return;
      isDone = true;
      world.queue.after(fault.afterMillis, () => {
        world.transcript.say(`nemesis: ${server.name} was made a primary, and dies`);
        server.kill();
        if (fault.restartAfterMillis !== null) world.queue.after(fault.restartAfterMillis, () => server.start());
      });
    },
  });
}

const APPLIER_ERROR_TEXT = 'Could not execute the event, as the nemesis wants it';

type ApplierFault = Extract<Fault, { kind: 'lock-tables' | 'stop-applier' | 'break-applier' }>;

function holdApplier(world: World, fault: ApplierFault): void {
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
  if (fault.kind === 'break-applier') server.running.applier.breakDown(fault.errorNumber, APPLIER_ERROR_TEXT);
  else stopReplica(server, { receiver: false, applier: true }, () => {});
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
