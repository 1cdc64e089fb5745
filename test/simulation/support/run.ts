// Lets time pass in a world in which nodes of orchestrator run: after each event that a node has to do with, its promises settle before the next.

import { setImmediate } from 'node:timers/promises';
import type { World } from '../../../src/sim/world.ts';

export class Run {
  readonly #world: World;
  #touched = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** Code of a node is about to run. */
  touch = (): void => {
    this.#touched = true;
  };

  async until(at: number): Promise<void> {
    const { queue } = this.#world;
    for (;;) {
      await this.settle();
      const next = queue.nextAt;
      if (next === null || next > at) break;
      queue.step();
    }
    queue.advanceTo(at);
  }

  async pass(forMillis: number): Promise<void> {
    await this.until(this.#world.queue.now + forMillis);
  }

  /** When the next turn of the event loop begins, all that was ready to go on has gone on. */
  async settle(): Promise<void> {
    while (this.#touched) {
      this.#touched = false;
      await setImmediate();
    }
  }
}
