// The command `script/demo`: a small replicated database on this machine, orchestrator beside it, and what happens, told line by line.

import { setTimeout as pause } from 'node:timers/promises';
import { type Demo, startDemo } from '../src/sandbox/demo.ts';
import { killDescendants } from '../src/sandbox/descendants.ts';
import { drill } from '../src/sandbox/drill.ts';
import { ServerUnavailable } from '../src/sandbox/fetch-server.ts';
import { freePort, isPortFree } from '../src/sandbox/free-ports.ts';
import type { ServerFamily } from '../src/sandbox/server-binaries.ts';
import type { Writer } from '../src/sandbox/writer.ts';
import type { NodeEvent } from '../src/service/events.ts';
import { DemoStory } from './demo-story.ts';
import { Terminal } from './terminal.ts';

const usage = `usage: script/demo [--mysql | --mariadb] [--once]

Starts one primary and three replicas (MySQL unless you say --mariadb), orchestrator, and a client that writes rows.
Kill the primary and watch. Ctrl-C stops everything and leaves nothing behind.
With --once it kills the primary by itself, prints a summary as JSON and ends.`;

const usualPort = 3000;
const writeIntervalMillis = 100;
const statusIntervalMillis = 250;

/** With --once: how long after the measurement orchestrator may take to say that the recovery has ended. */
const lastWordDeadlineMillis = 5_000;

/** While a start is being broken off: it may start another process after we looked. */
const killAgainMillis = 50;

/** Past this something that we started does not end; then ours ends without it, and the kernel kills what is left. */
const stopDeadlineMillis = 20_000;

interface Wishes {
  readonly family: ServerFamily;
  readonly once: boolean;
}

function readWishes(words: readonly string[]): Wishes | null {
  if (words.some((word) => !['--mysql', '--mariadb', '--once'].includes(word))) return null;
  return { family: words.includes('--mariadb') ? 'mariadb' : 'mysql', once: words.includes('--once') };
}

/** Resolves at the first wish to stop. More of them change nothing: npm passes on a Ctrl-C that we have seen already. */
function stopWish(): Promise<'stop'> {
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop('stop'));
  });
}

async function main(words: readonly string[]): Promise<number> {
  const wishes = readWishes(words);
  if (wishes === null) {
    const isAsked = words.includes('--help') || words.includes('-h');
    (isAsked ? console.log : console.error)(usage);
    return isAsked ? 0 : 2;
  }
  const stopped = stopWish();
  // With --once standard output is for the summary alone.
  const terminal = new Terminal(wishes.once ? process.stderr : process.stdout);
  const story = new DemoStory();
  const starting = startDemo({
    family: wishes.family,
    port: wishes.once || !(await isPortFree(usualPort)) ? await freePort() : usualPort,
    writeIntervalMillis,
    onWriterChange: (change) => story.ofWriter(change, Date.now()).forEach((line) => void terminal.line(line)),
    say: (line) => terminal.line(line),
  });
  const started = await startedOrStopped(starting, stopped);
  if (started.kind === 'stopped') return 0;
  if (started.kind === 'failed') {
    terminal.line(started.reason);
    return 1;
  }
  const { demo } = started;
  const watching = new AbortController();
  try {
    const recovered = Promise.withResolvers<void>();
    const onEvent = (event: NodeEvent) => {
      for (const line of story.ofEvent(event)) terminal.line(line);
      if (event.kind !== 'recovery-ended') return;
      if (event.successor !== null) sayHowToKill(demo, event.successor.port, terminal);
      recovered.resolve();
    };
    const telling = tell(demo, onEvent, terminal, watching.signal);
    if (wishes.once) return await once(demo, recovered.promise, stopped);
    introduce(demo, terminal);
    if ((await Promise.race([stopped, telling])) === 'stop') return 0;
    terminal.line(`orchestrator has ended; its log is ${demo.orchestrator.logFile}; Ctrl-C ends the demo`);
    await stopped;
    return 1;
  } finally {
    watching.abort();
    terminal.status('');
    terminal.line('stopping everything');
    await demo.stop();
    terminal.line('stopped; nothing is left behind');
  }
}

type Started =
  | { readonly kind: 'started'; readonly demo: Demo }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stopped' };

/** A start that is no longer wanted is made to fail by killing what it has started; then it cleans up by itself. */
async function startedOrStopped(starting: Promise<Demo>, stopped: Promise<'stop'>): Promise<Started> {
  const outcome = starting.then(
    (demo): Started => ({ kind: 'started', demo }),
    (error: unknown): Started => ({ kind: 'failed', reason: reasonOf(error) }),
  );
  const first = await Promise.race([outcome, stopped]);
  if (first !== 'stop') return first;
  console.error('stopping before everything was started');
  killDescendants();
  const again = setInterval(killDescendants, killAgainMillis);
  const late = await outcome;
  clearInterval(again);
  if (late.kind === 'started') await late.demo.stop();
  return { kind: 'stopped' };
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ServerUnavailable ? `the demo needs a database server: ${message}` : message;
}

function introduce({ page, fleet }: Demo, terminal: Terminal): void {
  const { primary, replicas } = fleet;
  terminal.line('');
  terminal.line(`  the page     ${page}`);
  terminal.line(`  the primary  ${primary.host}:${primary.port}, process ${primary.pid}`);
  terminal.line(`  replicas     ${replicas.map((replica) => `${replica.host}:${replica.port}`).join(', ')}`);
  terminal.line('');
  terminal.line('Now kill the primary from another terminal and watch, here and on the page:');
  terminal.line('');
  terminal.line(`  kill -9 ${primary.pid}`);
  terminal.line('');
  terminal.line('Ctrl-C stops everything and leaves nothing behind.');
}

/** Tells events as they come, and the writer's state in between; ends when orchestrator does. */
async function tell(
  { orchestrator, writer }: Demo,
  onEvent: (event: NodeEvent) => void,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<'ended'> {
  const status = setInterval(() => terminal.status(statusOf(writer)), statusIntervalMillis);
  try {
    for await (const { data } of await orchestrator.api.events(signal)) onEvent(JSON.parse(data) as NodeEvent);
    return 'ended';
  } finally {
    clearInterval(status);
  }
}

function sayHowToKill({ fleet }: Demo, port: number, terminal: Terminal): void {
  const primary = fleet.servers.find((server) => server.port === port);
  if (primary !== undefined) terminal.line(`             the next one to kill: kill -9 ${primary.pid}`);
}

function statusOf(writer: Writer): string {
  const where = writer.port === null ? 'nobody takes my rows' : `127.0.0.1:${writer.port} takes my rows`;
  return `writer: ${where}; ${writer.acknowledgedCount} acknowledged`;
}

/** Kills the primary, waits for the end, prints what was measured. */
async function once(demo: Demo, recovered: Promise<void>, stopped: Promise<'stop'>): Promise<number> {
  const result = await Promise.race([drill(demo, 'crash'), stopped]);
  if (result === 'stop') return 1;
  if (result.kind === 'failed') {
    console.log(JSON.stringify({ recovered: false, reason: result.reason }));
    return 1;
  }
  await Promise.race([recovered, pause(lastWordDeadlineMillis, undefined, { ref: false })]);
  const { kind: _kind, failed, promoted, callMillis: _callMillis, ...measured } = result;
  const { family } = demo.fleet;
  const servers = { family, version: promoted.version, failed: failed.port, promoted: promoted.port };
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value) : value);
  console.log(JSON.stringify({ recovered: true, ...servers, ...measured }, rounded));
  return result.rowsThrownAway === 0 && result.replicasLeftBehind === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
// What ended leaves sockets that time out by themselves; nobody should wait for that.
setTimeout(() => process.exit(), stopDeadlineMillis).unref();
