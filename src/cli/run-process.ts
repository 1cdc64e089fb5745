/**
 * The program as a process: what nobody caught becomes one line and status 1, and the end waits for what was printed.
 */
import { createLog, type ProgramLog } from './log.ts';
import { processSurroundings } from './process-surroundings.ts';
import { runProgram } from './program.ts';

/** What a shell reports of a program whose reader has gone (`| head -1`): killed by SIGPIPE. */
const STATUS_READER_GONE = 141;

export async function runProcess(words: readonly string[]): Promise<void> {
  const surroundings = processSurroundings();
  const log = createLog({ write: surroundings.writeError, now: surroundings.now });
  process.stdout.on('error', (error) => endUnprinted(log, error));
  process.on('uncaughtException', (error) => endWith(log, error));
  process.on('unhandledRejection', (reason) => endWith(log, reason));
  const status = await runProgram(words, log, surroundings);
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  process.exit(status);
}

/** A reader that has seen enough is no news; a full disk is. */
function endUnprinted(log: ProgramLog, error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(STATUS_READER_GONE);
  log.fatal(`cannot write to standard output: ${error.message}`);
  process.exit(1);
}

function endWith(log: ProgramLog, error: unknown): void {
  log.fatal('an unexpected error ended the program:', { error });
  process.exit(1);
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
