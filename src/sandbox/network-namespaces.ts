// Network namespaces: hosts within this machine, each with interfaces, addresses and routes of its own. They are gone with the process that
// made them, if need be at the next run.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { ensureIp, type IpCommand } from './ip-command.ts';
import { isAlive } from './is-alive.ts';
import { runToEnd } from './run-to-end.ts';

/** Where `ip netns` keeps their names. */
const folder = '/var/run/netns';

/** The owner's process id follows. */
const prefix = 'orcts-';

/** What the interface in a namespace must be called at whose other end this machine is. */
export const machineDevice = 'this-machine';

const ours = new Set<string>();
let made = 0;
let command: IpCommand | null = null;

// Whoever calls process.exit() without removing its hosts still leaves none behind. Its servers are killed at the same moment.
process.once('exit', () => {
  for (const name of ours) for (const step of removal(name)) ipAtOnce(step);
});

/** This machine does not let us make hosts; the message is one line for people. */
export class NamespacesUnavailable extends Error {}

/** Runs `ip`. Throws with what it complained about. */
export async function ip(parameters: readonly string[]): Promise<void> {
  command ??= await ensureIp();
  await runToEnd([...command, ...parameters]);
}

/** The same for who cannot wait; a failure is nobody's concern. */
function ipAtOnce(parameters: readonly string[]): void {
  if (command === null) return;
  const [program, ...rest] = command;
  spawnSync(program, [...rest, ...parameters], { stdio: 'ignore' });
}

/**
 * Makes a namespace with nothing in it but loopback, after removing those that killed processes left behind. Gives its name.
 * Throws `NamespacesUnavailable` where that is not allowed, and `PackageUnavailable` where there is no `ip` to be had.
 */
export async function makeNamespace(purpose: string): Promise<string> {
  if (ours.size === 0) await sweepAbandoned();
  const name = `${prefix}${process.pid}-${++made}-${purpose}`;
  try {
    await ip(['netns', 'add', name]);
  } catch (error) {
    // It may have been made halfway.
    ipAtOnce(['netns', 'delete', name]);
    throw new NamespacesUnavailable(`cannot make network namespaces: ${lastLine(error)}`, { cause: error });
  }
  ours.add(name);
  await ip(['-n', name, 'link', 'set', 'lo', 'up']);
  return name;
}

/** Removes a namespace of `makeNamespace`. May be called twice. */
export async function removeNamespace(name: string): Promise<void> {
  if (!ours.delete(name)) return;
  const [cutOff, remove] = removal(name);
  // Not every one has a wire to this machine.
  await ip(cutOff).catch(() => {});
  await ip(remove);
}

/**
 * A nameless namespace lives on, with its interfaces, while a connection in it waits for an answer that nobody will send. What it had here
 * must be gone now: somebody else may take the name and the address.
 */
const removal = (name: string): readonly [readonly string[], readonly string[]] => [
  ['-n', name, 'link', 'delete', machineDevice],
  ['netns', 'delete', name],
];

/** What comes before a command so that it runs in a namespace, without becoming another process. */
export function enterNamespace(name: string): readonly string[] {
  return ['nsenter', `--net=${folder}/${name}`, '--'];
}

async function sweepAbandoned(): Promise<void> {
  for (const name of namesNow()) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    // Another process may be sweeping too.
    for (const step of removal(name)) await ip(step).catch(() => {});
  }
}

function namesNow(): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nobody ever made one here.
    return [];
  }
}

/** The last line of an error is what `ip` said. */
export function lastLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? '';
}
