/**
 * The log of the program: `YYYY-MM-DD hh:mm:ss LEVEL message` on standard error (spec/cli.md 1.7), in the time zone of the process.
 *
 * A stack trace appears after an error only when asked for (`--stack`). What opens a door never appears: fields whose name says so
 * are masked, and so is every secret of the configuration wherever it turns up.
 */
import type { Log } from '../ports/log.ts';

const LEVELS = ['FATAL', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'] as const;

export type Level = (typeof LEVELS)[number];

type Fields = Readonly<Record<string, unknown>>;

export interface ProgramLog extends Log {
  notice(message: string, fields?: Fields): void;
  fatal(message: string, fields?: Fields): void;
  /** Levels beyond are dropped from now on. */
  setThreshold(level: Level): void;
  /** From now on a stack trace follows each error object. */
  showStacks(): void;
  /** Texts that must never be printed. */
  hide(secrets: readonly string[]): void;
}

export interface LogWorld {
  write(text: string): void;
  now(): Date;
}

const MASK = '********';
const SECRET_FIELD = /password|passwd|secret|token|credential/i;
/** A shorter secret would be found inside ordinary words, and its mask would give it away. */
const HIDDEN_LENGTH_MIN = 8;
/** Characters of one field's value; an answer of a server can be as long as a packet. */
const FIELD_LENGTH_MAX = 2000;

/** Begins at threshold ERROR, so that what is wrong with the command line itself is always seen. */
export function createLog(world: LogWorld): ProgramLog {
  let threshold: Level = 'ERROR';
  let stacks = false;
  let secrets: readonly string[] = [];

  const write = (level: Level, message: string, fields: Fields = {}): void => {
    if (LEVELS.indexOf(level) > LEVELS.indexOf(threshold)) return;
    const line = `${timestamp(world.now())} ${level} ${message}${fieldsText(fields)}\n`;
    const trace = stacks ? stacksOf(fields) : '';
    world.write(withoutSecrets(line + trace, secrets));
  };
  return {
    debug: (message, fields) => write('DEBUG', message, fields),
    info: (message, fields) => write('INFO', message, fields),
    notice: (message, fields) => write('NOTICE', message, fields),
    warning: (message, fields) => write('WARNING', message, fields),
    error: (message, fields) => write('ERROR', message, fields),
    fatal: (message, fields) => write('FATAL', message, fields),
    setThreshold: (level) => {
      threshold = level;
    },
    showStacks: () => {
      stacks = true;
    },
    hide: (texts) => {
      secrets = texts.filter((text) => text.length >= HIDDEN_LENGTH_MIN);
    },
  };
}

/** Local time, 24 hours; `TZ` is honoured because Node reads it at start. */
export function timestamp(time: Date): string {
  const date = [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())].join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** ` name=value` for each field that has one. */
function fieldsText(fields: Fields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${SECRET_FIELD.test(name) ? MASK : valueText(value)}`)
    .join('');
}

/** One line whatever the value: the lines below the first of an error's text are its stack trace. */
function valueText(value: unknown): string {
  const text = value instanceof Error ? value.message : typeof value === 'object' ? jsonText(value) : String(value);
  const line = (text.split(/[\r\n]/, 1)[0] ?? '').slice(0, FIELD_LENGTH_MAX);
  return line === '' || /[\s"=]/.test(line) ? JSON.stringify(line) : line;
}

function jsonText(value: object | null): string {
  try {
    return JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  } catch {
    // A ring of references; the log must not be what brings the program down.
    return String(value);
  }
}

function stacksOf(fields: Fields): string {
  return Object.values(fields)
    .filter((value) => value instanceof Error)
    .map((error) => `${error.stack ?? error.message}\n`)
    .join('');
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}
