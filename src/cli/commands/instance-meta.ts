/**
 * What is recorded about instances (spec/cli.md 2.3, "Instance, meta").
 */
import { type CommandGroup, command, echoInstance, linesOf } from '../command.ts';
import { withClusterInfo } from '../targets.ts';

export const instanceMeta: CommandGroup = {
  heading: 'Instance, meta',
  rows: [
    command(
      'register-candidate',
      'Record how much an instance should be promoted',
      ['instance?', 'promotion-rule?'],
      async (context) =>
        echoInstance(await context.calls.registerCandidate(context.instance, context.flags['promotion-rule']), context),
    ),
    command(
      'register-hostname-unresolve',
      'Record a virtual name for the host of an instance; an empty one removes it',
      ['instance?', 'hostname'],
      async (context) =>
        echoInstance(await context.calls.setVirtualName(context.instance, context.flags.hostname), context),
    ),
    command(
      'deregister-hostname-unresolve',
      'Remove the virtual name of the host of an instance',
      ['instance?'],
      async (context) => echoInstance(await context.calls.setVirtualName(context.instance, ''), context),
    ),
    command(
      'set-heuristic-domain-instance',
      'Store the master of a cluster under its domain name',
      ['cluster?', 'instance?'],
      (context) =>
        withClusterInfo(context, async ({ clusterName }) =>
          linesOf(await context.calls.setDomainInstance(clusterName), (stored) => [stored]),
        ),
    ),
  ],
};
