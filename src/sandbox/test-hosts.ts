// Two hosts that a test makes itself, one for a primary and one for its replicas, and what can go wrong on the wires between them.
//
//        primary 10.213.N.1 ───────────── 10.213.N.2 replicas
//                         │               │
//                         └─ 10.213.N.254 ┘
//                            this machine: orchestrator, clients, the test
//
// Each line is a wire of its own, so each can be cut alone. Nothing else of this machine is changed: what is set for a fault belongs to the
// ends of the wires, and is gone with them.

import { readFileSync } from 'node:fs';
import { PackageUnavailable, type Say } from './fetch-debian.ts';
import { ensureIp } from './ip-command.ts';
import {
  enterNamespace,
  machineDevice,
  makeNamespace,
  NamespacesUnavailable,
  removeNamespace,
} from './network-namespaces.ts';
import { isRouted } from './routes.ts';
import type { ServerHost } from './server-host.ts';
import { Wire } from './wire.ts';

/** How many tests of this machine may have hosts at the same time: each has a number of its own, with its addresses and names. */
const numberCount = 200;

/** Who reaches for the primary's host: orchestrator, clients and the test, or the replicas. */
export type Side = 'this-machine' | 'replicas';

export const everybody: readonly Side[] = ['this-machine', 'replicas'];

export interface TestHosts {
  readonly primary: ServerHost;
  /** For as many servers as wanted. */
  readonly replicas: ServerHost;
  /** Black-holes the primary's host: whatever is sent between it and these sides vanishes, and nobody is told. */
  drop(sides: readonly Side[]): Promise<void>;
  /**
   * Whatever these sides send to the primary's address is answered at once by a host without servers: connections are reset when they are next
   * used, attempts are refused. What the primary sends still arrives.
   */
  reject(sides: readonly Side[]): Promise<void>;
  /** Ends `drop` and `reject`. */
  heal(): Promise<void>;
  /** Removes the hosts, once the servers on them were stopped. May be called twice. */
  remove(): Promise<void>;
}

/** Why hosts cannot be made on this machine, in one line, or null: they can. Throws when something else is wrong. */
export async function obstacleToTestHosts(say?: Say): Promise<string | null> {
  try {
    await ensureIp(say);
    await (await makeTestHosts()).remove();
    return null;
  } catch (error) {
    if (error instanceof NamespacesUnavailable || error instanceof PackageUnavailable) return error.message;
    throw error;
  }
}

/** Makes them. Throws `NamespacesUnavailable` or `PackageUnavailable` where there is no way to. */
export async function makeTestHosts(): Promise<TestHosts> {
  const undo: (() => Promise<void>)[] = [];
  const remove = async () => {
    for (const one of undo.splice(0).reverse()) await one();
  };
  const namespace = async (purpose: string) => {
    const name = await makeNamespace(purpose);
    undo.push(() => removeNamespace(name));
    return name;
  };
  try {
    const namespaces: Namespaces = {
      'this-machine': null,
      primary: await namespace('primary'),
      replicas: await namespace('replicas'),
      nobody: await namespace('nobody'),
    };
    const { number, wire } = await claimNumber(namespaces);
    const wires = { 'this-machine': wire, replicas: wireBetween('replicas', 'primary', number, namespaces) };
    await wires.replicas.lay();
    await wireBetween('this-machine', 'replicas', number, namespaces).lay();
    const host = (place: 'primary' | 'replicas'): ServerHost => ({
      address: addressOf(place, number),
      enter: enterNamespace(namespaces[place]),
    });
    const faults = faultsOn(wires, (side) => wireBetween(side, 'nobody', number, namespaces));
    return { primary: host('primary'), replicas: host('replicas'), ...faults, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Place = Side | 'primary' | 'nobody';

/** Null: this machine's own. */
type Namespaces = { readonly 'this-machine': null } & { readonly [Name in Exclude<Place, 'this-machine'>]: string };

function faultsOn(
  wires: Readonly<Record<Side, Wire>>,
  wireToNobody: (side: Side) => Wire,
): Pick<TestHosts, 'drop' | 'reject' | 'heal'> {
  const rejecting: Wire[] = [];
  return {
    async drop(sides) {
      for (const side of sides) await wires[side].cut();
    },
    async reject(sides) {
      for (const side of sides) {
        const wire = wireToNobody(side);
        rejecting.push(wire);
        await wire.lay();
      }
    },
    async heal() {
      for (const wire of rejecting.splice(0)) await wire.remove();
      for (const wire of Object.values(wires)) await wire.mend();
    },
  };
}

/** The first number that nobody has: who laid the wire to a primary has it. */
async function claimNumber(namespaces: Namespaces): Promise<{ number: number; wire: Wire }> {
  const routes = readFileSync('/proc/net/route', 'utf8');
  for (let attempt = 0; attempt < numberCount; attempt++) {
    const number = (process.pid + attempt) % numberCount;
    // Somebody else's addresses: a network of this machine, or hosts of another test.
    if (isRouted(routes, `10.213.${number}`)) continue;
    const wire = wireBetween('this-machine', 'primary', number, namespaces);
    if (await wire.lay()) return { number, wire };
  }
  throw new NamespacesUnavailable('no addresses are free within 10.213.0.0/16');
}

/** Each end is called after the place at the other one. */
function wireBetween(near: Side, far: Exclude<Place, 'this-machine'>, number: number, namespaces: Namespaces): Wire {
  const device = near === 'this-machine' ? `oc${number}-${far}` : far;
  return new Wire(
    { namespace: namespaces[near], device, address: addressOf(near, number) },
    {
      namespace: namespaces[far],
      device: near === 'this-machine' ? machineDevice : near,
      address: addressOf(far, number),
    },
    // Who answers instead of the primary must be nearer than the primary.
    far === 'nobody' ? 'near' : 'usual',
  );
}

function addressOf(place: Place, number: number): string {
  // Nobody is found where the primary is looked for.
  const last = { 'this-machine': 254, primary: 1, nobody: 1, replicas: 2 }[place];
  return `10.213.${number}.${last}`;
}
