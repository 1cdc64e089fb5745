/**
 * What commands take, as `help COMMAND` shows it: the flag, a value for the example, a sentence.
 */

export type ArgumentName =
  | 'instance'
  | 'destination'
  | 'cluster'
  | 'pattern'
  | 'at'
  | 'reason'
  | 'duration'
  | 'owner'
  | 'binlog'
  | 'pool'
  | 'tag'
  | 'statement'
  | 'hostname'
  | 'promotion-rule'
  | 'strict'
  | 'all'
  | 'discard-errant'
  | 'dry-run';

/** With `?`: may be left out. */
export type Argument = ArgumentName | `${ArgumentName}?`;

interface ArgumentText {
  readonly flag: string;
  readonly placeholder: string;
  readonly example: string;
  readonly meaning: string;
}

const TEXTS: Readonly<Record<ArgumentName, ArgumentText>> = {
  instance: {
    flag: '-i',
    placeholder: 'INSTANCE',
    example: 'db-2.example.com:3306',
    meaning:
      'the instance, host[:port]; part of a host name is enough where it is unambiguous. Default: the local host',
  },
  destination: {
    flag: '-d',
    placeholder: 'DESTINATION',
    example: 'db-3.example.com:3306',
    meaning: 'the other instance, host[:port]',
  },
  cluster: {
    flag: '--alias',
    placeholder: 'CLUSTER',
    example: 'pay',
    meaning:
      'alias or name of the cluster; or name any of its instances with -i. Default: the cluster of the local host',
  },
  pattern: { flag: '--pattern', placeholder: 'PATTERN', example: 'db-[0-9]+', meaning: 'what to look for' },
  at: {
    flag: '--at',
    placeholder: 'TIME',
    example: '"2026-03-01 08:30"',
    meaning: 'YYYY-MM-DD HH:MM:SS (UTC), a Unix time, or how long ago: a number and one of s, m, h, d, w',
  },
  reason: { flag: '--reason', placeholder: 'REASON', example: '"kernel upgrade"', meaning: 'why; it is recorded' },
  duration: {
    flag: '--duration',
    placeholder: 'DURATION',
    example: '2h',
    meaning: 'a number and one of s, m, h, d, w. Default: 10m',
  },
  owner: { flag: '--owner', placeholder: 'OWNER', example: 'alice', meaning: 'who; it is recorded. Default: you' },
  binlog: {
    flag: '--binlog',
    placeholder: 'BINLOG',
    example: 'mysql-bin.000031:5571',
    meaning: 'binary log, FILE or FILE:POS',
  },
  pool: { flag: '--pool', placeholder: 'POOL', example: 'readers', meaning: 'name of the pool' },
  tag: { flag: '--tag', placeholder: 'TAG', example: 'role=backup', meaning: 'name, or name=value' },
  statement: {
    flag: '--statement',
    placeholder: 'SQL',
    example: '"set global x=1"',
    meaning: 'statement to put in the middle',
  },
  hostname: {
    flag: '--hostname',
    placeholder: 'HOSTNAME',
    example: 'pay-vip.example.com',
    meaning: 'host name or virtual name',
  },
  'promotion-rule': {
    flag: '--promotion-rule',
    placeholder: 'RULE',
    example: 'prefer_not',
    meaning: 'prefer, neutral, prefer_not or must_not. Default: prefer',
  },
  strict: {
    flag: '--strict',
    placeholder: '',
    example: '',
    meaning: 'search every binary log instead of the newest alone',
  },
  all: { flag: '--all', placeholder: '', example: '', meaning: 'every replica, instead of the delayed ones alone' },
  'discard-errant': {
    flag: '--discard-errant',
    placeholder: '',
    example: '',
    meaning: 'what the instance has and its master has not may be lost for good',
  },
  'dry-run': {
    flag: '--dry-run',
    placeholder: '',
    example: '',
    meaning: 'print what would be done, statement by statement, and change nothing',
  },
};

function nameOf(argument: Argument): ArgumentName {
  return (isOptional(argument) ? argument.slice(0, -1) : argument) as ArgumentName;
}

function isOptional(argument: Argument): boolean {
  return argument.endsWith('?');
}

/** `-i INSTANCE`, or `[-i INSTANCE]` when it may be left out. */
export function argumentUsage(argument: Argument): string {
  const { flag, placeholder } = TEXTS[nameOf(argument)];
  const usage = `${flag} ${placeholder}`.trim();
  return isOptional(argument) ? `[${usage}]` : usage;
}

/** With a value, as one would type it. */
export function argumentExample(argument: Argument): string {
  const { flag, example } = TEXTS[nameOf(argument)];
  return `${flag} ${example}`.trim();
}

export function argumentMeaning(argument: Argument): { readonly flag: string; readonly meaning: string } {
  return TEXTS[nameOf(argument)];
}
