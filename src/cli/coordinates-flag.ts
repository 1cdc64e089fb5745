/** `--binlog FILE:POS` (spec/cli.md 5.8). */
import { type BinlogCoordinates, type LogType, parseBinlogCoordinates } from '../model/binlog-coordinates.ts';

export type CoordinatesFlag =
  | { readonly kind: 'given'; readonly coordinates: BinlogCoordinates }
  | { readonly kind: 'absent' | 'unreadable' };

/** `type`: of the logs that the command is about. */
export function coordinatesFlag(text: string, type: LogType): CoordinatesFlag {
  if (text === '') return { kind: 'absent' };
  const parsed = parseBinlogCoordinates(text);
  if (parsed.kind === 'refused' || parsed.coordinates.file === '') return { kind: 'unreadable' };
  return { kind: 'given', coordinates: { ...parsed.coordinates, type } };
}

/** Of every command that takes them; spelt as in the contract. */
export const COORDINATES_EXPECTED = 'Expecing --binlog argument as file:pos';
