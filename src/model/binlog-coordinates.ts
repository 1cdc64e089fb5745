/**
 * Binlog coordinates: a place in a binary or relay log, file name and byte offset.
 *
 * Rules: spec/topology-operations.md 1.2, spec/discovery.md 12. Offsets are plain numbers: exact up to 2^53, a log file of 8 PiB;
 * the server ends a file at `max_binlog_size`, at most 1 GiB plus one transaction.
 */
import type { Brand } from './brand.ts';

export type LogType = 'binary' | 'relay';

export interface BinlogCoordinates {
  readonly file: string;
  readonly pos: number;
  readonly type: LogType;
}

/** Coordinates as a key of a Map, by value. */
export type CoordinatesId = Brand<string, 'CoordinatesId'>;

export type CoordinatesResult =
  | { readonly kind: 'ok'; readonly coordinates: BinlogCoordinates }
  | { readonly kind: 'refused'; readonly reason: string };

/** Coordinates where a server has none: file '' at 0. */
export function noCoordinates(type: LogType): BinlogCoordinates {
  return { file: '', pos: 0, type };
}

export function hasNoFile(coordinates: BinlogCoordinates): boolean {
  return coordinates.file === '';
}

/** Reads `file:pos` of a binary log. Refuses anything but two parts, the second a whole number up to 2^53 - 1. */
export function parseBinlogCoordinates(text: string): CoordinatesResult {
  const [file, posText, ...rest] = text.split(':');
  const isNumber = posText !== undefined && /^[0-9]+$/.test(posText) && Number.isSafeInteger(Number(posText));
  if (file === undefined || !isNumber || rest.length > 0) {
    return { kind: 'refused', reason: `Cannot parse binlog coordinates: ${text}` };
  }
  return { kind: 'ok', coordinates: { file, pos: Number(posText), type: 'binary' } };
}

/** `file:pos`, whatever the type. */
export function coordinatesText(coordinates: BinlogCoordinates): string {
  return `${coordinates.file}:${coordinates.pos}`;
}

export function coordinatesId(coordinates: BinlogCoordinates): CoordinatesId {
  return `${coordinates.type} ${coordinatesText(coordinates)}` as CoordinatesId;
}

/** Same file, offset and type: a relay log is never the binary log of the same name. */
export function sameCoordinates(one: BinlogCoordinates, other: BinlogCoordinates): boolean {
  return one.file === other.file && one.pos === other.pos && one.type === other.type;
}

/** Order in time within one server's logs; the type does not count. Negative when `one` is earlier. */
export function compareCoordinates(one: BinlogCoordinates, other: BinlogCoordinates): number {
  return compareLogFiles(one.file, other.file) || one.pos - other.pos;
}

/** Files of one log are called alike but for their number. Where they are not, an order of places means nothing. */
export const isOfSameLog = (one: BinlogCoordinates, other: BinlogCoordinates): boolean =>
  splitLogFile(one.file).base === splitLogFile(other.file).base;

export function isBefore(one: BinlogCoordinates, other: BinlogCoordinates): boolean {
  return compareCoordinates(one, other) < 0;
}

/** Not the same as "before or `sameCoordinates`": the type does not count. */
export function isBeforeOrAt(one: BinlogCoordinates, other: BinlogCoordinates): boolean {
  return compareCoordinates(one, other) <= 0;
}

/** The offset does not count: different offsets in one file are not before each other. */
export function isInEarlierFile(one: BinlogCoordinates, other: BinlogCoordinates): boolean {
  return compareLogFiles(one.file, other.file) < 0;
}

/**
 * Base name as text, then the number behind the last dot as a number, then the whole name.
 * Plain text order would put `bin.1000000` before `bin.999999`, and the more advanced replica would lose the election.
 */
export function compareLogFiles(one: string, other: string): number {
  const left = splitLogFile(one);
  const right = splitLogFile(other);
  return compareText(left.base, right.base) || left.number - right.number || compareText(one, other);
}

/** Number behind the last dot and how many digits it is written with; 0 and 0 for a name without one. */
export function fileNumber(coordinates: BinlogCoordinates): { readonly number: number; readonly digits: number } {
  const { number, digits } = splitLogFile(coordinates.file);
  return digits === 0 ? { number: 0, digits: 0 } : { number, digits };
}

/** How many files `to` is ahead of `from`; negative when it is behind. */
export function fileNumberDistance(from: BinlogCoordinates, to: BinlogCoordinates): number {
  return fileNumber(to).number - fileNumber(from).number;
}

/** Start of the file `by` numbers earlier. Refused when there is none: the file's number is 0 or becomes negative. */
export function previousFile(coordinates: BinlogCoordinates, by = 1): CoordinatesResult {
  const { number } = fileNumber(coordinates);
  if (number === 0 || number < by) return { kind: 'refused', reason: `No log file before ${coordinates.file}` };
  return { kind: 'ok', coordinates: withFileNumber(coordinates, number - by) };
}

/** Start of the next file; `bin.999999` is followed by `bin.1000000`. Refused when the name carries no number. */
export function nextFile(coordinates: BinlogCoordinates): CoordinatesResult {
  const { number, digits } = fileNumber(coordinates);
  if (digits === 0) return { kind: 'refused', reason: `No number in the log file name ${coordinates.file}` };
  return { kind: 'ok', coordinates: withFileNumber(coordinates, number + 1) };
}

/**
 * Coordinates no server can read, from which the original ones can be told: a way of breaking replication reversibly.
 * Nothing writes them any more (the host is detached instead), but replicas in this form must still be understood.
 */
export function detachCoordinates(coordinates: BinlogCoordinates): BinlogCoordinates {
  return { ...coordinates, file: `//${coordinatesText(coordinates)}` };
}

/** The original of detached coordinates, or null when these are not detached. */
export function extractDetached(coordinates: BinlogCoordinates): BinlogCoordinates | null {
  const match = /\/\/([^/:]+):([0-9]+)/.exec(coordinates.file);
  if (match === null) return null;
  return { file: match[1] ?? '', pos: Number(match[2]), type: coordinates.type };
}

/** A name without number behind its last dot is all base, number -1: it comes before the numbered files of that base. */
function splitLogFile(file: string): { base: string; number: number; digits: number } {
  const dot = file.lastIndexOf('.');
  const suffix = file.slice(dot + 1);
  const number = /^[0-9]+$/.test(suffix) ? Number(suffix) : Number.NaN;
  if (!Number.isSafeInteger(number)) return { base: file, number: -1, digits: 0 };
  return { base: file.slice(0, Math.max(dot, 0)), number, digits: suffix.length };
}

function withFileNumber(coordinates: BinlogCoordinates, number: number): BinlogCoordinates {
  const { digits } = fileNumber(coordinates);
  const prefix = coordinates.file.slice(0, coordinates.file.length - digits);
  return { file: prefix + String(number).padStart(digits, '0'), pos: 0, type: coordinates.type };
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
