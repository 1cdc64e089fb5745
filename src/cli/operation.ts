/**
 * Commands that are operations: a request is made of the arguments, the service carries it out (or shows its plan, `--dry-run`), and lines follow from its report.
 */
import { compileRegularExpression } from '../config/regular-expression.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { OperationRequest } from '../planning/operations/operation-request.ts';
import type { OperationOutcome, OperationReport, PlanOutcome, Refusal } from '../service/calls.ts';
import { doneServers, failureText, newSourceOf, partTexts } from '../service/operation-figures.ts';
import { planLines } from '../service/operation-text.ts';
import { rejectedText } from '../service/operation-words.ts';
import { printable } from '../service/printable.ts';
import type { Argument } from './arguments.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandRow,
  command,
  done,
  fatal,
  instanceNotFound,
} from './command.ts';

type Fatal = Extract<CommandResult, { readonly kind: 'fatal' }>;

export type Asked = { readonly kind: 'ask'; readonly request: OperationRequest } | Fatal;

interface OperationWork {
  readonly ask: (context: CommandContext) => Asked;
  /** Default: I, which is all that most commands say. */
  readonly lines?: (report: OperationReport, context: CommandContext) => readonly string[];
  /**
   * When some servers are where they should be and some are not. `printed`: the lines of those that are, an ERROR for each of the others, and the status is 0
   * (spec/cli.md 2.1, bulk commands). `fatal`: one message that names all of them, and no line. `both`: lines, and the message. Default: `fatal`.
   */
  readonly partly?: 'printed' | 'fatal' | 'both';
  /** What stands around the message of a failure. */
  readonly failure?: (refusal: Refusal, context: CommandContext) => string;
}

/** A row of the table; it knows `--dry-run`. */
export function operation(
  name: string,
  description: string,
  needs: readonly Argument[],
  work: OperationWork,
  notes?: string,
): CommandRow {
  return { ...command(name, description, needs, (context) => run(work, context), notes), canDryRun: true };
}

async function run(work: OperationWork, context: CommandContext): Promise<CommandResult> {
  const asked = work.ask(context);
  if (asked.kind === 'fatal') return asked;
  const { calls, flags } = context;
  const mistake = patternMistake(asked.request);
  if (mistake !== null) context.log.error(mistake);
  return flags['dry-run']
    ? shown(await calls.planOperation(asked.request), work, context)
    : told(await calls.operate(asked.request), work, context);
}

/** A pattern that is none fits nobody, and that is no failure (contract, 5.6): without a word it would look as if there were nobody to move. */
function patternMistake(request: OperationRequest): string | null {
  if (!('pattern' in request)) return null;
  const compilation = compileRegularExpression(request.pattern);
  return compilation.kind === 'compiled'
    ? null
    : printable(`Cannot read the pattern ${request.pattern}: ${compilation.reason}; it fits nobody`);
}

function shown(outcome: PlanOutcome, work: OperationWork, context: CommandContext): CommandResult {
  if (outcome.kind === 'refused') return refused(outcome, work, context);
  return done(...planLines(outcome.plan, context.calls.shownSteps(outcome.plan)));
}

function told(outcome: OperationOutcome, work: OperationWork, context: CommandContext): CommandResult {
  if (outcome.kind === 'refused') return refused(outcome, work, context);
  const { report } = outcome;
  const linesOf = work.lines ?? instanceLine;
  // At the level that is shown unless somebody wishes otherwise: a server that was not started again must not hide behind a success.
  for (const problem of report.problems) context.log.error(printable(problem));
  if (outcome.kind === 'done') return done(...linesOf(report, context));
  const { code } = outcome.refusal;
  const failed = fatal(wrapped({ code, message: failureText(outcome) }, work, context));
  if (outcome.kind === 'failed' || work.partly === undefined || work.partly === 'fatal') return failed;
  if (work.partly === 'both') return { ...failed, lines: linesOf(report, context) };
  for (const text of partTexts(outcome)) context.log.error(printable(text));
  return done(...linesOf(report, context));
}

/** Each method that was tried in thought has its line in the log; the last word is the contract's. */
function refused(
  { refusal, rejected }: Extract<PlanOutcome, { readonly kind: 'refused' }>,
  work: OperationWork,
  context: CommandContext,
): CommandResult {
  for (const method of rejected) context.log.error(printable(rejectedText(method)));
  return fatal(wrapped(refusal, work, context));
}

/** Servers have their say in it, and a log line is one line. */
const wrapped = (refusal: Refusal, { failure }: OperationWork, context: CommandContext): string =>
  printable(failure === undefined ? refusal.message : failure(refusal, context));

const ask = (request: OperationRequest): Asked => ({ kind: 'ask', request });

/** About I. */
export const onInstance =
  (make: (key: InstanceKey, context: CommandContext) => OperationRequest): OperationWork['ask'] =>
  (context) =>
    ask(make(context.instance, context));

/** About I, which must be known although it is not asked anything. */
export const onKnownInstance =
  (make: (key: InstanceKey) => OperationRequest): OperationWork['ask'] =>
  ({ calls, instance }) =>
    calls.instance(instance) === null ? instanceNotFound(instance) : ask(make(instance));

/** About I and D. Nothing stands in for a destination that is missing. */
export const toDestination =
  (
    make: (key: InstanceKey, destination: InstanceKey, context: CommandContext) => OperationRequest,
    what = 'destination',
  ): OperationWork['ask'] =>
  (context) => {
    const { instance, destination, destinationText } = context;
    if (destination === null) return fatal(`Cannot deduce ${what}: ${destinationText}`);
    return ask(make(instance, destination, context));
  };

const instanceLine = (_report: OperationReport, { instance }: CommandContext): readonly string[] => [
  instanceKeyText(instance),
];

/** `I<D`. */
export const belowDestination = (
  _report: OperationReport,
  { instance, destination }: CommandContext,
): readonly string[] => [`${instanceKeyText(instance)}<${destination === null ? '' : instanceKeyText(destination)}`];

/** `I<MASTER`, the one that it has in the end. */
export function belowNewSource(report: OperationReport, { instance }: CommandContext): readonly string[] {
  const source = newSourceOf(report, instance);
  return [`${instanceKeyText(instance)}<${source === null ? '' : instanceKeyText(source)}`];
}

/** The key of each server that is where it should be. */
export const movedKeys = (report: OperationReport): readonly string[] =>
  doneServers(report).map(({ key }) => instanceKeyText(key));
