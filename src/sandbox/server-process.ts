// One run of a server program: started so that it dies with us, watched until it accepts connections or gives up.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a server may take from its start to its first answer. A busy machine with two cores needs patience. */
const startDeadlineMillis = 90_000;

/** Time between two looks whether a starting server answers. */
const readyPollMillis = 30;

/** How much of the error log an error quotes. */
const logLinesShown = 12;

export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A process that was started; it may have ended since. */
export interface ServerProcess {
  pid: number;
  isRunning(): boolean;
  exited: Promise<ServerExit>;
  kill(signal: NodeJS.Signals): void;
}

const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/**
 * Starts a server process.
 *
 * `setpriv --pdeathsig` makes the kernel kill it when we die, even by `kill -9`. A session of its own keeps a Ctrl-C in
 * the terminal from reaching it: who stops a fleet wants to decide the order.
 *
 * What it prints goes to `outputFile`, or nowhere.
 */
export function startProcess(command: readonly string[], workingFolder: string, outputFile?: string): ServerProcess {
  const output = outputFile === undefined ? null : openSync(outputFile, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
    stdio: output === null ? 'ignore' : ['ignore', output, output],
    detached: true,
    cwd: workingFolder,
    // What a killed one leaves there goes with its folder.
    env: { ...process.env, TMPDIR: workingFolder },
  });
  if (output !== null) closeSync(output);
  living.add(child);
  const exited = new Promise<ServerExit>((done) => {
    child.once('exit', (code, signal) => {
      living.delete(child);
      done({ code, signal });
    });
    child.once('error', () => {
      living.delete(child);
      done({ code: null, signal: null });
    });
  });
  const isRunning = () => living.has(child);
  return {
    pid: child.pid ?? 0,
    isRunning,
    exited,
    kill(signal) {
      if (isRunning()) child.kill(signal);
    },
  };
}

/** Waits until `answers` says yes. Throws with the error log's last lines when the process ends or time runs out. */
export async function waitUntilReady(
  server: ServerProcess,
  errorLog: string,
  answers: () => Promise<boolean>,
): Promise<void> {
  const giveUpAt = performance.now() + startDeadlineMillis;
  while (server.isRunning() && performance.now() < giveUpAt) {
    if (await answers()) return;
    await pause(readyPollMillis);
  }
  const what = server.isRunning()
    ? `did not answer within ${startDeadlineMillis / 1000} s`
    : `ended at once (${describeExit(await server.exited)})`;
  server.kill('SIGKILL');
  await server.exited;
  throw new Error(`the server ${what}; the end of its error log:\n${lastLines(errorLog)}`);
}

function describeExit({ code, signal }: ServerExit): string {
  return signal === null ? `code ${code}` : `signal ${signal}`;
}

/** The last errors of the log, or its last lines when it calls nothing an error. */
function lastLines(file: string): string {
  if (!existsSync(file)) return `(there is no ${file})`;
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const errors = lines.filter((line) => line.includes('[ERROR]'));
  return (errors.length > 0 ? errors : lines).slice(-logLinesShown).join('\n');
}
