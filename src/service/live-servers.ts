/**
 * The real servers behind the port that plans are executed through: commands and reads go over the same links that discovery polls, and every
 * read lands in the picture.
 */
import type { Discovery } from '../discovery/discovery.ts';
import type { Picture } from '../discovery/picture.ts';
import { millis } from '../model/brand.ts';
import type { CloneReading } from '../model/clone-run.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { instanceKeyText, keyId } from '../model/instance-key.ts';
import type { ReplicationCredentials, ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { readFailedTransaction } from '../mysql/failed-transaction.ts';
import { readReplicationCredentials } from '../mysql/replication-credentials.ts';
import type { LinkClaim } from '../mysql/server-link.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ClaimResult, CommandResult, ObserveResult, TopologyServers } from '../ports/topology-servers.ts';
import type { ServerLinks } from './server-links.ts';

export interface LiveServersOptions {
  readonly discovery: Discovery;
  readonly picture: Picture;
  readonly links: ServerLinks;
  readonly clock: Clock;
  readonly log: Log;
  readonly connectMillis: () => number;
  readonly credentialsQuery: () => string;
  /** Nothing that changes a server is sent. */
  readonly noop: boolean;
}

/** For the read after a command. */
const READ_AFTER_MILLIS = 3_000;

export class LiveServers implements TopologyServers {
  readonly #options: LiveServersOptions;
  /** Found claimed by another orchestrator when they were claimed last. */
  readonly #takenElsewhere = new Set<string>();

  constructor(options: LiveServersOptions) {
    this.#options = options;
  }

  async observe(key: InstanceKey, deadlineMillis: number, maxAgeMillis = 0): Promise<ObserveResult> {
    const { discovery, clock } = this.#options;
    const late = clock
      .sleep(millis(deadlineMillis))
      .then((): ObserveResult => ({ kind: 'failed', failure: tooLate(key) }));
    const reading =
      maxAgeMillis > 0 ? discovery.readSince(key, clock.monotonic() - maxAgeMillis) : discovery.readAfresh(key);
    const read = reading.then((result): ObserveResult => {
      if (result.kind === 'failed') return { kind: 'failed', failure: result.failure };
      return { kind: 'observed', instance: result.instance };
    });
    return Promise.race([read, late]);
  }

  async execute(
    key: InstanceKey,
    commands: readonly ServerCommand[],
    deadlineMillis: number,
    mayGoOn: () => boolean = () => true,
  ): Promise<CommandResult> {
    const { picture, links, connectMillis, noop } = this.#options;
    if (noop) return { kind: 'failed', failure: noopFailure(key), completed: 0, mayStillLand: false };
    const link = links.get(key);
    const known = await this.#dialectOf(key);
    if (known.kind === 'failed') return { ...known, completed: 0, mayStillLand: false };
    picture.advanceEpoch(key);
    const result = await link.execute(commands, known.dialect, {
      connectMillis: connectMillis(),
      deadlineMillis,
      mayGoOn,
    });
    picture.advanceEpoch(key);
    const seen = await this.observe(key, READ_AFTER_MILLIS);
    if (result.kind === 'failed') return result;
    return { kind: 'done', instance: seen.kind === 'observed' ? seen.instance : null, refused: result.refused };
  }

  /** A claim that comes too late is given back. What was observed before somebody else gave the server back is void: it may have been changed. */
  async claim(key: InstanceKey, deadlineMillis: number): Promise<ClaimResult> {
    const claim = await this.#claimInTime(key, deadlineMillis);
    const id = keyId(key);
    if (claim.kind === 'taken') this.#takenElsewhere.add(id);
    if (claim.kind !== 'claimed') return claim;
    const wasTaken = this.#takenElsewhere.delete(id);
    if (wasTaken) this.#options.picture.advanceEpoch(key);
    return { ...claim, wasTaken };
  }

  async #claimInTime(key: InstanceKey, deadlineMillis: number): Promise<LinkClaim> {
    const { links, clock, noop } = this.#options;
    if (noop) return { kind: 'failed', failure: noopFailure(key) };
    const claiming = links.get(key).claim(READ_AFTER_MILLIS);
    const late = clock.sleep(millis(deadlineMillis)).then((): LinkClaim => ({ kind: 'failed', failure: tooLate(key) }));
    const first = await Promise.race([claiming, late]);
    if (first.kind === 'failed')
      void claiming.then((claim) => (claim.kind === 'claimed' ? claim.release() : undefined));
    return first;
  }

  /** A server is told nothing before it has said what it is. */
  async #dialectOf(key: InstanceKey) {
    const { links } = this.#options;
    const known = links.get(key).dialect;
    // Nor before it has said by which channel it replicates: a change without a name would make a second one.
    if (known !== null && links.get(key).replica !== null) return { kind: 'known', dialect: known } as const;
    const seen = await this.observe(key, READ_AFTER_MILLIS);
    if (seen.kind === 'failed') return seen;
    const dialect = links.get(key).dialect;
    if (dialect !== null) return { kind: 'known', dialect } as const;
    return { kind: 'failed', failure: tooLate(key) } as const;
  }

  /** Of a server that has not said yet what it is, what it stores itself is not known to be readable: it is read first. */
  async replicationCredentials(key: InstanceKey): Promise<ReplicationCredentials | null> {
    const { links, credentialsQuery, connectMillis, log } = this.#options;
    await this.#dialectOf(key);
    return readReplicationCredentials({
      key,
      link: links.get(key),
      configuredSql: credentialsQuery(),
      timeouts: { connectMillis: connectMillis(), answerMillis: READ_AFTER_MILLIS },
      log,
    });
  }

  /** What the server tells of its CLONE plugin, once it has said what it is. */
  async readClone(key: InstanceKey): Promise<CloneReading> {
    const { links, connectMillis } = this.#options;
    const known = await this.#dialectOf(key);
    if (known.kind === 'failed') return known;
    return links.get(key).clone({ connectMillis: connectMillis(), answerMillis: READ_AFTER_MILLIS });
  }

  /** '' where it is not told. */
  async failedTransaction(key: InstanceKey): Promise<string> {
    const { links, connectMillis } = this.#options;
    await this.#dialectOf(key);
    return readFailedTransaction(links.get(key), { connectMillis: connectMillis(), answerMillis: READ_AFTER_MILLIS });
  }
}

function tooLate(key: InstanceKey): ServerFailure {
  return { kind: 'timeout', phase: 'answer', text: `read tcp ${instanceKeyText(key)}: i/o timeout` };
}

function noopFailure(key: InstanceKey): ServerFailure {
  const text = `noop: aborting operation on ${instanceKeyText(key)}; signalling error but nothing went wrong.`;
  return { kind: 'network', phase: 'connect', code: 'NOOP', text };
}
