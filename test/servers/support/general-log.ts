// What a server was told, as it writes down itself.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from './eventually.ts';

/** Options of a server that writes down every statement. */
export const GENERAL_LOG = ['--general-log=ON', '--general-log-file=general.log'] as const;

/**
 * `TIME`, a tab, the id of the connection, a command, a tab, what it is about. Further lines of a statement have no such beginning. MariaDB writes the time of a second
 * once, with a blank in it, and two tabs in its place afterwards.
 */
const LINE = /^(?:\S+\t|\d+ +[\d:]+\t|\t\t)\s*(\d+) (\w+)\t(.*)$/;

const logOf = (server: RunningServer): string => readFileSync(join(server.dir, 'data', 'general.log'), 'utf8');

/** Waits until everything that the server was told so far is written down. */
export async function allIsLogged(server: RunningServer): Promise<void> {
  const last = `all is logged ${randomUUID()}`;
  await server.query(`SELECT '${last}'`);
  await eventually(() => logOf(server)).toContain(last);
}

/** The statements of an account in its order, the first line of each; without the first `skipped`. Of servers that have not been restarted. */
export function statementsOf(server: RunningServer, user: string, skipped = 0): readonly string[] {
  const connections = new Set<string>();
  const statements: string[] = [];
  for (const line of logOf(server).split('\n')) {
    const [, id = '', command = '', text = ''] = LINE.exec(line) ?? [];
    if (command === 'Connect' && text.startsWith(`${user}@`)) connections.add(id);
    else if (command === 'Query' && connections.has(id)) statements.push(text);
  }
  return statements.slice(skipped);
}
