/**
 * Statements for a person who has something to change on a replica that needs its threads to stand still (spec/topology-operations.md 3.4, O9). Nothing is sent.
 */
import type { Instance, ThreadState } from '../../model/instance.ts';
import { atLeast, isMysqlFamily, parseServerVersion } from '../../model/server-version.ts';

/**
 * The given statement, '' for none, between those that stop the threads that run now and those that start them again. Each ends with exactly one semicolon, and is in the
 * letters of the contract (spec/cli.md 3.7): scripts look for them.
 */
export function restartStatements(instance: Instance, statement: string): readonly string[] {
  const [receives, applies] = [isAtWork(instance.receiverState), isAtWork(instance.applierState)];
  const given = withoutEnd(statement);
  const word = saysReplica(instance) ? 'replica' : 'slave';
  return [
    ...(receives ? [`stop ${word} io_thread`] : []),
    ...(applies ? [`stop ${word} sql_thread`] : []),
    ...(given === '' ? [] : [given]),
    ...(applies ? [`start ${word} sql_thread`] : []),
    ...(receives ? [`start ${word} io_thread`] : []),
  ].map((one) => `${one};`);
}

/** The old word is known to every server before MySQL 8.4, which has it no more. MariaDB keeps it. */
function saysReplica({ version, versionComment }: Instance): boolean {
  const parsed = parseServerVersion(version, versionComment);
  return isMysqlFamily(parsed) && atLeast(parsed, 8, 4);
}

/** One that is connecting would keep a change from being made, too. */
const isAtWork = (state: ThreadState): boolean => state === 'running' || state === 'other';

const SPACE_OR_SEMICOLON = new Set([' ', '\t', '\n', '\r', ';']);

/** Without blanks around it and semicolons behind it. Character by character: a pattern takes a time that grows with the square of what is given. */
function withoutEnd(statement: string): string {
  let end = statement.length;
  while (end > 0 && SPACE_OR_SEMICOLON.has(statement.charAt(end - 1))) end -= 1;
  return statement.slice(0, end).trimStart();
}
