/**
 * A topology from a seed, for tests of whatever may be done to any topology: its family, its shape, and how its servers differ. The same seed, the same one.
 */
import { Random } from '../random.ts';
import {
  binlogServerOptions,
  type Family,
  type ServerOptions,
  serverOptions,
  withoutGtids,
} from '../server/server-options.ts';
import type { TopologyMember } from '../world.ts';
import { membersOf, SHAPES, type Shape } from './shapes.ts';

/** What the seed decides where it is not said. */
export interface TopologyWishes {
  readonly family?: Family;
  readonly gtid?: 'on' | 'off';
  /** `mixed`: each from any of those before it. */
  readonly shape?: Shape | 'mixed';
  /** Primaries and their replicas; binlog servers and those below them come on top. */
  readonly databases?: number;
  readonly binlogServers?: boolean;
}

export interface RandomTopology {
  readonly seed: number;
  readonly family: Family;
  readonly gtid: 'on' | 'off';
  readonly shape: Shape | 'mixed';
  /** The first takes writes. */
  readonly members: readonly TopologyMember[];
  /** How many servers replicate in a circle; 0: none. */
  readonly cycle: number;
}

const LEAST_DATABASES = 3;
const MOST_DATABASES = 7;
const MOST_BINLOG_SERVERS = 2;
const MOST_DELAY_SECONDS = 3;
const MOST_FIRST_FILE = 3;

export function randomTopology(seed: number, wishes: TopologyWishes = {}): RandomTopology {
  const random = new Random(seed);
  // Everything is drawn, whether it is used or not: a wish must not change the rest.
  const drawn = {
    family: random.pick<Family>(['mysql', 'mariadb']),
    gtid: random.pick(['on', 'off'] as const),
    shape: random.pick<Shape | 'mixed'>([...SHAPES, 'mixed', 'mixed']),
    databases: random.integer(LEAST_DATABASES, MOST_DATABASES),
    binlogServers: random.chance(0.3),
  };
  const { family, gtid, shape, databases, binlogServers } = { ...drawn, ...wishes };
  const servers = Array.from({ length: databases }, (_, index) => database(family, gtid, index + 1, random));
  const members = shape === 'mixed' ? mixed(servers, random) : membersOf(servers, shape);
  const able = members.map((member) => canPassOn(member, members));
  const below = binlogServers && family === 'mysql' ? withBinlogServers(able, gtid, random) : [];
  return { seed, family, gtid, shape, members: [...able, ...below], cycle: cycleOf(shape, databases) };
}

const cycleOf = (shape: Shape | 'mixed', databases: number): number =>
  shape === 'ring' ? databases : shape === 'co-primaries' ? 2 : 0;

function database(family: Family, gtid: 'on' | 'off', number: number, random: Random): ServerOptions {
  const delaySeconds = random.chance(0.15) ? random.integer(1, MOST_DELAY_SECONDS) : 0;
  const change: Partial<ServerOptions> = {
    applyMillis: random.between(0.5, 5),
    commitMillis: random.between(0.2, 2),
    binlogFormat: random.chance(0.25) ? 'STATEMENT' : 'ROW',
    logReplicaUpdates: !random.chance(0.15),
    relayLogRecovery: random.chance(0.5),
    delaySeconds: number === 1 ? 0 : delaySeconds,
  };
  // Now and then with the same files as others: then a wrong place is one, and not the right one.
  const firstBinlogNumber = random.integer(1, MOST_FIRST_FILE);
  return gtid === 'on'
    ? serverOptions(family, number, change)
    : withoutGtids(family, number, { ...change, firstBinlogNumber });
}

function mixed(servers: readonly ServerOptions[], random: Random): readonly TopologyMember[] {
  return servers.map((options, index) => ({
    options,
    source: index === 0 ? null : random.pick(servers.slice(0, index)),
  }));
}

/** Who has replicas, or is written to, logs what it applies, and at once: those below would hear of it late, or never. */
function canPassOn(member: TopologyMember, all: readonly TopologyMember[]): TopologyMember {
  const change = (options: ServerOptions): ServerOptions =>
    all.some(({ source }) => source?.serverId === options.serverId)
      ? { ...options, logReplicaUpdates: true, delaySeconds: 0 }
      : options;
  return { options: change(member.options), source: member.source === null ? null : change(member.source) };
}

/** Each below a server that may pass on, with a replica of its own. */
function withBinlogServers(
  members: readonly TopologyMember[],
  gtid: 'on' | 'off',
  random: Random,
): readonly TopologyMember[] {
  const [top] = members;
  if (top === undefined) return [];
  const { binlogFillerBytes, gtidMode } = top.options;
  return Array.from({ length: random.integer(1, MOST_BINLOG_SERVERS) }, (_, index) => index + 1).flatMap((number) => {
    const binlogServer = binlogServerOptions(number, { binlogFillerBytes, gtidMode });
    const replica = { ...database('mysql', gtid, members.length + number, random), delaySeconds: 0 };
    return [
      { options: binlogServer, source: top.options },
      { options: replica, source: binlogServer },
    ];
  });
}
