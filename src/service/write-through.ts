/**
 * For what is kept in memory and written through to the backend: reading all of it anew while somebody writes would bring back what was before, and a
 * downtime or a lock that somebody has just been told of would not count.
 */

/** So often it is read again because somebody wrote meanwhile. Then memory stays as it is, which all those writes have gone through. */
const READ_TRIES = 3;

export class WriteThrough {
  #underWay = 0;
  #ended = 0;

  /** `work` writes to the backend and to memory. */
  async write<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      this.#ended++;
    }
  }

  /** What was read while nobody wrote, or null: people write all the time. */
  async read<Result>(all: () => Promise<Result>): Promise<Result | null> {
    for (let tries = 0; tries < READ_TRIES; tries++) {
      const before = this.#ended;
      const result = await all();
      if (this.#ended === before && this.#underWay === 0) return result;
    }
    return null;
  }
}
