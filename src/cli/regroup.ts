/** What regroup commands print (spec/cli.md 3.6): who was promoted above the others, and how many of those there are. */
import { instanceKeyText } from '../model/instance-key.ts';
import type { RegroupMethod } from '../planning/operations/operation-request.ts';
import { COULD_NOT_REGROUP, type OperationReport, type Refusal } from '../service/calls.ts';
import { type RegroupFigures, regroupFigures } from '../service/operation-figures.ts';
import type { CommandContext } from './command.ts';

export const regroupLines =
  (method: RegroupMethod) =>
  (report: OperationReport, { calls }: CommandContext): readonly string[] => {
    const { promoted } = report.plan;
    if (promoted === null) return [];
    const who = instanceKeyText(promoted);
    if (method === 'binlog-servers') return [who];
    const figures = regroupFigures(report);
    const isBinlogServer = calls.instance(promoted)?.instance.isBinlogServer === true;
    // Where nobody had to be chosen, and above binlog servers, the contract has the summary alone.
    const isSilent = method === 'any' && (isBinlogServer || isAlone(figures));
    return [...(isSilent ? [] : [who]), summary(who, figures, method)];
  };

const isAlone = ({ lost, trivial, moved }: RegroupFigures): boolean => lost + trivial + moved === 0;

function summary(who: string, { lost, trivial, moved }: RegroupFigures, method: RegroupMethod): string {
  return method === 'gtid'
    ? `${who} lost: ${lost}, moved: ${moved}`
    : `${who} lost: ${lost}, trivial: ${trivial}, pseudo-gtid: ${moved}`;
}

export const couldNotRegroup =
  (whom: 'replicas' | 'binlog server replicas') =>
  ({ code, message }: Refusal, { instance }: CommandContext): string =>
    code === COULD_NOT_REGROUP
      ? message
      : `Could not regroup ${whom} of ${instanceKeyText(instance)}; error: ${message}`;
