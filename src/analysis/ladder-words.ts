/**
 * What each line of the ladder asks for, in words (spec/failure-detection.md 8.1 and 8.2): for people who want to know why a server was called what it was.
 */
import type { LadderLine } from './ladder.ts';

const PRIMARY_DEAD = 'it is a primary and does not answer';
const PRIMARY_LIVES = 'it is a primary and answers';
const BETWEEN_DEAD = 'it is an intermediate primary and does not answer';
const BETWEEN_LIVES = 'it is an intermediate primary and answers';
const CO_DEAD = 'it is a co-primary and does not answer';

const WORDS: ReadonlyMap<LadderLine['line'], string> = new Map<LadderLine['line'], string>([
  [1, `${PRIMARY_DEAD}, and has no replicas`],
  [2, `${PRIMARY_DEAD}; all replicas answer, and none of them replicates`],
  [3, `${PRIMARY_DEAD}, nor does any replica`],
  [4, `${PRIMARY_DEAD}, nor do some replicas; of the others none replicates`],
  [5, `${PRIMARY_DEAD}; every replica lags, and some replicate`],
  [6, `${PRIMARY_DEAD}, and some replicas replicate`],
  [7, `${PRIMARY_DEAD} in full; some replicas replicate, and some cannot connect to it`],
  [8, 'it is a primary that waits for more acknowledgements than it has semi-sync replicas'],
  [9, 'it is a primary with more semi-sync replicas than it waits for, and EnforceExactSemiSyncReplicas is set'],
  [10, `${PRIMARY_LIVES}, has replicas and is read-only, and RecoverNonWriteableMaster is set`],
  [11, `${PRIMARY_LIVES}; its only replica answers and does not replicate`],
  [12, `${PRIMARY_LIVES}; its only replica does not answer`],
  [13, `${PRIMARY_LIVES}; all replicas answer, and none of them replicates`],
  [14, `${PRIMARY_LIVES}; some replicas do not answer, and none of the others replicates`],
  [15, `${CO_DEAD}; all replicas answer, and none of them replicates`],
  [16, `${CO_DEAD}, nor do some replicas; of the others none replicates`],
  [17, `${CO_DEAD}, and some replicas replicate`],
  [18, 'it is a co-primary and answers, and no replica replicates'],
  [19, `${BETWEEN_DEAD}; its only replica cannot connect to it`],
  [20, `${BETWEEN_DEAD}; its only replica answers and does not replicate`],
  [21, `${BETWEEN_DEAD}; all replicas answer, and none of them replicates`],
  [22, `${BETWEEN_DEAD}, nor do some replicas; of the others none replicates`],
  [23, `${BETWEEN_DEAD}, nor does any replica`],
  [24, `${BETWEEN_DEAD}; every replica lags, and some replicate`],
  [25, `${BETWEEN_DEAD}, and some replicas replicate`],
  [26, `${BETWEEN_LIVES}; every replica that answers cannot connect to it`],
  [27, `${BETWEEN_LIVES}; no replica that answers replicates`],
  [28, 'it is a binlog server and cannot connect to its source'],
  [29, 'it replicates from the primary of the cluster and cannot connect to it'],
  ['write-probe', `${PRIMARY_LIVES}, and what is written to it is not committed`],
  [
    'restarted',
    'it is a primary, or one of two, and answers, has replicas and is read-only, and took writes until it was started anew',
  ],
  ['group', 'it is a member of a replication group and does not answer; it has replicas, and none of them replicates'],
]);

/** Null, the line that none held: nothing is wrong. */
export const lineInWords = (line: LadderLine['line'] | null): string =>
  line === null ? 'no line of the ladder holds' : (WORDS.get(line) ?? '');
