// Runs a program to its end for its effect, feeding it text.

import { spawn } from 'node:child_process';

/** How many of a failed program's last lines its error carries. */
const lastLinesShown = 15;

/** Runs `command` with `input` on its standard input; throws with the last lines it printed when it fails. */
export async function runToEnd(command: readonly [string, ...string[]], input = ''): Promise<void> {
  const [program, ...parameters] = command;
  const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  child.stderr.on('data', (chunk) => (printed += chunk));
  // A program that dies early closes its input; its exit code says more than our broken pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code === 0) return;
  throw new Error(
    `${program} ended with code ${code}:\n${printed.trim().split('\n').slice(-lastLinesShown).join('\n')}`,
  );
}

/** The option that a server run by root needs, for it refuses to run as root unasked. */
export function userOptions(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
