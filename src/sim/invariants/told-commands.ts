/**
 * Invariant 12: whatever the node tells a server to change is explained by what it has on disk: a step of a journaled plan that had begun, a step of a
 * recovery as people read it, or a line of the audit.
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import type { MemoryDisk } from '../backend/disk.ts';
import type { PretendServer } from '../server/pretend-server.ts';
import type { World } from '../world.ts';
import type { Violation } from './violation.ts';

/** Statements that change something for others than their own session. Ending sessions of its own is no change. */
const CHANGES = /^\s*(stop|start|change|reset|set\s+global|set\s+@@global)\b/i;

/** What a recovery says of the primary that it has replaced. */
const DEMOTION = /read-only=1 on demoted master|the old primary could not be told to be read-only/;

interface Told {
  readonly at: number;
  readonly server: PretendServer;
  readonly text: string;
}

export class ToldCommands {
  readonly #disk: MemoryDisk;
  readonly #unexplained: Told[] = [];

  /** `user`: whose sessions are the node's. */
  constructor(world: World, user: string, disk: MemoryDisk) {
    this.#disk = disk;
    world.observe({
      told: (server, by, text) => {
        if (by !== user || !CHANGES.test(text) || this.#isJournaled(server)) return;
        this.#unexplained.push({ at: world.queue.now, server, text });
      },
    });
  }

  violations(): readonly Violation[] {
    const { audit, recoveries, steps } = this.#disk.tables;
    const audited = new Set(audit.map(({ key }) => instanceKeyText(key)));
    const failed = new Map<string, string>(recoveries.map(({ uid, digest }) => [uid, instanceKeyText(digest.key)]));
    const demoted = new Set(
      steps.flatMap(({ uid, message }) => (DEMOTION.test(message) ? (failed.get(uid) ?? []) : [])),
    );
    return this.#unexplained
      .filter(({ server }) => !audited.has(addressOf(server)) && !demoted.has(addressOf(server)))
      .map(({ at, server, text }) => ({
        invariant: 12,
        text: `${server.name} was told "${text}" at ${at.toFixed(1)} ms, and neither a journal nor the audit says why`,
      }));
  }

  /** Some step that names it has begun. */
  #isJournaled(server: PretendServer): boolean {
    const address = addressOf(server);
    return this.#disk.tables.journal.some(({ stepId }) => stepId.includes(address));
  }
}

const addressOf = ({ options }: PretendServer): string => `${options.host}:${options.port}`;
