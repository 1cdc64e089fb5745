/**
 * Discovery, maintenance locks, downtime (spec/cli.md 2.3, "Instance management").
 */
import { type Seconds, seconds } from '../../model/brand.ts';
import { instanceKeyText, sameKey } from '../../model/instance-key.ts';
import {
  type CommandContext,
  type CommandGroup,
  type CommandResult,
  command,
  done,
  echoInstance,
  fatal,
  linesOf,
  withOwner,
} from '../command.ts';
import { parseSimpleTime } from '../simple-time.ts';
import { keyToForget } from '../targets.ts';

/** How long maintenance and downtime last when nobody says (5.5). */
const DEFAULT_DURATION = seconds(600);

/** Prints the key as the server reports itself. What was typed is not completed: a new server may be part of a known name. */
async function discover({ calls, typedKey, localInstance }: CommandContext): Promise<CommandResult> {
  const key = typedKey ?? localInstance;
  const outcome = await calls.discover(key);
  if (outcome.kind === 'ok' && outcome.value === null)
    return fatal(`${instanceKeyText(key)} is excluded from discovery`);
  return linesOf(outcome, (found) => [instanceKeyText(found?.key ?? key)]);
}

/** The local host is never forgotten for want of an argument. */
async function forget(context: CommandContext): Promise<CommandResult> {
  const key = keyToForget(context);
  if (key === null) return fatal(`Cannot deduce instance: ${context.typed}`);
  return linesOf(await context.calls.forget(key), () => [instanceKeyText(key)]);
}

interface Mark {
  readonly owner: string;
  readonly reason: string;
  readonly duration: Seconds;
}

/** Checks `--reason` and `--duration`, in this order, then runs. */
async function withMark(context: CommandContext, run: (mark: Mark) => Promise<CommandResult>): Promise<CommandResult> {
  const { reason, duration: text } = context.flags;
  if (reason === '') return fatal('--reason option required');
  const time = text === '' ? { kind: 'ok' as const, seconds: DEFAULT_DURATION } : parseSimpleTime(text);
  if (time.kind === 'refused') return fatal(time.reason);
  const duration = time.seconds === 0 ? DEFAULT_DURATION : time.seconds;
  return withOwner(context, (owner) => run({ owner, reason, duration }));
}

function beginMaintenance(context: CommandContext): Promise<CommandResult> {
  return withMark(context, async ({ owner, reason, duration }) =>
    echoInstance(await context.calls.beginMaintenance(context.instance, owner, reason, duration), context),
  );
}

function beginDowntime(context: CommandContext): Promise<CommandResult> {
  return withMark(context, async ({ owner, reason, duration }) =>
    echoInstance(await context.calls.beginDowntime(context.instance, owner, reason, duration), context),
  );
}

async function inMaintenance({ calls, instance }: CommandContext): Promise<CommandResult> {
  const held = (await calls.maintenance()).some(({ key, end }) => sameKey(key, instance) && end > calls.now());
  return done(...(held ? [instanceKeyText(instance)] : []));
}

export const instanceManagement: CommandGroup = {
  heading: 'Instance management',
  rows: [
    command('discover', 'Read an instance and remember it', ['instance?'], discover),
    command('forget', 'Forget an instance', ['instance'], forget),
    command(
      'begin-maintenance',
      'Lock an instance against other operations',
      ['instance?', 'reason', 'duration?', 'owner?'],
      beginMaintenance,
    ),
    command('end-maintenance', 'Release the lock of an instance', ['instance?'], async (context) =>
      echoInstance(await context.calls.endMaintenance(context.instance), context),
    ),
    command('in-maintenance', 'Print the instance if it is locked', ['instance?'], inMaintenance),
    command(
      'begin-downtime',
      'Mark an instance as downtimed',
      ['instance?', 'reason', 'duration?', 'owner?'],
      beginDowntime,
    ),
    command('end-downtime', 'End the downtime of an instance', ['instance?'], async (context) =>
      echoInstance(await context.calls.endDowntime(context.instance), context),
    ),
  ],
};
