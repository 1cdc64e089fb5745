/**
 * What a server says of a statement that it does not take, without the password that was in the statement: servers quote what they cannot read, and those words go into
 * logs, answers and journals.
 */
import type { ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { literal } from './sql-text.ts';

/** ER_PARSE_ERROR: quotes from where it stopped reading, which may be the middle of a password. */
const PARSE_ERROR = 1064;

/** Servers cut what they quote; the beginning of a password is told apart from other words by so many characters. */
const TELLING_CHARACTERS = 6;

/** The number stays, by which it is decided and looked up. */
export function withoutSecrets(failure: ServerFailure, command: ServerCommand): ServerFailure {
  if (failure.kind !== 'server-error') return failure;
  const password = passwordIn(command);
  if (password === '' || !(failure.number === PARSE_ERROR || quotes(failure.text, password))) return failure;
  const text = `Error ${failure.number} (${failure.sqlState}): its words are left out, for they may quote a password`;
  return { ...failure, text };
}

function passwordIn(command: ServerCommand): string {
  if (command.kind === 'clone') return command.credentials.password;
  if (command.kind === 'rescue') return command.options.credentials.password;
  if (command.kind !== 'follow' && command.kind !== 'change-credentials') return '';
  return command.options.credentials?.password ?? '';
}

const quotes = (text: string, password: string): boolean =>
  [password, literal(password).slice(1, -1)].some((form) => text.includes(form.slice(0, TELLING_CHARACTERS)));
