/**
 * Statements for a person who has something to change on a replica that needs its threads to stand still (spec/topology-operations.md 3.4, O9). Nothing is sent.
 */
import type { Instance, ThreadState } from '../../model/instance.ts';
import type { ServerCommand } from '../../model/server-command.ts';

/**
 * The given statement, '' for none, between those that stop the threads that run now and those that start them again. Each ends with exactly one semicolon. `render`: a
 * command in the words of the server's dialect.
 */
export function restartStatements(
  instance: Instance,
  statement: string,
  render: (command: ServerCommand) => readonly string[],
): readonly string[] {
  const [receives, applies] = [isAtWork(instance.receiverState), isAtWork(instance.applierState)];
  const given = withoutEnd(statement);
  return [
    ...(receives ? render({ kind: 'stop-receiver' }) : []),
    ...(applies ? render({ kind: 'stop-applier' }) : []),
    ...(given === '' ? [] : [given]),
    ...(applies ? render({ kind: 'start-applier' }) : []),
    ...(receives ? render({ kind: 'start-receiver' }) : []),
  ].map((one) => `${withoutEnd(one)};`);
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
