/**
 * Commands about orchestrator itself (spec/cli.md 2.3, "Meta" and the three groups of one command behind it).
 */
import { dumpConfiguration } from '../../config/dump.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import {
  type CommandContext,
  type CommandGroup,
  type CommandResult,
  type CommandRow,
  command,
  done,
  fatal,
  linesOf,
  notBuilt,
} from '../command.ts';

const dumpConfig: CommandRow = {
  name: 'dump-config',
  description: 'Print the configuration in force as JSON, secrets included',
  needs: [],
  work: { kind: 'offline', run: ({ settings }) => done(dumpConfiguration(settings)) },
};

const namePairs = (names: ReadonlyMap<string, string>): CommandResult =>
  done(...[...names].map(([name, other]) => `${name} ${other}`).sort());

export const meta: CommandGroup = {
  heading: 'Meta',
  rows: [
    command('snapshot-topologies', 'Write the present topologies to the history', [], async ({ calls }) =>
      linesOf(await calls.snapshotTopologies(), () => []),
    ),
    notBuilt('continuous', 'Discover and recover without serving pages'),
    notBuilt('active-nodes', 'Print the nodes that are alive'),
    notBuilt('access-token', 'Create an access token', ['owner?']),
    command('resolve', 'Print the canonical name of a host', ['instance'], resolve),
    command('reset-hostname-resolve-cache', 'Forget all resolved names', [], async ({ calls }) => {
      await calls.clearResolvedNames();
      return done('hostname resolve cache cleared');
    }),
    dumpConfig,
    command('show-resolve-hosts', 'Print all resolved names', [], ({ calls }) =>
      namePairs(new Map([...calls.resolvedNames()].map(([used, { hostname }]) => [used, hostname]))),
    ),
    command('show-unresolve-hosts', 'Print all virtual names', [], ({ calls }) => namePairs(calls.virtualNames())),
  ],
};

/** First whether somebody listens there: a name may well be known of a server that is not. */
async function resolve({ calls, typed, typedKey, instance }: CommandContext): Promise<CommandResult> {
  if (typedKey === null) return fatal(`Cannot deduce instance: ${typed}`);
  const reached = await calls.reach(instance);
  if (reached.kind === 'refused') return linesOf(reached, () => []);
  return linesOf(await calls.canonicalKey(reached.value), (key) => [instanceKeyText(key)]);
}

export const metaInternal: CommandGroup = {
  heading: 'Meta, internal',
  rows: [notBuilt('redeploy-internal-db', 'Deploy the backend schema again')],
};

export const internal: CommandGroup = {
  heading: 'Internal',
  rows: [
    notBuilt('internal-suggest-promoted-replacement', 'Name the server that a failover would put in charge', [
      'instance',
      'destination',
    ]),
  ],
};

export const agent: CommandGroup = {
  heading: 'Agent',
  rows: [notBuilt('custom-command', 'Run a custom command through the agent of a host', ['hostname', 'pattern'])],
};
