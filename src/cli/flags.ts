/**
 * The flags of the program (spec/cli.md 1.2), and what is wrong with a combination of them whatever the command.
 */
import { type FlagDeclaration, type FlagParse, type FlagTable, flagListing, parseFlags } from './flag-parser.ts';

const text = (meaning: string, fallback = ''): FlagDeclaration & { type: 'string' } => ({
  type: 'string',
  default: fallback,
  meaning,
});

const yesOrNo = (meaning: string, fallback = false): FlagDeclaration & { type: 'bool' } => ({
  type: 'bool',
  default: fallback,
  meaning,
});

export const FLAGS = {
  c: text('command to run; "orchestrator help" lists them, "orchestrator help COMMAND" explains one'),
  i: text('instance, host[:port], or several of them between commas or blanks'),
  d: text('destination instance, host[:port] (synonym of -s)'),
  s: text('sibling instance, host[:port] (synonym of -d)'),
  all: yesOrNo('every replica, not only delayed ones (panic-stop-replication)'),
  alias: text('cluster, by its alias or its name'),
  at: text('time in the past: YYYY-MM-DD HH:MM:SS (UTC), a Unix time, or how long ago, such as 2h or 3d'),
  binlog: text('binary log file, or FILE:POS, as the command wants it'),
  config: text('configuration file, instead of those that are looked for'),
  debug: yesOrNo('log everything (level DEBUG)'),
  'discard-errant': yesOrNo('what only the instance has may be lost (reprovision)'),
  discovery: yesOrNo('discover and recover continuously (http)', true),
  'dry-run': yesOrNo('print the plan of an operation and change nothing'),
  duration: text('how long, as a number and one of s, m, h, d, w (maintenance, downtime)'),
  'enable-database-update': yesOrNo('check and deploy the backend schema even if the configuration says to skip that'),
  'grab-election': yesOrNo('become the active node at start, whoever is it now (http, continuous)'),
  hostname: text('host name or virtual name, as the command wants it'),
  'ignore-raft-setup': yesOrNo('run commands on the backend of this node although raft is configured'),
  noop: yesOrNo('refuse to change servers; backend changes still happen'),
  owner: text('who does it; default: the user of the operating system'),
  pattern: text('regular expression, or plain text for some commands'),
  pool: text('name of a pool'),
  'promotion-rule': text('prefer, neutral, prefer_not or must_not (register-candidate)', 'prefer'),
  quiet: yesOrNo('log errors only (level ERROR), whatever else is said'),
  reason: text('why (maintenance, downtime, acknowledgements)'),
  'skip-binlog-search': yesOrNo('with Pseudo-GTID search relay logs only'),
  'skip-continuous-registration': yesOrNo('do not register this process as a node in the backend'),
  'skip-unresolve': yesOrNo('never use the registered virtual name of a host'),
  'skip-unresolve-check': yesOrNo('tolerate a virtual name that leads to another host, and use the original one'),
  stack: yesOrNo('print a stack trace after each error'),
  statement: text('statement to put between stop and start (restart-replica-statements)'),
  strict: yesOrNo('search every binary log (last-pseudo-gtid)'),
  tag: text('tag, name[=value], or an expression of tags'),
  verbose: yesOrNo('log progress (level INFO)'),
  version: yesOrNo('print version and commit, and exit'),
} as const satisfies FlagTable;

export type FlagName = keyof typeof FLAGS;

/** One value for every flag. */
export type Flags = {
  readonly [Name in FlagName]: (typeof FLAGS)[Name]['type'] extends 'bool' ? boolean : string;
};

export type ReadFlags =
  | { readonly kind: 'parsed'; readonly flags: Flags; readonly words: readonly string[] }
  | Exclude<FlagParse, { kind: 'parsed' }>;

/** The flags and the words behind them. */
export function readFlags(words: readonly string[]): ReadFlags {
  const parse = parseFlags(words, FLAGS);
  if (parse.kind !== 'parsed') return parse;
  return { kind: 'parsed', flags: flagsFrom(parse.values), words: parse.words };
}

/** Every flag at its default, but for those given. */
export function flagsFrom(given: ReadonlyMap<string, boolean | string>): Flags {
  const entries = Object.entries(FLAGS).map(([name, { default: fallback }]) => [name, given.get(name) ?? fallback]);
  // The parser stores for each name a value of the type its declaration has.
  return Object.fromEntries(entries) as Flags;
}

/** What follows an error of syntax, and what `--help` prints. */
export function flagUsage(program: string): string {
  return `Usage of ${program}:\n${flagListing(FLAGS)}`;
}

const PROMOTION_RULES: readonly string[] = ['prefer', 'neutral', 'prefer_not', 'must_not'];

/** Why these flags make no sense together, or null. Both are checked for every command, before anything is read. */
export function flagConflict(flags: Flags): string | null {
  if (flags.s !== '' && flags.d !== '') return '-s and -d are synonyms, yet both were given; give one of them';
  if (!PROMOTION_RULES.includes(flags['promotion-rule'])) {
    return `-promotion-rule only supports ${PROMOTION_RULES.join('|')}`;
  }
  return null;
}
