/**
 * `START`, `STOP` and `RESET REPLICA` (MySQL manual 15.4.2; knowledge base, "Replication Commands").
 */

import type { LogPlace } from '../../server/log-place.ts';
import {
  BOTH,
  resetReplica,
  resetReplicaAll,
  startReplica,
  stopReplica,
  type Threads,
} from '../../server/replica-commands.ts';
import type { SqlOutcome } from '../../sql-session.ts';
import { needsPrivilege, noBinaryLog, wrongUntil } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { SqlRefusal } from '../sql-refusal.ts';
import { type Asking, type Execution, OK, type Statement } from '../statement.ts';
import { ofChannel } from './channel.ts';

const isPrivileged = ({ session }: Asking): boolean => session.privilege === 'privileged';

/** Only who may administrate replicas; the others hear which privilege they need. */
const asReplicaAdmin =
  (run: Statement): Statement =>
  (on) => {
    if (isPrivileged(on)) whenItCanBeWritten(run)(on);
    else on.done(needsPrivilege(on.family.privileges.replicaAdmin));
  };

/** What a replica is told is written to its tables and files: it waits for a disk that stalls, and ends all the same when its client is gone. */
export const whenItCanBeWritten =
  (run: Statement): Statement =>
  (on) => {
    const { storage, running } = on.server;
    if (storage.fault === null) {
      run(on);
      return;
    }
    storage.write(running.process, () => run(on));
    on.waits(
      () => on.family.waitStates.stopReplica,
      () => false,
    );
  };

const outcomeOf = (error: number | null, { family }: Asking): SqlOutcome =>
  error === null ? OK : family.messages.replicaCommand(error);

export function readStart(reader: TokenReader, family: FamilySql): Statement {
  reader.expectWords('START');
  const threads = readThreads(reader, family);
  const until = reader.words('UNTIL') ? readUntil(reader, family) : null;
  return ofChannel(
    reader,
    asReplicaAdmin((on) => on.done(outcomeOf(startReplica(on.server, threads, until), on))),
  );
}

/** Both, in any order, or the statement is refused. */
function readUntil(reader: TokenReader, { changeSource: { prefix }, replicaWords }: FamilySql): LogPlace {
  const named = new Map(
    reader.list(() => {
      const { upper } = reader.next();
      if (upper !== `${prefix}LOG_FILE` && upper !== `${prefix}LOG_POS`) throw reader.failure(-1);
      reader.expectSymbol('=');
      return [upper.slice(prefix.length), reader.next().text] as const;
    }),
  );
  const [file, position] = [named.get('LOG_FILE'), named.get('LOG_POS')];
  if (file === undefined || position === undefined) throw new SqlRefusal(wrongUntil(replicaWords[0] ?? ''));
  return { file, position: Number(position) };
}

export function readStop(reader: TokenReader, family: FamilySql): Statement {
  reader.expectWords('STOP');
  // MariaDB, of all its connections: there is one here.
  if (family.family === 'mariadb' && reader.words('ALL', 'SLAVES')) return asReplicaAdmin((on) => stop(BOTH, on));
  const threads = readThreads(reader, family);
  return ofChannel(
    reader,
    asReplicaAdmin((on) => stop(threads, on)),
  );
}

function stop(threads: Threads, on: Execution): void {
  const waiting = stopReplica(on.server, threads, () => on.done(OK));
  on.waits(
    () => on.family.waitStates.stopReplica,
    () => {
      waiting.cancel();
      return true;
    },
  );
}

export function readReset(reader: TokenReader, family: FamilySql): Statement {
  reader.expectWords('RESET');
  if (family.resetBinlogWords.some((words) => reader.words(...words))) return resetBinlog(family);
  expectReplica(reader, family);
  const isAll = reader.words('ALL');
  const reset: Statement = (on) => {
    on.done(outcomeOf(isAll ? resetReplicaAll(on.server) : resetReplica(on.server), on));
  };
  return ofChannel(reader, (on) => {
    if (!isPrivileged(on)) on.done(needsPrivilege(family.privileges.reload));
    else whenItCanBeWritten(reset)(on);
  });
}

function resetBinlog(family: FamilySql): Statement {
  const reset: Statement = (on) => {
    on.server.resetBinaryLogs();
    on.done(OK);
  };
  return (on) => {
    if (!isPrivileged(on)) on.done(needsPrivilege(family.privileges.reload));
    else if (on.server.options.logBin) whenItCanBeWritten(reset)(on);
    else on.done(noBinaryLog());
  };
}

function expectReplica(reader: TokenReader, family: FamilySql): void {
  if (!family.replicaWords.some((word) => reader.words(word))) throw reader.failure();
}

const THREADS: ReadonlyMap<string, Threads> = new Map([
  ['IO_THREAD', { receiver: true, applier: false }],
  ['SQL_THREAD', { receiver: false, applier: true }],
]);

function readThreads(reader: TokenReader, family: FamilySql): Threads {
  expectReplica(reader, family);
  const named = [...THREADS].filter(([word]) => {
    const is = reader.words(word);
    if (is) reader.symbol(',');
    return is;
  });
  const [only] = named;
  return only === undefined || named.length > 1 ? BOTH : only[1];
}
