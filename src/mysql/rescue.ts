/**
 * A server fetches what another one alone has (D9), by a channel that is there for that alone. Whatever comes of it, the channel is gone afterwards: nobody would know of it, and it would go on
 * fetching.
 */
import { errorText } from '../model/error-text.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { ServerWire } from '../ports/server-wire.ts';
import type { Dialect, RescueStatements } from './dialect.ts';
import type { EndSessionParts } from './end-session.ts';
import { type ExecuteResult, type ExecuteTimeouts, MAY_NOT_GO_ON, unableFailure } from './execute-commands.ts';
import { numberOf, textOf } from './row-values.ts';
import { withoutSecrets } from './without-secrets.ts';

export type RescueCommand = Extract<ServerCommand, { readonly kind: 'rescue' }>;

/** For each statement; the one that waits is answered within a second. */
const ANSWER_MILLIS = 15_000;

/** An error of the receiver that goes away by itself does so within this: the other server may be starting. */
const CONNECT_PATIENCE_MILLIS = 10_000;

/** `deadlineMillis`: for all of it. What was applied when it fails stays applied, and is whole transactions. */
export async function rescue(
  parts: EndSessionParts,
  command: RescueCommand,
  dialect: Dialect,
  timeouts: ExecuteTimeouts,
): Promise<ExecuteResult> {
  const statements = dialect.rescue?.(command.options);
  const failed = (failure: ServerFailure, mayStillLand = false): ExecuteResult => {
    return { kind: 'failed', failure: withoutSecrets(failure, command), completed: 0, mayStillLand };
  };
  if (statements === undefined) {
    const rendered = dialect.render(command);
    return failed(unableFailure('cannot' in rendered ? rendered : { cannot: 'it has no channels' }));
  }
  const acquired = await parts.connections.acquire(timeouts.connectMillis);
  if (acquired.kind === 'failed') return failed(acquired.failure);
  const { connection } = acquired;
  const failure = await fetchOn(connection, statements, parts, timeouts).catch(
    (error: unknown): ServerFailure => ({ kind: 'network', phase: 'answer', code: 'DEFECT', text: errorText(error) }),
  );
  parts.connections.release(connection);
  const isEnded = await endChannel(statements, parts, timeouts.connectMillis);
  if (failure !== null) return failed(failure, !isEnded);
  return isEnded ? { kind: 'done', lastRows: [], refused: [] } : failed(LEFT, true);
}

/** Null: all of it is applied. */
async function fetchOn(
  connection: ServerWire,
  statements: RescueStatements,
  { clock }: EndSessionParts,
  { deadlineMillis, mayGoOn }: ExecuteTimeouts,
): Promise<ServerFailure | null> {
  const endAt = clock.monotonic() + deadlineMillis;
  if (mayGoOn?.() === false) return MAY_NOT_GO_ON;
  const refused = await beginOn(connection, statements);
  if (refused !== null) return refused;
  let connectingSince: number | null = null;
  for (;;) {
    const look = await lookOnce(connection, statements);
    if (look.kind === 'applied') return null;
    if (look.kind === 'failed') return look.failure;
    const now = clock.monotonic();
    connectingSince = look.receiver === null ? null : (connectingSince ?? now);
    const tries = connectingSince === null ? 0 : now - connectingSince;
    if (tries > CONNECT_PATIENCE_MILLIS) return look.receiver;
    if (mayGoOn?.() === false) return MAY_NOT_GO_ON;
    if (now > endAt) return TOO_LONG;
  }
}

async function beginOn(connection: ServerWire, { begin, end }: RescueStatements): Promise<ServerFailure | null> {
  // One that a process left which died in the middle.
  for (const statement of end) await connection.ask(statement, ANSWER_MILLIS);
  for (const statement of begin) {
    const begun = await connection.ask(statement, ANSWER_MILLIS);
    if (begun.kind === 'failed') return begun.failure;
  }
  return null;
}

type Look =
  | { readonly kind: 'applied' }
  | { readonly kind: 'failed'; readonly failure: ServerFailure }
  /** It goes on; what keeps its receiver from connecting, if anything does. */
  | { readonly kind: 'waits'; readonly receiver: ServerFailure | null };

async function lookOnce(connection: ServerWire, { wait, status, workers }: RescueStatements): Promise<Look> {
  const waited = await connection.ask(wait, ANSWER_MILLIS);
  if (waited.kind === 'failed') return waited;
  if (Number(waited.results[0]?.[0]?.['waited']) === 0) return { kind: 'applied' };
  const seen = await connection.ask(status, ANSWER_MILLIS);
  if (seen.kind === 'failed') return seen;
  const row = seen.results[0]?.[0];
  const applier = errorOf(row, 'SQL');
  if (applier === null) return { kind: 'waits', receiver: errorOf(row, 'IO') };
  const asked = await connection.ask(workers, ANSWER_MILLIS);
  const [worker] = asked.results[0] ?? [];
  return {
    kind: 'failed',
    failure: worker === undefined ? applier : serverError(numberOf(worker, 'number'), textOf(worker, 'text')),
  };
}

type Row = Readonly<Record<string, unknown>> | undefined;

function errorOf(row: Row, thread: 'IO' | 'SQL'): ServerFailure | null {
  const number = numberOf(row, `Last_${thread}_Errno`);
  return number === 0 ? null : serverError(number, textOf(row, `Last_${thread}_Error`));
}

const serverError = (number: number, text: string): ServerFailure => {
  return { kind: 'server-error', phase: 'answer', number, sqlState: 'HY000', text };
};

/** On whichever connection there is: the one before may be lost. False: the channel may be there still. */
async function endChannel(
  { end }: RescueStatements,
  { connections }: EndSessionParts,
  connectMillis: number,
): Promise<boolean> {
  const acquired = await connections.acquire(connectMillis);
  if (acquired.kind === 'failed') return false;
  let isEnded = true;
  for (const statement of end) {
    const answer = await acquired.connection.ask(statement, ANSWER_MILLIS);
    isEnded = answer.kind === 'complete' || answer.failure.kind === 'server-error';
  }
  connections.release(acquired.connection);
  return isEnded;
}

const TOO_LONG: ServerFailure = { kind: 'timeout', phase: 'answer', text: 'not all of it was applied in time' };

const LEFT: ServerFailure = {
  kind: 'network',
  phase: 'answer',
  code: 'CHANNEL_LEFT',
  text: "the channel orchestrator_rescue may be there still: RESET REPLICA ALL FOR CHANNEL 'orchestrator_rescue'",
};
