/** Places in binary and relay logs: a file and a byte in it. Files are numbered; their order is that of their numbers. */
import { compareLogFiles } from '../../model/binlog-coordinates.ts';

export interface LogPlace {
  /** '': the oldest that there is. */
  readonly file: string;
  readonly position: number;
}

/** Where the first event of every file begins. */
export const FIRST_POSITION = 4;

const DIGITS = 6;

/** `base.000001` and so on. */
export const logFileName = (base: string, number: number): string => `${base}.${String(number).padStart(DIGITS, '0')}`;

/** Of the file behind that one. */
export function nextFileName(file: string): string {
  const dot = file.lastIndexOf('.');
  return logFileName(file.slice(0, dot), Number(file.slice(dot + 1)) + 1);
}

/** Negative when `one` comes earlier. */
export const comparePlaces = (one: LogPlace, other: LogPlace): number =>
  compareLogFiles(one.file, other.file) || one.position - other.position;

export const isAtOrBehind = (one: LogPlace, other: LogPlace): boolean => comparePlaces(one, other) >= 0;
