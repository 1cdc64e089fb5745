// A wire between two network namespaces (a veth pair) with one address at each end, which can be cut so that nobody notices.

import { readFileSync } from 'node:fs';
import { ip, lastLine, NamespacesUnavailable } from './network-namespaces.ts';

export interface WireEnd {
  /** Null: this machine's own. */
  readonly namespace: string | null;
  /** Name of the interface, 15 characters at most. */
  readonly device: string;
  readonly address: string;
}

/** A frame for this address is for nobody: the kernel at the other end drops it without a word. */
const nobodysHardwareAddress = '02:00:00:00:00:00';

/** Of two wires to the same address the nearer one is used. */
const metrics = { near: '1', usual: '100' };

export class Wire {
  readonly #near: WireEnd;
  readonly #far: WireEnd & { readonly namespace: string };
  readonly #metric: string;
  #isCut = false;
  #isLaid = false;

  constructor(near: WireEnd, far: WireEnd & { readonly namespace: string }, distance: keyof typeof metrics = 'usual') {
    this.#near = near;
    this.#far = far;
    this.#metric = metrics[distance];
  }

  /**
   * Lays it; each end then finds the other's address. False, and nothing was done: there is an interface of the near end's name already.
   * Throws `NamespacesUnavailable` where interfaces cannot be made.
   */
  async lay(): Promise<boolean> {
    const near = ['peer', 'name', this.#near.device, 'netns', this.#near.namespace ?? String(process.pid)];
    try {
      await ip([...within(this.#far), 'link', 'add', 'name', this.#far.device, 'type', 'veth', ...near]);
    } catch (error) {
      if (this.#near.namespace === null && ownDevices().includes(this.#near.device)) return false;
      throw new NamespacesUnavailable(`cannot make network interfaces: ${lastLine(error)}`, { cause: error });
    }
    this.#isLaid = true;
    await this.#connect(this.#far, this.#near);
    await this.#connect(this.#near, this.#far);
    return true;
  }

  /** From now on everything that is sent at either end vanishes. */
  async cut(): Promise<void> {
    if (this.#isCut) return;
    this.#isCut = true;
    for (const [end, other] of this.#ways()) {
      const where = ['lladdr', nobodysHardwareAddress, 'nud', 'permanent', 'dev', end.device];
      await ip([...within(end), 'neigh', 'replace', other.address, ...where]);
    }
  }

  /** Ends `cut`; nothing happens when it is whole. */
  async mend(): Promise<void> {
    if (!this.#isCut) return;
    this.#isCut = false;
    for (const [end, other] of this.#ways()) {
      await ip([...within(end), 'neigh', 'delete', other.address, 'dev', end.device]);
    }
  }

  /** Both ends are gone when it returns. May be called twice. */
  async remove(): Promise<void> {
    if (!this.#isLaid) return;
    this.#isLaid = false;
    await ip([...within(this.#near), 'link', 'delete', this.#near.device]);
  }

  async #connect(end: WireEnd, other: WireEnd): Promise<void> {
    const addresses = [end.address, 'peer', other.address];
    await ip([...within(end), 'address', 'add', ...addresses, 'dev', end.device, 'metric', this.#metric]);
    await ip([...within(end), 'link', 'set', end.device, 'up']);
  }

  #ways(): readonly (readonly [WireEnd, WireEnd])[] {
    return [
      [this.#near, this.#far],
      [this.#far, this.#near],
    ];
  }
}

const within = ({ namespace }: WireEnd): readonly string[] => (namespace === null ? [] : ['-n', namespace]);

/** Names of this machine's own interfaces. */
function ownDevices(): readonly string[] {
  // Two lines of headings; a name ends with a colon.
  const lines = readFileSync('/proc/net/dev', 'utf8').split('\n').slice(2);
  return lines.map((line) => line.split(':')[0]?.trim() ?? '');
}
