/**
 * Recoveries: at most one open active period a server; that is the anti-flapping lock (spec/recovery.md 1.6).
 */
import { sameKey } from '../../model/instance-key.ts';
import { JOURNAL_END, type RecoveryOutcome, type RecoveryRecord } from '../../model/recovery-record.ts';
import type { RecoveryQuery, RecoveryStore } from '../../ports/decision-store.ts';
import { lastDetectionId } from './detections.ts';
import type { MemoryEngine } from './engine.ts';
import { isListed } from './recovery-query.ts';
import { newestFirst, nextId, pageOf } from './rows.ts';
import { storedDigest } from './stored-digest.ts';
import { storedKeyOrNull, storedKeys } from './stored-keys.ts';
import type { RecoveryRow, Tables } from './tables.ts';
import { readTime, readTimeOrZero, storedTime } from './timestamp.ts';

const ERROR_SEPARATOR = '\n';

const NOT_ENDED = {
  end: null,
  isSuccessful: false,
  successorKey: null,
  successorAlias: '',
  lostReplicas: [],
  participants: [],
  errors: [],
} as const;

/** One text in the column: an error of several lines comes back as several, an empty one not at all. */
function storedErrors(errors: readonly string[]): readonly string[] {
  const text = errors.join(ERROR_SEPARATOR);
  return text === '' ? [] : text.split(ERROR_SEPARATOR);
}

const storedOutcome = (outcome: RecoveryOutcome) => ({
  isSuccessful: outcome.successorKey !== null,
  successorKey: storedKeyOrNull(outcome.successorKey),
  successorAlias: outcome.successorAlias,
  lostReplicas: storedKeys(outcome.lostReplicas),
  participants: storedKeys(outcome.participants),
  errors: storedErrors(outcome.errors),
});

function recoveryOfRow({ endUnixSeconds, ...row }: RecoveryRow): RecoveryRecord {
  const { acknowledgement } = row;
  return {
    ...row,
    start: readTimeOrZero(row.start),
    end: readTime(row.end),
    acknowledgement: acknowledgement && { ...acknowledgement, at: readTimeOrZero(acknowledgement.at) },
  };
}

function isAskedFor(row: RecoveryRow, query: RecoveryQuery): boolean {
  if (query.uid !== undefined && row.uid !== query.uid) return false;
  if (query.unacknowledgedOnly === true && row.acknowledgement !== null) return false;
  return isListed(row, query);
}

/** Recoveries that have a journal and not its last line. */
function journalsWithoutEnd({ journal }: Tables): ReadonlySet<string> {
  const uids = new Set(journal.map((entry) => entry.uid));
  for (const { uid, stepId } of journal) if (stepId === JOURNAL_END) uids.delete(uid);
  return uids;
}

type RecordStore = Pick<
  RecoveryStore,
  'registerRecovery' | 'resolveRecovery' | 'recoveries' | 'activeRecoveries' | 'unfinishedRecoveries'
>;

export const recoveryRecordStore = (engine: MemoryEngine): RecordStore => ({
  registerRecovery: (uid, digest, { hostname, token }, at) =>
    engine.write((tables) => {
      const row: RecoveryRow = {
        ...NOT_ENDED,
        id: nextId(tables.recoveries),
        uid,
        digest: storedDigest(digest),
        inActivePeriod: true,
        start: storedTime(at),
        endUnixSeconds: 0,
        node: { hostname, token },
        acknowledgement: null,
        lastDetectionId: lastDetectionId(tables, digest.key),
      };
      if (tables.recoveries.some((other) => other.inActivePeriod && sameKey(other.digest.key, digest.key))) {
        return { kind: 'already-registered' };
      }
      tables.recoveries = [...tables.recoveries, row];
      return { kind: 'registered', record: recoveryOfRow(row) };
    }),

  resolveRecovery: (uid, outcome, at) =>
    engine.write((tables) => {
      if (!tables.recoveries.some((row) => row.uid === uid)) throw new Error(`there is no recovery ${uid} to resolve`);
      const ended = { ...storedOutcome(outcome), end: storedTime(at) };
      tables.recoveries = tables.recoveries.map((row) => (row.uid === uid ? { ...row, ...ended } : row));
    }),

  recoveries: (query) =>
    engine.read(({ recoveries }) =>
      pageOf(
        recoveries.filter((row) => isAskedFor(row, query)),
        query.page,
      ).map(recoveryOfRow),
    ),

  activeRecoveries: () =>
    engine.read(({ recoveries }) => newestFirst(recoveries.filter((row) => row.inActivePeriod)).map(recoveryOfRow)),

  unfinishedRecoveries: () =>
    engine.read((tables) => {
      const cut = journalsWithoutEnd(tables);
      const unfinished = tables.recoveries.filter((row) => row.end === null || cut.has(row.uid));
      return newestFirst(unfinished).map(recoveryOfRow);
    }),
});
