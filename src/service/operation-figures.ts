/**
 * What answers of the contract tell of an operation that was done: who was moved, how many were lost, where somebody was matched. The doors read reports through
 * these, so that both count alike.
 */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { type InstanceKey, instanceKeyText, keyId, sameKey } from '../model/instance-key.ts';
import { plansOf } from '../planning/operations/operation-plan.ts';
import type { OperatedServer, OperationOutcome, OperationReport } from './calls.ts';
import { leftOutTexts } from './operation-words.ts';

/** What became of each server in the end, once each: one that is moved twice is not where it should be before the second time. */
function finalServers({ servers }: OperationReport): readonly OperatedServer[] {
  return [...new Map(servers.map((server) => [keyId(server.key), server])).values()];
}

export const doneServers = (report: OperationReport): readonly OperatedServer[] =>
  finalServers(report).filter(({ kind }) => kind === 'done');

const movesOf = ({ plan }: OperationReport) => plansOf(plan).flatMap(({ moves }) => moves);

/** `host:port: why` of every server that was to be moved and was not. */
export function notDoneTexts(report: OperationReport): readonly string[] {
  const failed = finalServers(report).filter(({ kind }) => kind !== 'done');
  return [...failed.map(({ key, text }) => `${instanceKeyText(key)}: ${text}`), ...leftOutTexts(report.plan)];
}

/** What went wrong in an operation that is done in part: a text for each server, and one for what concerns none of them alone. */
export function partTexts({
  report,
  refusal,
}: Exclude<OperationOutcome, { kind: 'done' | 'refused' }>): readonly string[] {
  const texts = notDoneTexts(report);
  // Such as a second move that was not begun: every server is where the first has put it, and none of them tells.
  return texts.some((text) => text.includes(refusal.message)) ? texts : [refusal.message, ...texts];
}

/**
 * The text of an outcome that is not done. Of several servers it names those that are where they should be, and for the others why they are not: the reference
 * loses both, and leaves a person to look for them. Clients look for the contract's text within it.
 */
export function failureText(outcome: Exclude<OperationOutcome, { readonly kind: 'done' }>): string {
  const { message } = outcome.refusal;
  if (outcome.kind === 'refused') return message;
  const { report } = outcome;
  if (outcome.kind === 'failed' && report.servers.length < 2) return message;
  const done = doneServers(report).map(({ key }) => instanceKeyText(key));
  const parts = [done.length === 0 ? '' : `done: ${done.join(', ')}`, notDonePart(report)];
  return [message, ...parts.filter((part) => part !== '')].join('; ');
}

function notDonePart(report: OperationReport): string {
  const texts = notDoneTexts(report);
  return texts.length === 0 ? '' : `not done: ${texts.join('; ')}`;
}

/** The source that a server has in the end, as it was read; else as it was planned. Null: none, or not known. */
export function newSourceOf(report: OperationReport, key: InstanceKey): InstanceKey | null {
  const read = [report.instance, ...finalServers(report).map(({ instance }) => instance)].find((instance) =>
    sameKey(instance?.key, key),
  );
  if (read !== undefined && read !== null) return read.sourceKey;
  return movesOf(report).findLast((move) => sameKey(move.key, key))?.to ?? null;
}

/** Whom the replicas of an operation on many were to replicate from; null: there were none. */
export const commonSourceOf = (report: OperationReport): InstanceKey | null => movesOf(report).at(-1)?.to ?? null;

/** Where a server was matched in the binary logs of its new source. */
export const placeFoundFor = ({ found }: OperationReport, key: InstanceKey): BinlogCoordinates | null =>
  found.find((one) => sameKey(one.key, key))?.coordinates ?? null;

/** Numbers of a regroup (spec/cli.md 3.6). */
export interface RegroupFigures {
  /** Ahead of the one promoted, unable to replicate from it, or not moved. */
  readonly lost: number;
  /** They stood where the promoted one does. Told apart only where the others were matched by pseudo-GTID. */
  readonly trivial: number;
  readonly moved: number;
}

export function regroupFigures(report: OperationReport): RegroupFigures {
  const { plan } = report;
  const done = doneServers(report).filter(({ key }) => !sameKey(key, plan.promoted));
  const isTrivial = ({ key }: OperatedServer): boolean =>
    movesOf(report).some((move) => sameKey(move.key, key) && move.method !== 'pseudo-gtid');
  const trivial = plan.method === 'pseudo-gtid' ? done.filter(isTrivial).length : 0;
  return { lost: notDoneTexts(report).length, trivial, moved: done.length - trivial };
}

/** O36: how many empty transactions were written, and on which server. */
export function injectedInto({ plan }: OperationReport): {
  readonly count: number;
  readonly primary: InstanceKey | null;
} {
  const steps = plansOf(plan).flatMap(({ before, lanes, after }) => [
    ...before,
    ...lanes.flatMap((lane) => lane.steps),
    ...after,
  ]);
  const gtids = ({ commands }: (typeof steps)[number]): number =>
    commands.reduce((sum, command) => sum + (command.kind === 'inject-empty' ? command.gtids.length : 0), 0);
  const injecting = steps.filter((step) => gtids(step) > 0);
  return {
    count: injecting.reduce((sum, step) => sum + gtids(step), 0),
    primary: injecting[0]?.server ?? null,
  };
}
