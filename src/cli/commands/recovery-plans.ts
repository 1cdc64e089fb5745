/** What a recovery would do. Not in the contract. */
import { clusterName } from '../../model/brand.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import { recoveryPlanLines } from '../../service/recovery-plan-text.ts';
import { asTheServiceSeesIt } from '../as-the-service-sees-it.ts';
import { type CommandContext, type CommandGroup, type CommandResult, command, linesOf } from '../command.ts';
import { clusterOf } from '../targets.ts';

async function planFailover(context: CommandContext): Promise<CommandResult> {
  const { calls, destination } = context;
  const name = clusterOf(context);
  const designated: Record<string, string> = destination === null ? {} : { designated: typedText(destination) };
  const path = `/api/v2/clusters/${encodeURIComponent(name)}/plan-failover`;
  return (
    (await asTheServiceSeesIt(context, path, designated)) ??
    linesOf(calls.planFailover({ clusterName: clusterName(name), designated: destination }), recoveryPlanLines)
  );
}

/** As people type it, to be parsed again: the text of a key leaves the brackets of IPv6 away. */
const typedText = ({ hostname, port }: InstanceKey): string =>
  hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;

async function planTakeover(context: CommandContext): Promise<CommandResult> {
  const wish = { clusterName: clusterName(clusterOf(context)), designated: context.destination, auto: true };
  return linesOf(await context.calls.planTakeover(wish), recoveryPlanLines);
}

export const recoveryPlans: CommandGroup = {
  heading: 'Plans of recoveries',
  rows: [
    command(
      'plan-failover',
      'Print what a failover would do if the master died now: who is promoted, who is lost, what may be lost, how long, every statement',
      ['cluster?', 'instance?', 'destination?'],
      planFailover,
      'Asks no server anything and changes nothing: as the service on this machine sees it; where none runs, from what the backend has.',
    ),
    command(
      'plan-takeover',
      'Print what graceful-master-takeover-auto would do, or why it would be refused',
      ['cluster?', 'instance?', 'destination?'],
      planTakeover,
      'Reads the master and its replicas, and changes nothing.',
    ),
  ],
};
