/**
 * `CHANGE REPLICATION SOURCE TO`, `CHANGE MASTER TO`: what each family refuses, what it throws away, and where the receiver begins then (MySQL manual 15.4.2.2;
 * MariaDB knowledge base, "CHANGE MASTER TO").
 */
import { FIRST_POSITION, type LogPlace } from './log-place.ts';
import type { PretendServer } from './pretend-server.ts';
import type { Threads } from './replica-commands.ts';
import { NO_REPLICA_SETTINGS, type ReplicaSettings } from './replica-settings.ts';

const MARIADB_MUST_STOP = 1198;
const MUST_STOP_RECEIVER = 3021;
const MUST_STOP_CHANNEL = 3081;
const MUST_STOP_APPLIER = 3085;
const NO_PLACE_WITH_AUTO_POSITION = 1776;
const AUTO_POSITION_WITHOUT_GTIDS = 1777;

/** What a statement says of where to begin in the source's binary log. */
export interface PlaceChange {
  readonly file?: string;
  readonly position?: number;
}

/** Those settings that are named change; the others stay. */
export function changeSource(
  server: PretendServer,
  named: Partial<ReplicaSettings>,
  place: PlaceChange = {},
): number | null {
  const { receiver, applier } = server.running;
  const runs: Threads = { receiver: receiver.state !== 'stopped', applier: applier.state !== 'stopped' };
  const isMysql = server.options.family === 'mysql';
  // MariaDB: who is given a place goes by it (seen on 10.11).
  const leavesGtid = !isMysql && namesPlace(place) && named.gtid === undefined;
  const change: Partial<ReplicaSettings> = leavesGtid ? { ...named, gtid: 'off' } : named;
  const error = isMysql ? mysqlChangeError(server, runs, change, place) : mariadbChangeError(runs);
  if (error !== null) return error;
  const before = server.settings ?? (isMysql ? NEW_MYSQL_REPLICA : { ...NEW_MARIADB_REPLICA, ...server.forgotten });
  const after = changed(before, change, isMysql);
  const isElsewhere = after.host !== before.host || after.port !== before.port;
  if (isElsewhere) receiver.forgetSource();
  changeRelayLog(server, { change, place, usesGtid: after.gtid !== 'off', isElsewhere });
  if (changesReceiver(change)) receiver.heartbeats = 0;
  server.configure(after);
  return null;
}

function changed(before: ReplicaSettings, change: Partial<ReplicaSettings>, isMysql: boolean): ReplicaSettings {
  // Seen on 9.7 and 10.11: the other options stay, this one has to be told each time.
  const forgetsHeartbeat = !isMysql || changesReceiver(change);
  const kept = [...(before.others ?? [])].filter(([name]) => name !== 'HEARTBEAT_PERIOD' || !forgetsHeartbeat);
  return { ...before, ...change, others: new Map([...kept, ...(change.others ?? [])]) };
}

interface RelayLogChange {
  readonly change: Partial<ReplicaSettings>;
  readonly place: PlaceChange;
  readonly usesGtid: boolean;
  /** The source is another one. */
  readonly isElsewhere: boolean;
}

function changeRelayLog(server: PretendServer, { change, place, usesGtid, isElsewhere }: RelayLogChange): void {
  const { receiver, applier } = server.running;
  const { relayLog, options } = server;
  const stands = receiver.state === 'stopped' && applier.state === 'stopped';
  const goesOnAt = usesGtid ? null : placeOf(server, change, place, stands);
  // With a thread of it running MySQL keeps the relay log (manual 15.4.2.2).
  if (stands) relayLog.drop(options.family === 'mysql' ? 'change source' : 'change master', goesOnAt);
  else if (usesGtid && isElsewhere) relayLog.forgetSource();
  else if (!usesGtid && (namesPlace(place) || namesSource(change))) relayLog.readFrom(goesOnAt);
}

const namesPlace = ({ file, position }: PlaceChange): boolean => file !== undefined || position !== undefined;

const namesSource = ({ host, port }: Partial<ReplicaSettings>): boolean => host !== undefined || port !== undefined;

/**
 * Where it will begin: as it is told; who is told a source and no place begins with the oldest file, also when it is the same source; and what was received
 * and not applied is fetched again (MySQL manual 15.4.2.2; seen on 9.7 and 10.11).
 */
function placeOf(
  { relayLog }: PretendServer,
  change: Partial<ReplicaSettings>,
  { file, position }: PlaceChange,
  stands: boolean,
): LogPlace | null {
  const former = namesSource(change) ? null : stands ? relayLog.appliedAt : relayLog.readAt;
  if (file === undefined && position === undefined) return former;
  return {
    file: file ?? former?.file ?? '',
    position: Math.max(FIRST_POSITION, position ?? (file === undefined ? (former?.position ?? 0) : 0)),
  };
}

/** TLS where the source has it (seen on 9.7). */
const NEW_MYSQL_REPLICA: ReplicaSettings = { ...NO_REPLICA_SETTINGS, tls: true };

/** The default of `MASTER_USE_GTID` since 10.10. */
const NEW_MARIADB_REPLICA: ReplicaSettings = { ...NO_REPLICA_SETTINGS, gtid: 'slave-pos' };

const changesReceiver = (change: Partial<ReplicaSettings>): boolean =>
  Object.keys(change).some((name) => name !== 'delaySeconds' && name !== 'gtid');

function mysqlChangeError(
  { settings, options }: PretendServer,
  runs: Threads,
  change: Partial<ReplicaSettings>,
  place: PlaceChange,
): number | null {
  const gtid = change.gtid ?? settings?.gtid ?? 'off';
  if (namesPlace(place) && gtid !== 'off') return NO_PLACE_WITH_AUTO_POSITION;
  if (change.gtid === 'auto-position' && options.gtidMode === 'OFF') return AUTO_POSITION_WITHOUT_GTIDS;
  if (change.gtid !== undefined && (runs.receiver || runs.applier)) return MUST_STOP_CHANNEL;
  if (runs.receiver && (namesPlace(place) || changesReceiver(change))) return MUST_STOP_RECEIVER;
  return runs.applier && change.delaySeconds !== undefined ? MUST_STOP_APPLIER : null;
}

const mariadbChangeError = (runs: Threads): number | null => (runs.receiver || runs.applier ? MARIADB_MUST_STOP : null);
