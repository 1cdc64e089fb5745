/**
 * `ReprovisionProcesses`: what provisions a server anew where nothing of the server's own does. Each is told of the recipient, the donor and the primary, by placeholders, variables
 * and a document, and has done its part when it ends: the data are there, GTID positions are set, and the server runs.
 */
import type { ClusterName } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { StartHook } from '../ports/hook-runner.ts';
import type { Log } from '../ports/log.ts';
import { type HookEntry, runHookList } from './run-hooks.ts';

export const REPROVISION_LIST = 'ReprovisionProcesses';

export interface ReprovisionHookContext {
  readonly recipient: InstanceKey;
  readonly donor: InstanceKey;
  readonly primary: InstanceKey;
  readonly clusterName: ClusterName;
  /** What the recipient alone had, and a person has ordered to be lost; '' for nothing. */
  readonly discarded: string;
  readonly orchestratorHost: string;
}

export interface ReprovisionHookRun {
  readonly startHook: StartHook;
  readonly commands: readonly HookEntry[];
  readonly context: ReprovisionHookContext;
  readonly onStep: (message: string) => void;
  readonly log: Log;
}

/** Null: all went well. The first that fails ends them. */
export async function runReprovisionHooks(run: ReprovisionHookRun): Promise<string | null> {
  const { context, commands } = run;
  const result = await runHookList({
    ...run,
    list: REPROVISION_LIST,
    mode: 'stop-at-first-failure',
    // Whoever is not waited for has not provisioned anything yet.
    waitsForAll: true,
    told: {
      substitute: (text) => substituteIn(text, context),
      environment: environmentOf(context),
      document: documentOf(context),
    },
  });
  if (result.kind === 'ok') return null;
  return `${REPROVISION_LIST} hook ${result.commandIndex + 1} of ${commands.length} has failed: ${result.reason}`;
}

interface Fact {
  readonly placeholder: string;
  readonly variable: string;
  readonly value: string;
}

function factsOf(context: ReprovisionHookContext): readonly Fact[] {
  const { recipient, donor, primary, clusterName, discarded, orchestratorHost } = context;
  const server = (name: string, { hostname, port }: InstanceKey): readonly Fact[] => [
    { placeholder: `${name}Host`, variable: `ORC_${name.toUpperCase()}_HOST`, value: hostname },
    { placeholder: `${name}Port`, variable: `ORC_${name.toUpperCase()}_PORT`, value: `${port}` },
  ];
  return [
    ...server('recipient', recipient),
    ...server('donor', donor),
    ...server('primary', primary),
    { placeholder: 'clusterName', variable: 'ORC_CLUSTER_NAME', value: clusterName },
    { placeholder: 'discarded', variable: 'ORC_DISCARDED', value: discarded },
    { placeholder: 'orchestratorHost', variable: 'ORC_ORCHESTRATOR_HOST', value: orchestratorHost },
  ];
}

/** Without quoting, as in every list of hooks; whoever cares uses the variables. */
const substituteIn = (text: string, context: ReprovisionHookContext): string =>
  factsOf(context).reduce((now, { placeholder, value }) => now.replaceAll(`{${placeholder}}`, () => value), text);

const environmentOf = (context: ReprovisionHookContext): Record<string, string> =>
  Object.fromEntries(factsOf(context).map(({ variable, value }) => [variable, value]));

const VERSION = 1;

function documentOf({ recipient, donor, primary, clusterName, discarded, orchestratorHost }: ReprovisionHookContext) {
  const server = ({ hostname, port }: InstanceKey) => ({ hostname, port });
  const document = {
    version: VERSION,
    hook: REPROVISION_LIST,
    orchestratorHost,
    cluster: { name: clusterName },
    recipient: server(recipient),
    donor: server(donor),
    primary: server(primary),
    discarded: discarded === '' ? null : discarded,
  };
  return `${JSON.stringify(document)}\n`;
}
