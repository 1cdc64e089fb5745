/**
 * The pulse of servers that others replicate from, between polls: pings on the open connection, some a second. A process that hangs or a host that is gone
 * without a word keeps its connections open: nobody would notice it before the next poll (A24). One that is late is looked at, together with its
 * replicas; one that does not answer in time has failed a check.
 */
import { millis } from '../model/brand.ts';
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Topology } from '../model/topology.ts';
import type { Clock, Timer } from '../ports/clock.ts';

export interface PulsesOptions {
  readonly topology: Topology;
  readonly clock: Clock;
  /** Between 0 and 1: where in its period a server's pulse begins. */
  readonly random: () => number;
  /** Null: it answered. `busy`: something else is asked of it just now. */
  readonly ping: (key: InstanceKey) => Promise<ServerFailure | 'busy' | null>;
  /** How long its answer may usually take before it is late, milliseconds. */
  readonly lateMillis: (key: InstanceKey) => number;
  readonly onLate: (key: InstanceKey) => void;
  /** No answer in time. */
  readonly onSilent: (key: InstanceKey, failure: ServerFailure) => void;
}

/** With few servers. */
const PULSE_MILLIS = 250;

/** With many: no more pings a second than this, all together; what they cost is not to be seen beside the polls. */
const PINGS_PER_SECOND_MAX = 2_000;

interface Pulse {
  timer: Timer | null;
}

export class Pulses {
  readonly #options: PulsesOptions;
  readonly #pulses = new Map<KeyId, Pulse>();

  constructor(options: PulsesOptions) {
    this.#options = options;
  }

  /** Of a server that has just answered; one without replicas has none. It ends by itself when the server fails a check, and its replicas leave it. */
  watch(key: InstanceKey): void {
    const id = keyId(key);
    if (this.#pulses.has(id) || !this.#isSource(key)) return;
    const pulse: Pulse = { timer: null };
    this.#pulses.set(id, pulse);
    this.#schedule(key, pulse, this.#options.random() * this.#periodMillis);
  }

  stop(): void {
    for (const { timer } of this.#pulses.values()) timer?.cancel();
    this.#pulses.clear();
  }

  get #periodMillis(): number {
    return Math.max(PULSE_MILLIS, (this.#pulses.size * 1_000) / PINGS_PER_SECOND_MAX);
  }

  #schedule(key: InstanceKey, pulse: Pulse, delayMillis: number): void {
    pulse.timer = this.#options.clock.after(millis(delayMillis), () => void this.#beat(key, pulse));
  }

  async #beat(key: InstanceKey, pulse: Pulse): Promise<void> {
    const { clock, lateMillis, ping, onLate, onSilent } = this.#options;
    if (!this.#isSource(key)) {
      this.#end(key, pulse);
      return;
    }
    const due = clock.monotonic();
    const late = clock.after(millis(lateMillis(key)), () => onLate(key));
    const answer = await ping(key).finally(() => late.cancel());
    if (this.#pulses.get(keyId(key)) !== pulse) return;
    if (answer !== null && answer !== 'busy' && answer.kind === 'timeout') {
      this.#end(key, pulse);
      onSilent(key, answer);
      return;
    }
    this.#schedule(key, pulse, Math.max(0, due + this.#periodMillis - clock.monotonic()));
  }

  #end(key: InstanceKey, pulse: Pulse): void {
    if (this.#pulses.get(keyId(key)) === pulse) this.#pulses.delete(keyId(key));
  }

  #isSource(key: InstanceKey): boolean {
    const { topology } = this.#options;
    const instance = topology.get(key);
    return instance !== undefined && isLastCheckValid(instance) && topology.replicasOf(key).length > 0;
  }
}
