/** O70 to O74: what is written down about servers; and the panic stop. */
import { clusterName } from '../../src/model/brand.ts';
import type { OperationEntry } from './entry.ts';
import { PANIC_STOP } from './numbers.ts';
import { replica, USUAL, type World } from './sample-world.ts';

const CLUSTER = clusterName('db1:3306');

const DELAYED: World = {
  servers: [...USUAL.servers, replica('db4', 'db1', { sqlDelaySeconds: 3_600 })].map((server) => ({
    ...server,
    clusterName: CLUSTER,
  })),
};

const NOT_DELAYED: World = { servers: USUAL.servers.map((server) => ({ ...server, clusterName: CLUSTER })) };

export const RECORDS: readonly OperationEntry[] = [
  {
    number: 70,
    title: 'Maintenance',
    text: [
      'Locks a server for a person: no operation touches it, and it is not judged. It has an owner, a reason and an end; by API v1 it always lasts ten minutes. Operations hold the same locks, as `orchestrator` (see "What is held").',
    ],
    api: [
      'begin-maintenance/:host/:port/:owner/:reason',
      'end-maintenance/:host/:port',
      'end-maintenance/:maintenanceKey',
      'in-maintenance/:host/:port',
      'maintenance',
    ],
    commands: ['begin-maintenance', 'end-maintenance', 'in-maintenance'],
    client: ['begin-maintenance', 'end-maintenance'],
    audits: ['begin-maintenance', 'end-maintenance', 'expire-maintenance'],
    printed: [
      {
        command: 'orchestrator -c begin-maintenance -i db3:3306 --owner ops --reason "disk swap" --duration 1h',
        prints: ['db3:3306'],
      },
    ],
  },
  {
    number: 71,
    title: 'Downtime',
    text: [
      'Mutes a server: it is watched, and shown, and nothing is recovered because of it. Ten minutes unless `--duration` says otherwise; beginning it again replaces what was said before. Operations work on a downtimed server as on any other.',
    ],
    api: [
      'begin-downtime/:host/:port/:owner/:reason',
      'begin-downtime/:host/:port/:owner/:reason/:duration',
      'end-downtime/:host/:port',
      'downtimed',
      'downtimed/:clusterHint',
    ],
    commands: ['begin-downtime', 'end-downtime', 'which-downtimed-instances'],
    client: ['begin-downtime', 'end-downtime', 'downtimed'],
    audits: ['begin-downtime', 'end-downtime', 'expire-downtime'],
    printed: [
      {
        command: 'orchestrator -c begin-downtime -i db3:3306 --reason "disk swap" --duration 2h',
        prints: ['db3:3306'],
      },
    ],
  },
  {
    number: 72,
    title: 'Tags',
    text: [
      'One value a name and server. A selector is a list between commas, all of which must hold: `role`, `role=backup`, `~role` (has tags, and not this one), `~role=backup` (has it with another value). Without a server a tag is only taken away with its value (`untag-all`).',
    ],
    api: [
      'tagged',
      'tags/:host/:port',
      'tag-value/:host/:port/:tagName',
      'tag/:host/:port/:tagName/:tagValue',
      'untag/:host/:port/:tagName',
      'untag-all/:tagName/:tagValue',
    ],
    commands: ['tagged', 'tags', 'tag-value', 'tag', 'untag', 'untag-all'],
    client: ['tagged', 'tags', 'tag-value', 'tag', 'untag', 'untag-all'],
    audits: ['delete-instance-tag'],
    printed: [
      { command: 'orchestrator -c tag -i db3:3306 --tag role=backup', prints: ['db3:3306'] },
      { command: 'orchestrator -c tagged --tag "role=backup,~dc"', prints: ['db3:3306'] },
    ],
  },
  {
    number: 73,
    title: 'Pools',
    text: [
      'A pool is a name with a list of servers; submitting it replaces the whole list, and one bad item leaves it as it was. It is forgotten after `InstancePoolExpiryMinutes` unless it is submitted again. The lag of a pool is the greatest that is known of its members.',
    ],
    api: [
      'submit-pool-instances/:pool',
      'cluster-pool-instances/:clusterName/:pool',
      'heuristic-cluster-pool-instances/:clusterName/:pool',
      'heuristic-cluster-pool-lag/:clusterName/:pool',
    ],
    commands: ['submit-pool-instances', 'cluster-pool-instances', 'which-heuristic-cluster-pool-instances'],
    client: ['submit-pool-instances', 'which-heuristic-cluster-pool-instances'],
    printed: [
      { command: 'orchestrator -c submit-pool-instances --pool readers -i db2:3306,db3:3306', prints: [] },
      {
        command: 'orchestrator -c cluster-pool-instances',
        prints: ['db1:3306\tshop\treaders\tdb2:3306', 'db1:3306\tshop\treaders\tdb3:3306'],
      },
    ],
  },
  {
    number: 74,
    title: 'Register a candidate',
    text: [
      'A promotion rule for a server: `prefer`, `neutral`, `prefer_not` or `must_not`. It is forgotten after `CandidateInstanceExpireMinutes` unless it is registered again; `DetectPromotionRuleQuery` does so at each look.',
    ],
    api: ['register-candidate/:host/:port/:promotionRule'],
    commands: ['register-candidate'],
    client: ['register-candidate'],
    audits: ['register-candidate'],
    printed: [
      {
        command: 'orchestrator -c register-candidate -i db3:3306 --promotion-rule prefer',
        prints: ['db3:3306'],
      },
    ],
  },
  {
    number: PANIC_STOP,
    title: 'Panic stop',
    text: [
      'Not in the contract. Stops replication at once on all delayed replicas of a cluster (`--all`: on all replicas), for a mistake that must not reach them. It reads nobody before, takes no lock, waits for no recovery, and is not undone. Name the cluster by its alias, its name or one of its servers: nothing stands in for it.',
    ],
    examples: [{ request: { kind: 'panic-stop', clusterName: CLUSTER, which: 'delayed' }, world: DELAYED }],
    refusals: [
      [{ kind: 'panic-stop', clusterName: CLUSTER, which: 'delayed' }, NOT_DELAYED],
      [{ kind: 'panic-stop', clusterName: clusterName('nosuch:3306'), which: 'all' }, NOT_DELAYED],
    ],
  },
];
