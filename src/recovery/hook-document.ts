/**
 * What a hook is told on its standard input: the facts of its placeholders and variables as one JSON document, with types and without the traps of a shell. Names that are no server's stay as they are; a
 * document has a version, and only grows.
 */
import { hookInstanceType } from '../analysis/text.ts';
import { coordinatesText, hasNoFile } from '../model/binlog-coordinates.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { HookContext } from './hook-context.ts';

const VERSION = 1;

/** `hook`: the list that it is in, as the configuration calls it. One line, with a line end. */
export function hookDocument(hook: string, context: HookContext): string {
  const { entry, successor } = context;
  const { cluster } = entry;
  const document = {
    version: VERSION,
    hook,
    recoveryUid: context.recoveryUid === '' ? null : context.recoveryUid,
    orchestratorHost: context.orchestratorHost,
    command: entry.commandHint === '' ? null : entry.commandHint,
    isSuccessful: context.isSuccessful ?? successor !== null,
    failure: {
      type: entry.code,
      description: entry.description,
      instanceType: hookInstanceType(entry),
      server: serverOf(entry.key),
      isPrimary: entry.isPrimary,
      isCoPrimary: entry.isCoPrimary,
      isDowntimed: entry.isDowntimed,
    },
    cluster: {
      name: cluster.clusterName,
      alias: cluster.clusterAlias,
      domain: cluster.clusterDomain,
      hasAutomatedPrimaryRecovery: cluster.hasAutomatedMasterRecovery,
      hasAutomatedIntermediatePrimaryRecovery: cluster.hasAutomatedIntermediateMasterRecovery,
    },
    successor:
      successor === null
        ? null
        : {
            server: serverOf(successor.key),
            alias: successor.alias,
            binlogCoordinates:
              successor.coordinates === null || hasNoFile(successor.coordinates)
                ? null
                : coordinatesText(successor.coordinates),
          },
    replicas: entry.replicas.map(serverOf),
    lostReplicas: context.lostReplicas.map(serverOf),
  };
  return `${JSON.stringify(document)}\n`;
}

const serverOf = ({ hostname, port }: InstanceKey) => ({ hostname, port });
