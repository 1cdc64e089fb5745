// The command `script/demo`: a small replicated database on this machine, orchestrator beside it, and what happens, told line by line.

import { setTimeout as pause } from 'node:timers/promises';
import { type Demo, startDemo } from '../src/sandbox/demo.ts';
import { drill } from '../src/sandbox/drill.ts';
import { PackageUnavailable } from '../src/sandbox/fetch-debian.ts';
import { isPortFree } from '../src/sandbox/free-ports.ts';
import type { FleetFamily } from '../src/sandbox/pretend-fleet/fleet-shape.ts';
import type { Writer } from '../src/sandbox/writer.ts';
import type { NodeEvent } from '../src/service/events.ts';
import { showFleetDemo } from './demo-fleet.ts';
import { DemoStory } from './demo-story.ts';
import { readDemoWishes } from './demo-wishes.ts';
import { startedOrStopped } from './started-or-stopped.ts';
import { stopWish } from './stop-wish.ts';
import { Terminal } from './terminal.ts';

const usage = `usage: script/demo [--mysql | --mariadb] [--fleet N] [--once]

Starts one primary and three replicas (MySQL unless you say --mariadb), orchestrator, and a client that writes rows.
Kill the primary and watch. Ctrl-C stops everything and leaves nothing behind.
With --fleet N: N pretended servers instead, in clusters of ten, of both families unless you name one. Where no real servers can be had, one
cluster of four pretended ones is shown.
With --once it kills the primary by itself, prints a summary as JSON and ends.`;

const usualPort = 3000;
const writeIntervalMillis = 100;
const statusIntervalMillis = 250;

/** With --once: how long after the measurement orchestrator may take to say that the recovery has ended. */
const lastWordDeadlineMillis = 5_000;

const perCluster = 10;
const serversOfSmallFleet = 4;
const fleetRowsPerSecond = 20;

/** Past this something that we started does not end; then ours ends without it, and the kernel kills what is left. */
const stopDeadlineMillis = 20_000;

async function main(words: readonly string[]): Promise<number> {
  const wishes = readDemoWishes(words);
  if (wishes === null) {
    const isAsked = words.includes('--help') || words.includes('-h');
    (isAsked ? console.log : console.error)(usage);
    return isAsked ? 0 : 2;
  }
  const { family, fleet, once } = wishes;
  const stopped = stopWish();
  // With --once standard output is for the summary alone.
  const terminal = new Terminal(once ? process.stderr : process.stdout);
  // Otherwise a free one is looked for when the servers have theirs.
  const port = !once && (await isPortFree(usualPort)) ? { port: usualPort } : {};
  const showFleet = (servers: number, families: FleetFamily): Promise<number> =>
    showFleetDemo({
      options: { ...port, servers, family: families, perCluster, rowsPerSecond: fleetRowsPerSecond },
      once,
      terminal,
      stopped,
    });
  if (fleet !== null) return showFleet(fleet, family ?? 'both');
  const story = new DemoStory();
  const starting = startDemo({
    family: family ?? 'mysql',
    ...port,
    writeIntervalMillis,
    onWriterChange: (change) => story.ofWriter(change, Date.now()).forEach((line) => void terminal.line(line)),
    say: (line) => terminal.line(line),
  });
  const started = await startedOrStopped(starting, stopped);
  if (started.kind === 'stopped') return 0;
  if (started.kind === 'started') return showDemo({ demo: started.thing, story, once, terminal, stopped });
  const { error } = started;
  terminal.line(error instanceof Error ? error.message : String(error));
  if (!(error instanceof PackageUnavailable)) return 1;
  terminal.line('no real database servers can be had here: these are pretended ones, which speak the same protocol');
  return showFleet(serversOfSmallFleet, family ?? 'mysql');
}

interface DemoShow {
  readonly demo: Demo;
  readonly story: DemoStory;
  readonly once: boolean;
  readonly terminal: Terminal;
  readonly stopped: Promise<'stop'>;
}

async function showDemo({ demo, story, once, terminal, stopped }: DemoShow): Promise<number> {
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
    if (once) return await killOnce(demo, recovered.promise, stopped);
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
async function killOnce(demo: Demo, recovered: Promise<void>, stopped: Promise<'stop'>): Promise<number> {
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
