// What single servers of a transcript have of their own, from options of `servers`: `db2.version=8.4.6`, `db3.data-center=east`.

import type { ServerOptions } from '../../../src/sim/server/server-options.ts';
import { durationOf } from './command.ts';

/** Queries of the configuration that servers of transcripts answer, by the option that gives the answer; `asked`: by the key that holds the query. */
const ANSWERED: Readonly<Record<string, { readonly key: string; readonly sql: string }>> = {
  'data-center': { key: 'DetectDataCenterQuery', sql: 'select data_center from meta.place' },
  region: { key: 'DetectRegionQuery', sql: 'select region from meta.place' },
  'semi-sync-priority': { key: 'DetectSemiSyncEnforcedQuery', sql: 'select priority from meta.semi_sync' },
  lag: { key: 'ReplicationLagQuery', sql: 'select lag from meta.heartbeat' },
};

type Change = (value: string) => Partial<ServerOptions>;

const CHANGES: Readonly<Record<string, Change>> = {
  version: (version) => ({ version }),
  'binlog-format': (binlogFormat) => ({ binlogFormat }),
  'log-bin': (value) => ({ logBin: value === 'on' }),
  'log-replica-updates': (value) => ({ logReplicaUpdates: value === 'on' }),
  'net-timeout': (value) => ({ replicaNetTimeoutMillis: durationOf(value) }),
  'apply-takes': (value) => ({ applyMillis: durationOf(value) }),
  'restarts-after': (value) => ({ restartAfterMillis: durationOf(value) }),
  'read-only': (value) => ({ readOnly: value === 'on' }),
};

/** `semi-sync-source=on`: it waits for acknowledgements as soon as it commits anything, whoever it is. `semi-sync-replica=off`: it acknowledges nothing. */
function semiSyncChange(base: ServerOptions, options: ReadonlyMap<string, string>): Partial<ServerOptions> {
  const [source, replica] = SEMI_SYNC_SIDES.map((side) => options.get(`${base.host}.${side}`));
  return {
    semiSync: {
      ...base.semiSync,
      ...(source === undefined ? {} : { source: source === 'on' }),
      ...(replica === undefined ? {} : { replica: replica === 'on' }),
    },
  };
}

const SEMI_SYNC_SIDES = ['semi-sync-source', 'semi-sync-replica'];

export function changedServer(base: ServerOptions, options: ReadonlyMap<string, string>): ServerOptions {
  let changed: ServerOptions = { ...base, ...semiSyncChange(base, options) };
  const answers = new Map<string, string>();
  for (const [name, value] of ownOptions(base.host, options)) {
    const answered = ANSWERED[name];
    if (answered !== undefined) answers.set(answered.sql, value);
    else changed = { ...changed, ...CHANGES[name]?.(value) };
  }
  return { ...changed, answers };
}

/** Keys of the configuration for what servers answer. */
export function askedQueries(options: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const asked = [...options.keys()].flatMap((name) => ANSWERED[name.split('.')[1] ?? ''] ?? []);
  return Object.fromEntries(asked.map(({ key, sql }) => [key, sql]));
}

/** Throws for one that nobody knows. */
function ownOptions(host: string, options: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...options].flatMap(([name, value]) => {
    const [server, own = ''] = name.split('.');
    if (server !== host || SEMI_SYNC_SIDES.includes(own)) return [];
    if (!(own in ANSWERED) && !(own in CHANGES)) throw new Error(`no such option of a server: ${name}`);
    return [[own, value] as const];
  });
}
