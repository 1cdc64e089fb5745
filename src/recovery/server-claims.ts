/**
 * Servers are claimed before they are changed (J5): two orchestrators that share neither a backend nor a quorum may have been pointed at the same servers, and see the
 * same death in the same moment. Both of them acting would be two primaries.
 */
import { millis } from '../model/brand.ts';
import { compareKeys, type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { ClaimResult } from '../ports/topology-servers.ts';
import type { RecoveryPorts } from './recovery-ports.ts';

/** One that does not answer in this time is not claimed, and holds nobody up. */
const CLAIM_MILLIS = 250;

/** So long the one who stays waits for the one who gives way. */
const PATIENCE_MILLIS = 1_000;

const AGAIN_MILLIS = 20;

const LOOK_MILLIS = 250;

export type Claims =
  | { readonly kind: 'claimed'; readonly release: () => void }
  /** By somebody else: nothing was changed, and nothing is held. */
  | { readonly kind: 'refused'; readonly text: string };

type ClaimPorts = Pick<RecoveryPorts, 'servers' | 'known' | 'clock'>;

/** Who gives way does so at once; who has it for longer than this acts. */
const GIVES_WAY_MILLIS = 100;

/**
 * All of them that answer, or none. Of two who claim at the same time, each of whom has some, the one stays who has the first by host and port; the other gives back what it has. Where
 * somebody else has acted meanwhile, what was concluded is of other servers than those that are there: they are read anew, and it is for the caller to conclude again.
 */
export async function claimServers(keys: readonly InstanceKey[], ports: ClaimPorts): Promise<Claims> {
  const answering = keys.filter((key) => {
    const known = ports.known.get(key);
    return known !== undefined && isLastCheckValid(known);
  });
  const held = new Held(ports);
  await held.claim(answering);
  const before = held.formerlyTaken;
  const began = ports.clock.monotonic();
  const waited = (): number => ports.clock.monotonic() - began;
  while (held.refused.length > 0) {
    if (!held.hasFirst || waited() > PATIENCE_MILLIS) {
      const text = held.refused.map(({ key, by }) => `${instanceKeyText(key)} (${by})`).join(', ');
      held.release();
      return { kind: 'refused', text: `another orchestrator is at work on ${text}` };
    }
    await ports.clock.sleep(millis(AGAIN_MILLIS));
    await held.claim(held.refused.map(({ key }) => key));
  }
  const changed = waited() > GIVES_WAY_MILLIS ? held.formerlyTaken : [...before, ...madeWritable(held, ports)];
  if (changed.length === 0) return { kind: 'claimed', release: () => held.release() };
  held.release();
  await Promise.all(answering.map((key) => ports.servers.observe(key, LOOK_MILLIS)));
  const text = [...new Set(changed.map(instanceKeyText))].join(', ');
  return { kind: 'refused', text: `another orchestrator was at work on ${text}, which are looked at again` };
}

/** It was claimed, changed and given back since it was read. */
const madeWritable = (held: Held, { known }: ClaimPorts): readonly InstanceKey[] =>
  held.writable.filter((key) => known.get(key)?.readOnly === true);

class Held {
  readonly #ports: ClaimPorts;
  readonly #claimed: {
    readonly key: InstanceKey;
    readonly isReadOnly: boolean;
    readonly wasTaken: boolean;
    readonly release: () => Promise<void>;
  }[] = [];
  #refused: readonly { readonly key: InstanceKey; readonly by: string }[] = [];

  constructor(ports: ClaimPorts) {
    this.#ports = ports;
  }

  get refused(): readonly { readonly key: InstanceKey; readonly by: string }[] {
    return this.#refused;
  }

  get hasFirst(): boolean {
    const [first] = [...this.#claimed, ...this.#refused].map(({ key }) => key).toSorted(compareKeys);
    return this.#claimed.some(({ key }) => key === first);
  }

  get writable(): readonly InstanceKey[] {
    return this.#claimed.filter(({ isReadOnly }) => !isReadOnly).map(({ key }) => key);
  }

  get formerlyTaken(): readonly InstanceKey[] {
    return this.#claimed.filter(({ wasTaken }) => wasTaken).map(({ key }) => key);
  }

  async claim(keys: readonly InstanceKey[]): Promise<void> {
    const results = await Promise.all(
      keys.map(async (key) => ({ key, result: await this.#ports.servers.claim(key, CLAIM_MILLIS) })),
    );
    for (const { key, result } of results) if (result.kind === 'claimed') this.#claimed.push({ key, ...result });
    this.#refused = results.flatMap(({ key, result }) => (isTaken(result) ? { key, by: result.by } : []));
  }

  /** Nobody waits for it: what is not given back ends with our connection. */
  release(): void {
    for (const { release } of this.#claimed.splice(0)) void release();
  }
}

const isTaken = (result: ClaimResult): result is Extract<ClaimResult, { kind: 'taken' }> => result.kind === 'taken';
