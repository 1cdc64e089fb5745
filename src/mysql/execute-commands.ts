/**
 * Commands sent to one server, one after another, on a connection apart from the probe's; and what becomes of one that got no answer (D12).
 */
import { commandText, mayBeRefused, type ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Rows } from '../ports/server-wire.ts';
import type { CommandConnections } from './command-connections.ts';
import type { CannotRender, Dialect, ToldReplica } from './dialect.ts';
import { endSession } from './end-session.ts';
import { type HealOptions, type Rendered, sendOrHeal } from './send-command.ts';
import { withoutSecrets } from './without-secrets.ts';

export type ExecuteResult =
  /** `refused`: what the server would not execute, at first or at all, and all is done that had to be. */
  | { readonly kind: 'done'; readonly lastRows: Rows; readonly refused: readonly ServerFailure[] }
  | {
      readonly kind: 'failed';
      readonly failure: ServerFailure;
      readonly completed: number;
      readonly mayStillLand: boolean;
    };

export interface ExecuteTimeouts {
  readonly connectMillis: number;
  /** For all of them. */
  readonly deadlineMillis: number;
  readonly mayGoOn?: () => boolean;
}

export interface ExecuteParts {
  readonly connections: CommandConnections;
  readonly clock: Clock;
  /** Ours: its own sessions are not those of clients. */
  readonly account: string;
  readonly replica: ToldReplica;
}

/**
 * Stops at the first that fails. Nothing is sent when a server of the family cannot do one of them: half of a plan's step would be done.
 *
 * A command that got no answer may wait on the server and take effect later (D12), so its session is ended before this returns; `mayStillLand` is true when it
 * is not known that it has ended.
 */
export async function executeCommands(
  parts: ExecuteParts,
  commands: readonly ServerCommand[],
  dialect: Dialect,
  timeouts: ExecuteTimeouts,
): Promise<ExecuteResult> {
  const { connections, clock, account, replica } = parts;
  const rendered = renderAll(commands, dialect, replica);
  if ('cannot' in rendered) {
    return { kind: 'failed', failure: unableFailure(rendered), completed: 0, mayStillLand: false };
  }
  const acquired = await connections.acquire(timeouts.connectMillis);
  if (acquired.kind === 'failed') {
    return { kind: 'failed', failure: acquired.failure, completed: 0, mayStillLand: false };
  }
  const { connection } = acquired;
  const endAt = clock.monotonic() + timeouts.deadlineMillis;
  const remainingMillis = (): number => Math.max(1, endAt - clock.monotonic());
  const refused: ServerFailure[] = [];
  const sending = sendingIn(dialect, {
    account,
    channel: replica.channel,
    remainingMillis,
    onHealing: (refusal) => refused.push(refusal),
  });
  let lastRows: Rows = [];
  let isSpoilt = false;
  try {
    for (const [completed, command] of commands.entries()) {
      const statements = rendered[completed] ?? [];
      if ('length' in statements && statements.length === 0) continue;
      if (timeouts.mayGoOn?.() === false)
        return { kind: 'failed', failure: MAY_NOT_GO_ON, completed, mayStillLand: false };
      const answer = await sendOrHeal(connection, statements, sending(command));
      if (answer.kind === 'failed') {
        isSpoilt = changesSession(command);
        const isAnswered = answer.failure.kind === 'server-error';
        if (isAnswered && mayBeRefused(command)) {
          // Some of their words name nothing: "you need the SUPER privilege for this operation".
          refused.push({ ...answer.failure, text: `${commandText(command)}: ${answer.failure.text}` });
          continue;
        }
        const mayStillLand = !isAnswered && !(await endSession(parts, connection.session, timeouts.connectMillis));
        return { kind: 'failed', failure: withoutSecrets(answer.failure, command), completed, mayStillLand };
      }
      lastRows = answer.results.at(-1) ?? [];
    }
    return { kind: 'done', lastRows, refused };
  } finally {
    if (isSpoilt) connections.discard(connection);
    else connections.release(connection);
  }
}

/** How a command is sent to servers of this family. */
function sendingIn(
  dialect: Dialect,
  {
    channel,
    ...options
  }: Pick<HealOptions, 'account' | 'remainingMillis' | 'onHealing'> & { readonly channel: string },
): (command: ServerCommand) => HealOptions {
  return (command) => ({
    ...options,
    doneAlready: dialect.doneAlready ?? [],
    onePerPacket: dialect.understandsLittle === true,
    healing: (errorNumber) => dialect.heal?.(command, errorNumber, channel) ?? null,
  });
}

function renderAll(
  commands: readonly ServerCommand[],
  dialect: Dialect,
  replica: ToldReplica,
): readonly Rendered[] | CannotRender {
  const rendered: Rendered[] = [];
  for (const command of commands) {
    const statements = dialect.render(command, replica);
    if ('cannot' in statements) return statements;
    rendered.push(statements);
  }
  return rendered;
}

/**
 * Ends its session as it began, unless it fails midway. A session that is left with a GTID of its own, or with the name of a channel, would give the next
 * transaction that GTID, or tell another channel what was meant for this one.
 */
const changesSession = ({ kind }: ServerCommand): boolean => kind === 'inject-empty' || kind === 'skip-event';

export const MAY_NOT_GO_ON: ServerFailure = {
  kind: 'network',
  phase: 'connect',
  code: 'MAY_NOT_GO_ON',
  text: 'this node may not act any more',
};

export const unableFailure = ({ cannot: text }: CannotRender): ServerFailure => {
  return { kind: 'network', phase: 'connect', code: 'UNABLE', text };
};
