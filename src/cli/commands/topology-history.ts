/**
 * Topologies of the past, from the snapshots that `snapshot-topologies` and the clock have written (spec/cli.md 3.2 "History").
 */
import { compileRegularExpression } from '../../config/regular-expression.ts';
import type { UnixMillis } from '../../model/brand.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { momentText, parsePastMoment } from '../../model/moment.ts';
import { type CommandContext, type CommandResult, fatal, linesOf } from '../command.ts';

type Form = 'plain' | 'tabulated';

const MILLIS_PER_SECOND = 1000;

/** `topology-history`: from the newest snapshot that is not later than `--at`. No cluster stands in for one that is not found. */
export async function topologyHistory(context: CommandContext): Promise<CommandResult> {
  const { calls, flags, instance } = context;
  const moment = parsePastMoment(flags.at, calls.now());
  if (moment.kind === 'refused') return fatal(moment.reason);
  return drawn(context, flags.alias || instanceKeyText(instance), moment.at, 'plain');
}

/**
 * `topology --pattern`: from the newest snapshot whose Unix time matches. Of several that match the reference draws all rows at once, which is a
 * topology that never was.
 */
export async function topologyOfPattern(context: CommandContext, cluster: string, form: Form): Promise<CommandResult> {
  const { calls, flags } = context;
  const compilation = compileRegularExpression(flags.pattern);
  if (compilation.kind === 'refused') return fatal(`Cannot read the pattern ${flags.pattern}: ${compilation.reason}`);
  const times = await calls.snapshotTimes();
  const at = times.findLast((time) => compilation.expression.finds(String(time / MILLIS_PER_SECOND)));
  if (at === undefined) return fatal(`No snapshot of the topology has a Unix time that matches ${flags.pattern}`);
  return drawn(context, cluster, at, form);
}

async function drawn(
  { calls, log }: CommandContext,
  cluster: string,
  at: UnixMillis,
  form: Form,
): Promise<CommandResult> {
  const outcome = await calls.topologyAt(cluster, at, form);
  return linesOf(outcome, ({ clusterName, takenAt, text }) => {
    log.notice(`cluster ${clusterName} as of ${momentText(takenAt)}`);
    return [text];
  });
}
