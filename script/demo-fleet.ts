// The demo with pretended servers: finds them before your eyes, says how to kill a primary, and tells what happens then.

import { setTimeout as pause } from 'node:timers/promises';
import { type FleetDemo, type FleetDemoOptions, startFleetDemo } from '../src/sandbox/fleet-demo.ts';
import { drillFleet } from '../src/sandbox/fleet-drill.ts';
import type { ServerSentEvent } from '../src/sandbox/server-sent-events.ts';
import type { NodeEvent } from '../src/service/events.ts';
import { DemoStory } from './demo-story.ts';
import { startedOrStopped } from './started-or-stopped.ts';
import type { Terminal } from './terminal.ts';

/** Lines about how many are found, for who has no status line. */
const foundLineMillis = 1_000;

/** With --once: how long after the measurement orchestrator may take to say that the recovery has ended. */
const lastWordDeadlineMillis = 5_000;

export interface FleetDemoShow {
  readonly options: Omit<FleetDemoOptions, 'onFound'>;
  /** Kill one primary, print what was measured, end. */
  readonly once: boolean;
  readonly terminal: Terminal;
  readonly stopped: Promise<'stop'>;
}

/** The exit status. */
export async function showFleetDemo({ options, once, terminal, stopped }: FleetDemoShow): Promise<number> {
  const { servers, family } = options;
  terminal.line(`starting ${servers} pretended servers (${family === 'both' ? 'mysql and mariadb' : family})`);
  const starting = startFleetDemo({ ...options, onFound: foundLines(servers, terminal) });
  const started = await startedOrStopped(starting, stopped);
  terminal.status('');
  if (started.kind === 'stopped') return 0;
  if (started.kind === 'failed') {
    terminal.line(started.error instanceof Error ? started.error.message : String(started.error));
    return 1;
  }
  const demo = started.thing;
  const watching = new AbortController();
  try {
    const recovered = Promise.withResolvers<void>();
    // Opened before anything is killed: what happens before is told nobody.
    const events = await demo.orchestrator.api.events(watching.signal);
    const telling = tell(events, demo, terminal, recovered.resolve);
    if (once) return await killOne(demo, options, recovered.promise, stopped);
    introduce(demo, terminal);
    if ((await Promise.race([stopped, telling])) === 'stop') return 0;
    terminal.line(`orchestrator has ended; its log is ${demo.orchestrator.logFile}; Ctrl-C ends the demo`);
    await stopped;
    return 1;
  } finally {
    watching.abort();
    terminal.line('stopping everything');
    await demo.stop();
    terminal.line('stopped; nothing is left behind');
  }
}

function foundLines(servers: number, terminal: Terminal): (found: number) => void {
  const startedAt = performance.now();
  let saidAt = startedAt;
  return (found) => {
    const now = performance.now();
    const text = `orchestrator has found ${found} of ${servers} servers after ${((now - startedAt) / 1000).toFixed(1)} s`;
    terminal.status(text);
    if (found < servers && now - saidAt < foundLineMillis) return;
    saidAt = now;
    terminal.line(text);
  };
}

function introduce({ page, fleet }: FleetDemo, terminal: Terminal): void {
  const [first] = fleet.clusters;
  const primaries = fleet.clusters.map(({ ports }) => ports[0]);
  terminal.line('');
  terminal.line(`  the page     ${page}`);
  terminal.line(`  primaries    ${some(primaries)}`);
  terminal.line(`  all servers  curl ${fleet.control}/servers`);
  terminal.line('');
  terminal.line('Now kill a primary from another terminal and watch, here and on the page:');
  terminal.line('');
  terminal.line(`  ${killCommand(fleet.control, first?.ports[0] ?? 0)}`);
  terminal.line('');
  terminal.line('In place of kill also: hang, resume, revive, cut, heal, and lag/PORT/MILLIS.');
  terminal.line('Ctrl-C stops everything and leaves nothing behind.');
}

const shownPrimaries = 8;

function some(ports: readonly (number | undefined)[]): string {
  const shown = ports.slice(0, shownPrimaries).map((port) => `127.0.0.1:${port}`);
  const rest = ports.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

const killCommand = (control: string, port: number): string => `curl -X POST ${control}/kill/${port}`;

/** Tells events as they come; ends when orchestrator does. */
async function tell(
  events: AsyncIterable<ServerSentEvent>,
  { fleet }: FleetDemo,
  terminal: Terminal,
  onRecovered: () => void,
): Promise<'ended'> {
  const story = new DemoStory();
  for await (const { data } of events) {
    const event = JSON.parse(data) as NodeEvent;
    for (const line of story.ofEvent(event)) terminal.line(line);
    if (event.kind !== 'recovery-ended') continue;
    if (event.successor !== null) {
      terminal.line(`             the next one to kill: ${killCommand(fleet.control, event.successor.port)}`);
    }
    onRecovered();
  }
  return 'ended';
}

async function killOne(
  demo: FleetDemo,
  { servers, family }: FleetDemoShow['options'],
  recovered: Promise<void>,
  stopped: Promise<'stop'>,
): Promise<number> {
  const result = await Promise.race([drillFleet(demo.fleet, 1), stopped]);
  if (result === 'stop') return 1;
  await Promise.race([recovered, pause(lastWordDeadlineMillis, undefined, { ref: false })]);
  const isRecovered = result.promoted !== null && result.attachedAfterMillis !== null;
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value) : value);
  console.log(JSON.stringify({ recovered: isRecovered, pretended: true, servers, family, ...result }, rounded));
  return isRecovered ? 0 : 1;
}
