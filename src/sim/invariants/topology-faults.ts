/**
 * What must hold of a topology whatever was done to it, without a failover: no acknowledged transaction is lost anywhere, none is there twice, nothing goes
 * round in a circle, and nobody is left stopped or pointing nowhere without being marked so. Rows are what counts: servers without GTIDs have nothing else.
 *
 * To be asked when everything has come to rest: nobody writes any more, and appliers had the time that they need.
 */
import type { PretendServer } from '../server/pretend-server.ts';
import { gtidText } from '../transaction.ts';
import type { World } from '../world.ts';
import { TABLE } from '../writer.ts';
import { rowsOf } from './server-state.ts';

export interface TopologyFault {
  readonly kind: 'lost' | 'duplicate' | 'extra' | 'loop' | 'stranded';
  readonly server: string;
  readonly text: string;
}

export interface TopologyExpectations {
  /** Keys of rows that clients were told of as committed. */
  readonly acknowledged: readonly number[];
  /** Default: that of `Writer`. */
  readonly table?: string;
  /** How many servers may replicate in a circle, since they did so before. Default: none. */
  readonly cycle?: number;
  /** It is known to be stopped, detached or lost: the product says so, and nothing is asked of it. */
  readonly isMarked?: (server: PretendServer) => boolean;
  /** It has no source, and is to have none: the one that is written to, and others by a person's order. Default: whoever takes writes. */
  readonly isRoot?: (server: PretendServer) => boolean;
}

export function topologyFaults(world: World, expectations: TopologyExpectations): readonly TopologyFault[] {
  const { isMarked = () => false } = expectations;
  const servers = world.servers.filter((server) => server.state === 'runs' && !isMarked(server));
  const databases = servers.filter(({ options }) => !options.isBinlogServer);
  return [
    ...databases.flatMap((server) => lost(server, expectations)),
    ...databases.flatMap(duplicates),
    ...extras(databases, expectations),
    ...loops(world, servers, expectations.cycle ?? 0),
    ...servers.flatMap((server) => stranded(server, world, expectations)),
  ];
}

/** Received counts as had: a delayed replica applies later. */
function rowsIn(server: PretendServer, table = TABLE): ReadonlySet<number> {
  return table === TABLE ? rowsOf(server) : server.history.rowsOf(table);
}

function lost(server: PretendServer, { acknowledged, table }: TopologyExpectations): readonly TopologyFault[] {
  const rows = rowsIn(server, table);
  const missing = acknowledged.filter((row) => !rows.has(row));
  if (missing.length === 0) return [];
  const text = `${server.name} has not ${someOf(missing)}, which were acknowledged`;
  return [{ kind: 'lost', server: server.name, text }];
}

/** The same transaction twice in what it has executed. Where it would be a row that is there already, its applier has stopped instead, and it is stranded. */
function duplicates(server: PretendServer): readonly TopologyFault[] {
  const seen = new Set<string>();
  const twice = server.history.log.flatMap(({ gtid }) => {
    const text = gtidText(gtid);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew ? [] : [text];
  });
  if (twice.length === 0) return [];
  return [{ kind: 'duplicate', server: server.name, text: `${server.name} has executed ${someOf(twice)} twice` }];
}

/** What a replica has and its root has not, nobody will ever give to the others. */
function extras(
  databases: readonly PretendServer[],
  { table, isRoot = takesWrites }: TopologyExpectations,
): readonly TopologyFault[] {
  const roots = databases.filter(isRoot);
  const known = new Set(roots.flatMap((root) => [...rowsIn(root, table)]));
  if (roots.length === 0) return [];
  return databases.flatMap((server): readonly TopologyFault[] => {
    const own = [...rowsIn(server, table)].filter((row) => !known.has(row));
    if (own.length === 0) return [];
    return [{ kind: 'extra', server: server.name, text: `${server.name} has ${someOf(own)}, which no root has` }];
  });
}

/** Each circle once, by its first server. */
function loops(world: World, servers: readonly PretendServer[], allowed: number): readonly TopologyFault[] {
  const known = new Set<PretendServer>();
  return servers.flatMap((server): readonly TopologyFault[] => {
    const path: PretendServer[] = [];
    let next: PretendServer | null = server;
    while (next !== null && !path.includes(next) && !known.has(next)) {
      path.push(next);
      next = sourceOf(next, world);
    }
    const circle = next === null || known.has(next) ? [] : path.slice(path.indexOf(next));
    for (const one of path) known.add(one);
    if (circle.length === 0 || circle.length === allowed) return [];
    const names = circle.map(({ name }) => name).join(' below ');
    return [{ kind: 'loop', server: server.name, text: `${names} replicate in a circle` }];
  });
}

function stranded(server: PretendServer, world: World, expectations: TopologyExpectations): readonly TopologyFault[] {
  const reason = strandedReason(server, world, expectations.isRoot ?? takesWrites);
  return reason === null ? [] : [{ kind: 'stranded', server: server.name, text: `${server.name} ${reason}` }];
}

function strandedReason(
  server: PretendServer,
  world: World,
  isRoot: (server: PretendServer) => boolean,
): string | null {
  const { settings } = server;
  if (settings === null) return isRoot(server) ? null : 'replicates from nobody, and is no root';
  if (sourceOf(server, world) === null) return `replicates from ${settings.host}, which is no server`;
  const { receiver, applier } = server.running;
  if (receiver.state !== 'connected') return `does not receive: ${receiver.state} (${receiver.errorNumber})`;
  return applier.state === 'running' ? null : `does not apply (${applier.errorNumber})`;
}

const takesWrites = (server: PretendServer): boolean => server.running.gate.level === 'off';

function sourceOf({ settings }: PretendServer, world: World): PretendServer | null {
  if (settings === null) return null;
  const { host, port } = settings;
  return world.servers.find(({ options }) => options.host === host && options.port === port) ?? null;
}

const SHOWN = 5;

function someOf(all: readonly (number | string)[]): string {
  const shown = all.slice(0, SHOWN).join(', ');
  return all.length > SHOWN ? `${shown} and ${all.length - SHOWN} more` : shown;
}
