/** Where a server stood, and where its own log ended, as the journal tells it: whoever takes a recovery up after a death points others at that place. */
import { type BinlogCoordinates, coordinatesText, parseBinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';

export interface RecordedPlace {
  /** In the binary log of its source. */
  readonly applied: BinlogCoordinates;
  /** In its own. */
  readonly logEnd: BinlogCoordinates;
}

export const recordedPlaceText = ({
  execCoordinates,
  selfCoordinates,
}: Pick<Instance, 'execCoordinates' | 'selfCoordinates'>): string =>
  `applied up to ${coordinatesText(execCoordinates)}, its own log ends at ${coordinatesText(selfCoordinates)}`;

const PATTERN = /applied up to (\S+), its own log ends at (\S+)$/;

/** Null: the line tells none. */
export function recordedPlace(detail: string): RecordedPlace | null {
  const [, appliedText = '', endText = ''] = PATTERN.exec(detail) ?? [];
  const [applied, logEnd] = [parseBinlogCoordinates(appliedText), parseBinlogCoordinates(endText)];
  return applied.kind === 'ok' && logEnd.kind === 'ok'
    ? { applied: applied.coordinates, logEnd: logEnd.coordinates }
    : null;
}
