/**
 * Where in its binary log a source begins to send to a replica, or what it says that it cannot: by what the replica has, or by a file and a position (each text was
 * seen on 9.7 and 10.11).
 */
import { isEmpty, subtract } from '../../model/gtid-set.ts';
import { gtidSetText } from '../../model/gtid-set-text.ts';
import type { MariadbGtid } from '../../model/mariadb-gtid.ts';
import { NOT_UNDERSTOOD } from './binlog-router-words.ts';
import type { ToSource } from './dump-messages.ts';
import { type Position, positionHas } from './gtid-position.ts';
import type { History } from './history.ts';
import type { LogPlace } from './log-place.ts';
import { OracleState } from './oracle-gtid-state.ts';
import type { ServerOptions } from './server-options.ts';

/** `next`: the first transaction that may have to be sent, counted as the binary log does. */
export type DumpStart =
  | { readonly kind: 'begins'; readonly next: number }
  | { readonly kind: 'refused'; readonly text: string };

interface Source {
  readonly history: History;
  readonly options: ServerOptions;
}

const MORE_THAN_SOURCE =
  "Replica has more GTIDs than the source has, using the source's SERVER_UUID. This may indicate that the the last binary log file was truncated or lost, e.g., after a power failure when sync_binlog != 1.";

/** MariaDB, where its binary log goes further than what the replica names. */
const HAS_DIVERGED =
  ". Since the master's binlog contains GTIDs with higher sequence numbers, it probably means that the slave has diverged due to executing extra erroneous transactions";

const NOT_OPEN = 'Binary log is not open';

const TOO_OLD =
  'Could not find GTID state requested by slave in any binlog files. Probably the slave state is too old and required binlog files have been purged.';

/** What is read before it is seen that there is no event: 19 bytes; MySQL has read the first event of the file before. */
const EVENT_HEADER_BYTES = 19;
const FORMAT_DESCRIPTION_END = 127;

const refused = (text: string): DumpStart => ({ kind: 'refused', text });

export function dumpStart(dump: Extract<ToSource, { kind: 'dump' }>, source: Source): DumpStart {
  const { options, history } = source;
  if (!options.logBin) return refused(NOT_OPEN);
  if (!dump.usesGtid) return placeStart(dump.from, source);
  // MaxScale does not know the command by which replicas of MySQL ask for GTIDs.
  if (options.isBinlogServer) return refused(NOT_UNDERSTOOD);
  const refusal = purgedRefusal(dump.has, source) ?? gtidRefusal(dump.has, source);
  return refusal === null ? { kind: 'begins', next: history.binlog.purgedCount } : refused(refusal);
}

/** By file and position it begins exactly there, or nowhere. */
function placeStart(from: LogPlace, { history, options }: Source): DumpStart {
  const found = history.find(from);
  const { file, position } = from;
  const isMysql = options.family === 'mysql';
  switch (found.kind) {
    case 'transaction':
      return { kind: 'begins', next: found.next };
    case 'no-such-file':
      return refused('Could not find first log file name in binary log index file');
    case 'beyond-the-end':
      return refused(
        isMysql
          ? 'Client requested source to start replication from position > file size'
          : `Client requested master to start replication from impossible position; the first event '${file}' at ${position}, the last event read from '${file}' at 4, the last byte read from '${file}' at 4.`,
      );
    case 'inside-an-event': {
      const read = isMysql
        ? `the last event read from './${file}' at ${FORMAT_DESCRIPTION_END}, the last byte read from './${file}'`
        : `the last event read from '${file}' at ${position}, the last byte read from '${file}'`;
      const end = position + EVENT_HEADER_BYTES;
      return refused(`bogus data in log event; the first event '${file}' at ${position}, ${read} at ${end}.`);
    }
  }
}

/** What it lacks is in files that are gone. */
function purgedRefusal(has: Position, { history, options }: Source): string | null {
  if (has.family === 'oracle') {
    const missing = history.gtids instanceof OracleState ? subtract(history.gtids.purged, has.set) : null;
    if (missing === null || isEmpty(missing)) return null;
    return `Cannot replicate because the source purged required binary logs. Replicate the missing transactions from elsewhere, or provision a new replica from backup. Consider increasing the source's binary log expiration period. The GTID set sent by the replica is '${gtidSetText(has.set)}', and the missing transactions are '${gtidSetText(missing)}'`;
  }
  const purged = history.log.slice(0, history.binlog.purgedCount);
  const isMissing = purged.some(({ gtid }) => !positionHas(has, gtid));
  return isMissing && options.family === 'mariadb' ? TOO_OLD : null;
}

/**
 * MariaDB finds its place by the replica's last GTID; one that it does not know means that the two have diverged. MySQL compares sets, and refuses who has more of
 * its own transactions than itself: it has lost some.
 */
function gtidRefusal(has: Position, { history, options }: Source): string | null {
  if (has.family === 'oracle') {
    const next = history.nextGtid();
    const theirs = has.set.entries.find(({ uuid, tag }) => uuid === options.uuid && tag === '')?.bounds.at(-1) ?? 0;
    return next.family === 'oracle' && theirs >= next.number ? MORE_THAN_SOURCE : null;
  }
  const unknown = has.position.gtids.find((gtid) => isUnknown(gtid, history));
  if (unknown === undefined) return null;
  const { domain, server, sequence } = unknown;
  const isPassed = lastOf(domain, history) >= sequence;
  return `Error: connecting slave requested to start from GTID ${domain}-${server}-${sequence}, which is not in the master's binlog${isPassed ? HAS_DIVERGED : ''}`;
}

/** Of a domain of which it has nothing at all it sends everything. */
const isUnknown = (gtid: MariadbGtid, history: History): boolean =>
  lastOf(gtid.domain, history) > 0 && !history.hasLogged({ family: 'mariadb', ...gtid });

/** Sequence number; 0: none. */
function lastOf(domain: number, { log }: History): number {
  const last = log.findLast(({ gtid }) => gtid.family === 'mariadb' && gtid.domain === domain)?.gtid;
  return last?.family === 'mariadb' ? last.sequence : 0;
}
