/**
 * Begins a clone. The statement is answered when all is copied, hours later, or never, since the server restarts at its end; so it has a connection of its own, and what
 * counts is what the server tells meanwhile. Once its own data are being deleted there is no way back, and it goes on whatever becomes of us: the connection may break, and
 * this process may end (seen on 9.7).
 */
import { millis } from '../model/brand.ts';
import { type CloneReading, type CloneRun, hasDroppedData } from '../model/clone-run.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Answer, ServerWire } from '../ports/server-wire.ts';
import type { Dialect } from './dialect.ts';
import { type EndSessionParts, endSession } from './end-session.ts';
import { type ExecuteResult, type ExecuteTimeouts, MAY_NOT_GO_ON, unableFailure } from './execute-commands.ts';
import { withoutSecrets } from './without-secrets.ts';

export type CloneCommand = Extract<ServerCommand, { readonly kind: 'clone' }>;

export interface BeginCloneParts extends EndSessionParts {
  /** What the server tells of its clone, on another connection. */
  readonly read: () => Promise<CloneReading>;
}

/** Longer than any clone: the connection is let go then, and the clone goes on. */
const ANSWER_MILLIS = 7 * 24 * 3_600_000;

const LOOK_MILLIS = millis(100);

/** "Restart server failed (mysqld is not managed by supervisor process)": all is copied, and the server has shut down. */
const NO_SUPERVISOR = 3707;

/** Done: its own data are being deleted, or are already replaced. */
export async function beginClone(
  parts: BeginCloneParts,
  command: CloneCommand,
  dialect: Dialect,
  { connectMillis, deadlineMillis, mayGoOn }: ExecuteTimeouts,
): Promise<ExecuteResult> {
  const { connections, clock, read } = parts;
  const failed = (failure: ServerFailure, mayStillLand = false): ExecuteResult => {
    return { kind: 'failed', failure: withoutSecrets(failure, command), completed: 0, mayStillLand };
  };
  const statements = dialect.render(command);
  if ('cannot' in statements) return failed(unableFailure(statements));
  if ('reads' in statements) throw new Error('a clone is one statement');
  const before = await read();
  if (before.kind === 'failed') return failed(before.failure);
  const former = before.kind === 'read' ? (before.facts.last?.beganAt ?? '') : '';
  const isBegun = async (): Promise<boolean | null> => {
    const now = await read();
    if (now.kind === 'failed') return null;
    return now.kind === 'read' && hasBegunSince(now.facts.last, former);
  };
  const acquired = await connections.acquire(connectMillis);
  if (acquired.kind === 'failed') return failed(acquired.failure);
  const { connection } = acquired;
  if (mayGoOn?.() === false) {
    connections.release(connection);
    return failed(MAY_NOT_GO_ON);
  }
  const answerOf = ask(connection, statements.join('; '), () => connections.discard(connection));
  const endAt = clock.monotonic() + deadlineMillis;
  while (clock.monotonic() < endAt) {
    const answer = answerOf();
    const begun = await isBegun();
    if (begun === true || answer?.kind === 'complete') return BEGUN;
    // One that has lost its connection may restart with its new data: it tells when it is back.
    const isTold = answer !== null && (answer.failure.kind === 'server-error' || begun !== null);
    if (isTold)
      return answer.failure.kind === 'server-error' ? refusedOr(answer.failure, failed) : failed(answer.failure);
    await clock.sleep(LOOK_MILLIS);
  }
  // It waits for a lock, perhaps: it must not begin when everybody believes that it does not.
  const isEnded = await endSession(parts, connection.session, connectMillis);
  return (await isBegun()) === true ? BEGUN : failed(TOO_LONG, !isEnded);
}

const hasBegunSince = (last: CloneRun | null, former: string): boolean =>
  last !== null && last.beganAt !== former && hasDroppedData(last);

const BEGUN: ExecuteResult = { kind: 'done', lastRows: [], refused: [] };

const refusedOr = (
  failure: Extract<ServerFailure, { kind: 'server-error' }>,
  failed: (failure: ServerFailure) => ExecuteResult,
): ExecuteResult => (failure.number === NO_SUPERVISOR ? BEGUN : failed(failure));

/** Nobody waits for the answer: whoever wants it looks whether it has come. */
function ask(connection: ServerWire, sql: string, ended: () => void): () => Answer | null {
  let answer: Answer | null = null;
  void connection.ask(sql, ANSWER_MILLIS).then((come) => {
    answer = come;
    ended();
  });
  return () => answer;
}

const TOO_LONG: ServerFailure = { kind: 'timeout', phase: 'answer', text: 'the clone has not begun in time' };
