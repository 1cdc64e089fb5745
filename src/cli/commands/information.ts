/**
 * Questions about servers and clusters, answered from the backend (spec/cli.md 2.3, "Information").
 */
import { compileRegularExpression } from '../../config/regular-expression.ts';
import { LOST_IN_RECOVERY } from '../../model/decisions.ts';
import { instanceKeyText, isValidKey } from '../../model/instance-key.ts';
import { bracketedDescription, descriptionTokens } from '../../model/instance-status-text.ts';
import type { ClusterInfo } from '../../service/calls.ts';
import {
  type CommandContext,
  type CommandGroup,
  type CommandResult,
  command,
  done,
  fatal,
  keyLines,
  linesOf,
  notBuilt,
  withKnownInstance,
} from '../command.ts';
import { clusterOf, withClusterInfo } from '../targets.ts';
import { topologyHistory, topologyOfPattern } from './topology-history.ts';

/** By cluster name, whatever order the node has them in. */
function clustersByName({ calls }: CommandContext): readonly ClusterInfo[] {
  return [...calls.clusters()].sort((one, other) => (one.clusterName < other.clusterName ? -1 : 1));
}

/** No cluster at all is one empty line (contract). */
function clusters(context: CommandContext): CommandResult {
  return done(
    clustersByName(context)
      .map(({ clusterName }) => clusterName)
      .join('\n'),
  );
}

function clustersAlias(context: CommandContext): CommandResult {
  return done(
    ...clustersByName(context).map(({ clusterName, clusterAlias }) => `${clusterName}\t${clusterAlias || clusterName}`),
  );
}

function find({ calls, flags }: CommandContext): CommandResult {
  if (flags.pattern === '') return fatal('No pattern given');
  const compilation = compileRegularExpression(flags.pattern);
  if (compilation.kind === 'refused') return fatal(`Cannot read the pattern ${flags.pattern}: ${compilation.reason}`);
  return keyLines(
    calls.allInstances().filter(({ instance }) => compilation.expression.finds(instanceKeyText(instance.key))),
  );
}

function search({ calls, flags }: CommandContext): CommandResult {
  return flags.pattern === '' ? fatal('No pattern given') : keyLines(calls.search(flags.pattern));
}

/** No cluster is an empty line, and all is well (contract). */
function topology(form: 'plain' | 'tabulated' | 'tags'): (context: CommandContext) => Promise<CommandResult> {
  return async (context) => {
    const name = clusterOf(context);
    if (name === '') return done('');
    if (name.includes("'")) return fatal(`Invalid cluster name: ${name}`);
    if (context.flags.pattern !== '') return topologyOfPattern(context, name, form === 'tabulated' ? form : 'plain');
    return done(await context.calls.topologyText(name, form));
  };
}

function instanceStatus(context: CommandContext): CommandResult {
  const { settings, calls } = context;
  const limits = {
    instancePollSeconds: settings.InstancePollSeconds,
    reasonableReplicationLagSeconds: settings.ReasonableReplicationLagSeconds,
    reasonableMaintenanceReplicationLagSeconds: settings.ReasonableMaintenanceReplicationLagSeconds,
  };
  return withKnownInstance(context, ({ instance, downtime }) =>
    done(bracketedDescription(descriptionTokens(instance, calls.now(), limits, downtime))),
  );
}

function whichMaster(context: CommandContext): CommandResult {
  return withKnownInstance(context, ({ instance: { sourceKey } }) =>
    done(...(sourceKey !== null && isValidKey(sourceKey) ? [instanceKeyText(sourceKey)] : [])),
  );
}

/** Prints one fact of the cluster. */
function whichOfCluster(fact: (info: ClusterInfo) => string): (context: CommandContext) => Promise<CommandResult> {
  return (context) => withClusterInfo(context, async (info) => done(fact(info)));
}

function whichClusterMaster(context: CommandContext): CommandResult {
  const name = clusterOf(context);
  const primary = name === '' ? null : context.calls.primaryOf(name);
  return primary === null ? fatal(`No writeable masters found for cluster ${name}`) : keyLines([primary]);
}

function whichClusterInstances(context: CommandContext): CommandResult {
  const name = clusterOf(context);
  return keyLines(name === '' ? [] : context.calls.cluster(name));
}

/** Everywhere, when no cluster can be told. */
function whichDowntimed(context: CommandContext): CommandResult {
  const name = clusterOf(context);
  return keyLines(name === '' ? context.calls.downtimed() : context.calls.downtimed(name));
}

function whichLost({ calls }: CommandContext): CommandResult {
  return keyLines(calls.downtimed().filter(({ downtime }) => downtime?.reason === LOST_IN_RECOVERY));
}

export const information: CommandGroup = {
  heading: 'Information',
  rows: [
    command('find', 'Print instances whose host:port matches a regular expression', ['pattern'], find),
    command(
      'search',
      'Print instances that a plain text finds',
      ['pattern'],
      search,
      'Part of a host name, cluster name, version or alias, or a whole port or server id. A single blank finds all.',
    ),
    command('clusters', 'Print the names of all clusters', [], clusters),
    command('clusters-alias', 'Print the names and aliases of all clusters', [], clustersAlias),
    command('all-clusters-masters', 'Print one writeable master a cluster', [], ({ calls }) =>
      keyLines(calls.writablePrimaries()),
    ),
    command('topology', 'Draw the tree of a cluster', ['cluster?', 'instance?'], topology('plain')),
    command(
      'topology-tabulated',
      'Draw the tree of a cluster with columns',
      ['cluster?', 'instance?'],
      topology('tabulated'),
    ),
    command('topology-tags', 'Draw the tree of a cluster with tags', ['cluster?', 'instance?'], topology('tags')),
    command(
      'topology-history',
      'Draw the tree of a cluster as it was at a time',
      ['cluster?', 'instance?', 'at'],
      topologyHistory,
      'As the newest snapshot that is not later shows it: see snapshot-topologies, and SnapshotTopologiesIntervalHours in the configuration.',
    ),
    command('all-instances', 'Print all known instances', [], ({ calls }) => keyLines(calls.allInstances())),
    command('which-instance', 'Print the full name of an instance', ['instance?'], (context) =>
      withKnownInstance(context, () => done(instanceKeyText(context.instance))),
    ),
    command('which-cluster', 'Print the name of a cluster', ['cluster?', 'instance?'], (context) =>
      done(clusterOf(context)),
    ),
    command(
      'which-cluster-alias',
      'Print the alias of a cluster',
      ['cluster?', 'instance?'],
      whichOfCluster(({ clusterAlias, clusterName }) => clusterAlias || clusterName),
    ),
    command(
      'which-cluster-domain',
      'Print the domain name of a cluster',
      ['cluster?', 'instance?'],
      whichOfCluster(({ clusterDomain }) => clusterDomain),
    ),
    command(
      'which-heuristic-domain-instance',
      'Print the instance stored under the domain name of a cluster',
      ['cluster?', 'instance?'],
      (context) =>
        withClusterInfo(context, async ({ clusterName }) =>
          linesOf(await context.calls.domainInstance(clusterName), (stored) => [stored]),
        ),
    ),
    command('which-cluster-master', 'Print the master of a cluster', ['cluster?', 'instance?'], whichClusterMaster),
    command(
      'which-cluster-instances',
      'Print the instances of a cluster',
      ['cluster?', 'instance?'],
      whichClusterInstances,
    ),
    notBuilt('which-cluster-osc-replicas', 'Print control replicas for an online schema change', [
      'cluster?',
      'instance?',
    ]),
    notBuilt('which-cluster-gh-ost-replicas', 'Print replicas that gh-ost can work on', ['cluster?', 'instance?']),
    command('which-master', 'Print the master of an instance', ['instance?'], whichMaster),
    command(
      'which-downtimed-instances',
      'Print the downtimed instances of one or all clusters',
      ['cluster?', 'instance?'],
      whichDowntimed,
    ),
    command('which-replicas', 'Print the direct replicas of an instance', ['instance?'], ({ calls, instance }) =>
      keyLines(calls.replicasOf(instance)),
    ),
    command('which-lost-in-recovery', 'Print the instances that were lost in a recovery', [], whichLost),
    command('instance-status', 'Describe an instance in a few words', ['instance?'], instanceStatus),
    notBuilt('get-cluster-heuristic-lag', 'Print the greatest lag among control replicas of a cluster', [
      'cluster?',
      'instance?',
    ]),
  ],
};
