// Makes a demo's primary fail, or asks for a planned switchover, and measures what clients and servers felt of it.

import { setTimeout as pause } from 'node:timers/promises';
import type { Demo } from './demo.ts';
import { demoAlias } from './demo-configuration.ts';
import { type KeptOpen, keepOpen } from './kept-open.ts';
import { type ReceivedTransactions, receivedBy } from './received-transactions.ts';
import { waitUntilAttached } from './replica-attachment.ts';
import { checkRows, thrownAway } from './row-check.ts';
import type { RunningServer } from './server.ts';

/** `crash`: SIGKILL. `hang`: SIGSTOP. `switchover`: asked of orchestrator. */
export type DrillEvent = 'crash' | 'hang' | 'switchover';

export const drillEvents: readonly DrillEvent[] = ['crash', 'hang', 'switchover'];

/** How long the writer waits for a new primary before the drill has failed. */
const recoveryDeadlineMillis = 60_000;

/** How long replicas may take to replicate from the new primary before they count as left behind. */
const attachDeadlineMillis = 10_000;

/** A drill begins when so many rows were acknowledged: without a last row before it there is no gap. */
const rowsBefore = 10;

const pollMillis = 5;

export interface DrillOutcome {
  readonly kind: 'recovered';
  readonly failed: RunningServer;
  readonly promoted: RunningServer;
  /** The longest time without an acknowledged write. */
  readonly writeGapMillis: number;
  /** From the event until every surviving server replicated from the promoted one; null when some never did. */
  readonly attachedMillis: number | null;
  readonly replicasAttached: number;
  /** Surviving servers that do not replicate from the promoted one. */
  readonly replicasLeftBehind: number;
  /** How long the call for the switchover took; null for failures. */
  readonly callMillis: number | null;
  /** Rows acknowledged by the failed primary and looked for afterwards. */
  readonly rowsAcknowledged: number;
  /** Of them, those that are not on the promoted server. */
  readonly rowsMissing: number;
  /** Of the missing, those that some replica had received: they were there and were thrown away. Must be 0. */
  readonly rowsThrownAway: number;
}

export type DrillResult = DrillOutcome | { readonly kind: 'failed'; readonly reason: string };

/** Lets it happen to whoever is primary now, and waits until it is over. */
export async function drill(demo: Demo, event: DrillEvent): Promise<DrillResult> {
  const { fleet, writer } = demo;
  const failed = fleet.servers.find((server) => server.port === writer.port);
  if (failed === undefined) return { kind: 'failed', reason: 'nobody takes writes before the drill' };
  const others = fleet.servers.filter((server) => server !== failed && server.isRunning);
  if (!(await until(() => writer.acknowledgedCount >= rowsBefore))) return { kind: 'failed', reason: 'nobody writes' };

  const asked = new Map<RunningServer, KeptOpen>();
  try {
    for (const server of [failed, ...others]) asked.set(server, await keepOpen(server));
    return await measured(demo, event, failed, asked);
  } finally {
    for (const one of asked.values()) one.close();
  }
}

/** `asked`: all living servers. */
async function measured(
  demo: Demo,
  event: DrillEvent,
  failed: RunningServer,
  asked: ReadonlyMap<RunningServer, KeptOpen>,
): Promise<DrillResult> {
  const { writer } = demo;
  const others = [...asked].flatMap(([server, kept]) => (server === failed ? [] : [kept]));
  const startedAt = performance.now();
  const happened = await happen[event](demo, failed, others);
  if (happened.kind === 'failed') return happened;
  const promoted = await waitForNewPrimary(demo, failed);
  if (promoted === null) return { kind: 'failed', reason: `nobody took writes for ${recoveryDeadlineMillis} ms` };

  const all = event === 'switchover' ? [...asked.values()] : others;
  const followers = all.filter(({ port }) => port !== promoted.port);
  const left = await waitUntilAttached(followers, promoted, attachDeadlineMillis);
  const attachedMillis = left.length === 0 ? performance.now() - startedAt : null;
  const rows = writer.acknowledged().filter((row) => row.port === failed.port);
  const { missing } = await checkRows(promoted, rows);
  return {
    kind: 'recovered',
    failed,
    promoted,
    writeGapMillis: writer.longestGap(startedAt).millis,
    attachedMillis,
    replicasAttached: followers.length - left.length,
    replicasLeftBehind: left.length,
    callMillis: happened.callMillis,
    rowsAcknowledged: rows.length,
    rowsMissing: missing.length,
    rowsThrownAway: thrownAway(missing, happened.received).length,
  };
}

type Happened =
  | { readonly kind: 'happened'; readonly received: ReceivedTransactions; readonly callMillis: number | null }
  | { readonly kind: 'failed'; readonly reason: string };

type Happen = (demo: Demo, failed: RunningServer, others: readonly KeptOpen[]) => Promise<Happened>;

const happen: Readonly<Record<DrillEvent, Happen>> = {
  async crash(_demo, failed, others) {
    failed.kill('SIGKILL');
    // Until it has ended its replicas still read from it, and may receive more.
    await failed.exited;
    return { kind: 'happened', received: await receivedBy(others), callMillis: null };
  },

  async hang(_demo, failed, others) {
    failed.kill('SIGSTOP');
    return { kind: 'happened', received: await receivedBy(others), callMillis: null };
  },

  async switchover({ orchestrator }) {
    const startedAt = performance.now();
    const { Code, Message } = await orchestrator.api.takeOver(demoAlias);
    const callMillis = performance.now() - startedAt;
    if (Code !== 'OK') return { kind: 'failed', reason: `the switchover was answered with ${Code}: ${Message}` };
    // Nobody died: every acknowledged row must be there, received or not.
    return { kind: 'happened', received: { includes: () => true }, callMillis };
  },
};

async function waitForNewPrimary({ fleet, writer }: Demo, failed: RunningServer): Promise<RunningServer | null> {
  const port = () => writer.lastAcknowledged?.port;
  if (!(await until(() => port() !== failed.port))) return null;
  return fleet.servers.find((server) => server.port === port()) ?? null;
}

/** False when it did not come true before the deadline. */
async function until(isTrue: () => boolean): Promise<boolean> {
  const giveUpAt = performance.now() + recoveryDeadlineMillis;
  while (!isTrue()) {
    if (performance.now() > giveUpAt) return false;
    await pause(pollMillis);
  }
  return true;
}
