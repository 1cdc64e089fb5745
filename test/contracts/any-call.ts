/**
 * Any call of the backend's ports, of few servers, clusters and recoveries, so that calls meet one another. Times are made of the moment at which
 * the call is made.
 */
import fc from 'fast-check';
import { blankInstance } from '../../src/model/blank-instance.ts';
import { clusterName, serverUuid, type UnixMillis, unixMillis } from '../../src/model/brand.ts';
import { LOST_IN_RECOVERY } from '../../src/model/decisions.ts';
import { keyId } from '../../src/model/instance-key.ts';
import { PROMOTION_RULES } from '../../src/model/promotion-rule.ts';
import { JOURNAL_END, type RecoveryOutcome } from '../../src/model/recovery-record.ts';
import type { AcknowledgeSelection, RecoveryQuery } from '../../src/ports/decision-store.ts';
import type { StoreBackend } from '../../src/store/backend.ts';
import { digest, key, node, uid } from '../../src/store/temporary-backend.ts';

export interface Call {
  readonly method: keyof StoreBackend;
  /** For people, when a sequence fails. */
  readonly arguments: unknown;
  run(backend: StoreBackend, now: UnixMillis): Promise<unknown>;
}

type Run<Arguments> = (backend: StoreBackend, given: Arguments, now: UnixMillis) => Promise<unknown>;

function call<Arguments>(
  method: keyof StoreBackend,
  given: { [Name in keyof Arguments]: fc.Arbitrary<Arguments[Name]> },
  run: Run<Arguments>,
): fc.Arbitrary<Call> {
  return fc
    .record<Arguments>(given)
    .map((values) => ({ method, arguments: values, run: (backend, now) => run(backend, values, now) }));
}

const SERVERS = [key('a'), key('b'), key('a', 3307)];
const server = fc.constantFrom(...SERVERS);
const hostname = fc.constantFrom('a', 'b');
const cluster = fc.constantFrom('a:3306', 'b:3306', 'c:3306');
const alias = fc.constantFrom('alias-a', 'alias-b', 'alias-c');
const recovery = fc.constantFrom('1:x', '2:y', '3:z');
const process = fc.constantFrom(node('t1'), node('t2'), { hostname: 'orc2', token: 't1' });
const word = fc.constantFrom('', 'one', 'two\nlines', LOST_IN_RECOVERY);
const id = fc.integer({ min: 1, max: 4 });
const page = fc.integer({ min: -1, max: 2 });
/** Milliseconds from now, as far as the rules of the tables reach: seconds, minutes, more than a week. */
const offset = fc.constantFrom(0, -1, 1, -1000, 1000, -2500, 5000, -60_000, 600_000, -700_000_000);
const anyDigest = fc
  .tuple(server, fc.constantFrom('DeadMaster', 'UnreachableMaster'), fc.subarray([key('r2'), key('r1')]))
  .map(([failed, code, replicas]) => digest(failed.hostname, { key: failed, code, replicas }));

const after = (now: UnixMillis, byMillis: number): UnixMillis => unixMillis(now + byMillis);

const downtimes = [
  call('beginDowntime', { server, word, offset }, (backend, given, now) =>
    backend.beginDowntime({
      key: given.server,
      owner: 'o',
      reason: given.word,
      begin: now,
      end: after(now, given.offset),
    }),
  ),
  call('endDowntime', { server }, (backend, given) => backend.endDowntime(given.server)),
  call('loadDowntimes', {}, (backend) => backend.loadDowntimes()),
  call('prolongDowntimes', { word, offset }, (backend, given, now) =>
    backend.prolongDowntimes(given.word, now, after(now, given.offset)),
  ),
  call('deleteEndedDowntimes', { offset }, (backend, given, now) =>
    backend.deleteEndedDowntimes(after(now, given.offset)),
  ),
];

const maintenance = [
  call('beginMaintenance', { server, process, offset, bounded: fc.boolean() }, (backend, given, now) =>
    backend.beginMaintenance(
      { key: given.server, owner: 'o', reason: 'r', begin: now, end: after(now, given.offset) },
      { node: given.process, bounded: given.bounded },
    ),
  ),
  call(
    'beginMaintenanceOfAll',
    { servers: fc.array(server, { maxLength: 3 }), process, offset, bounded: fc.boolean() },
    (backend, { servers, process: of, offset: lasts, bounded }, now) => {
      const times = { begin: now, end: after(now, lasts) };
      const locks = servers.map((locked) => ({ key: locked, owner: 'o', reason: 'all', ...times }));
      return backend.beginMaintenanceOfAll(locks, { node: of, bounded });
    },
  ),
  call('renewMaintenance', { server, process, offset }, async (backend, given, now) => {
    const held = (await backend.loadMaintenance()).find((lock) => keyId(lock.key) === keyId(given.server));
    return held !== undefined && backend.renewMaintenance(held, after(now, given.offset), given.process);
  }),
  call('releaseMaintenance', { server, process }, async (backend, given, now) => {
    const held = (await backend.loadMaintenance()).find((lock) => keyId(lock.key) === keyId(given.server));
    return held !== undefined && backend.releaseMaintenance(held, now, given.process);
  }),
  call('endMaintenance', { server }, (backend, given, now) => backend.endMaintenance(given.server, now)),
  call('loadMaintenance', {}, (backend) => backend.loadMaintenance()),
  call('expireMaintenance', { living: fc.uniqueArray(process) }, (backend, given, now) =>
    backend.expireMaintenance(now, given.living),
  ),
];

const candidates = [
  call(
    'registerCandidate',
    { server, rule: fc.constantFrom(...PROMOTION_RULES), suggested: fc.option(offset) },
    (backend, { server: candidate, rule, suggested }, now) => {
      const lastSuggested = suggested === null ? null : after(now, suggested);
      return backend.registerCandidate({ key: candidate, rule, lastSuggested });
    },
  ),
  call('loadCandidates', {}, (backend) => backend.loadCandidates()),
  call('deleteCandidatesOlderThan', { offset }, (backend, given, now) =>
    backend.deleteCandidatesOlderThan(after(now, given.offset)),
  ),
];

const tagName = fc.constantFrom('role', "o'brien; --", 'étage/%');
const tagValue = fc.constantFrom('', 'backup', 'a=b,c"');
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

const tags = [
  call('putTag', { server, tagName, tagValue }, (backend, given, now) =>
    backend.putTag({ key: given.server, name: given.tagName, value: given.tagValue }, now),
  ),
  call('deleteTags', { server: maybe(server), tagName, tagValue: maybe(tagValue) }, (backend, given) =>
    backend.deleteTags({
      name: given.tagName,
      ...(given.server && { key: given.server }),
      ...(given.tagValue !== undefined && { value: given.tagValue }),
    }),
  ),
  call('loadTags', { server: maybe(server), tagName: maybe(tagName) }, (backend, given) =>
    backend.loadTags({
      ...(given.server && { key: given.server }),
      ...(given.tagName !== undefined && { name: given.tagName }),
    }),
  ),
];

const pool = fc.constantFrom('readers', "o'brien; --", '__proto__');

const pools = [
  call('replacePool', { pool, members: fc.uniqueArray(server, { selector: keyId }) }, (backend, given, now) =>
    backend.replacePool(given.pool, given.members, now),
  ),
  call('loadPools', { offset }, (backend, given, now) => backend.loadPools(after(now, given.offset))),
  call('deletePoolMembersOlderThan', { offset }, (backend, given, now) =>
    backend.deletePoolMembersOlderThan(after(now, given.offset)),
  ),
];

const attributes = [
  call('setHostAttribute', { hostname, tagName, tagValue }, (backend, given, now) =>
    backend.setHostAttribute({ hostname: given.hostname, name: given.tagName, value: given.tagValue }, now),
  ),
  call('loadHostAttributes', { tagName }, (backend, given) => backend.loadHostAttributes(given.tagName)),
];

const detections = [
  call('registerDetection', { anyDigest, isActionable: fc.boolean(), process }, (backend, given, now) =>
    backend.registerDetection(given.anyDigest, given.isActionable, given.process, now),
  ),
  call(
    'clearDetections',
    { server: fc.option(server), cluster: fc.option(cluster), age: fc.option(offset) },
    (backend, given, now) =>
      backend.clearDetections(
        {
          ...(given.server && { key: given.server }),
          ...(given.cluster && { clusterName: given.cluster }),
          ...(given.age !== null && { startedBefore: after(now, given.age) }),
        },
        now,
      ),
  ),
];

const query: fc.Arbitrary<RecoveryQuery> = fc.record(
  { page, uid: recovery, clusterName: cluster, clusterAlias: alias, unacknowledgedOnly: fc.boolean() },
  { requiredKeys: [] },
);

const outcome: fc.Arbitrary<RecoveryOutcome> = fc.record<RecoveryOutcome>({
  successorKey: fc.option(server),
  successorAlias: word,
  successorCoordinates: fc.constant(null),
  lostReplicas: fc.subarray([key('r2'), key('r1')]),
  participants: fc.subarray([key('r3'), key('r1')]),
  errors: fc.array(word, { maxLength: 2 }),
});

const selection: fc.Arbitrary<AcknowledgeSelection> = fc.oneof(
  fc.record({ kind: fc.constant('uid'), uid: recovery }),
  fc.record({ kind: fc.constant('failed-instance'), key: server, completedOnly: fc.boolean() }),
  fc.record({ kind: fc.constant('cluster-name'), clusterName: cluster }),
  fc.record({ kind: fc.constant('cluster-alias'), clusterAlias: alias }),
  fc.constant({ kind: 'all' } as const),
);

const recoveries = [
  call('registerRecovery', { recovery, anyDigest, process }, (backend, given, now) =>
    backend.registerRecovery(uid(given.recovery), given.anyDigest, given.process, now),
  ),
  call('resolveRecovery', { recovery, outcome }, (backend, given, now) =>
    backend.resolveRecovery(uid(given.recovery), given.outcome, now),
  ),
  call('acknowledge', { selection }, (backend, given, now) => backend.acknowledge(given.selection, 'me', 'seen', now)),
  call('endActivePeriods', { age: fc.option(offset), recovery }, (backend, given, now) =>
    backend.endActivePeriods(
      given.age === null ? { uid: uid(given.recovery) } : { startedBefore: after(now, given.age) },
      now,
    ),
  ),
  call('recoveries', { query }, (backend, given) => backend.recoveries(given.query)),
  call('detections', { query }, (backend, given) => backend.detections(given.query)),
  call('activeRecoveries', {}, (backend) => backend.activeRecoveries()),
  call('unfinishedRecoveries', {}, (backend) => backend.unfinishedRecoveries()),
];

const journal = [
  call('addSteps', { recovery, words: fc.array(word, { maxLength: 3 }) }, (backend, given, now) =>
    backend.addSteps(
      uid(given.recovery),
      given.words.map((message) => ({ message, at: now })),
    ),
  ),
  call('steps', { recovery }, (backend, given) => backend.steps(given.recovery)),
  call(
    'append',
    {
      recovery,
      lines: fc.array(
        fc.record({
          sequence: id,
          stepId: fc.constantFrom('promote', JOURNAL_END),
          phase: fc.constantFrom('intended', 'done', 'failed', 'undoing', 'undone', 'skipped'),
        }),
        { maxLength: 3 },
      ),
    },
    (backend, { recovery: of, lines }, now) =>
      backend.append(lines.map((line) => ({ ...line, uid: uid(of), at: now, detail: '{}' }))),
  ),
  call('journal', { recovery }, (backend, given) => backend.journal(given.recovery)),
];

/** Of a recovery that there is not. */
const NO_RECOVERY = 0;

const recordBlocked = (blockingId: fc.Arbitrary<number>) =>
  call('recordBlocked', { server, cluster, blockingId, offset }, (backend, given, now) =>
    backend.recordBlocked({
      key: given.server,
      clusterName: digest(given.server.hostname).clusterName,
      code: given.cluster,
      lastBlocked: after(now, given.offset),
      blockingRecoveryId: given.blockingId,
    }),
  );

const blocked = [
  recordBlocked(fc.constant(NO_RECOVERY)),
  call('expireBlocked', { offset }, (backend, given, now) => backend.expireBlocked(after(now, given.offset))),
  call('blockedRecoveries', { cluster: fc.option(cluster, { nil: undefined }) }, (backend, given) =>
    backend.blockedRecoveries(given.cluster),
  ),
];

const records = [
  call('setRecoveriesDisabled', { disabled: fc.boolean() }, (backend, given) =>
    backend.setRecoveriesDisabled(given.disabled),
  ),
  call('recoveriesDisabled', {}, (backend) => backend.recoveriesDisabled()),
  call('appendAudit', { about: fc.option(server), word }, (backend, given, now) =>
    backend.appendAudit({ at: now, type: 't', key: given.about, clusterName: 'c', message: given.word }),
  ),
  call('audit', { page, about: fc.option(server) }, (backend, given) =>
    backend.audit({ page: given.page, ...(given.about && { key: given.about }) }),
  ),
];

const snapshots = [
  call(
    'saveSnapshot',
    {
      servers: fc.array(
        fc.record({
          key: server,
          sourceKey: fc.option(fc.oneof(server, fc.constant({ hostname: '', port: 1 }))),
          clusterName: cluster.map(clusterName),
          version: fc.constantFrom('', '8.4.3'),
        }),
        { maxLength: 4 },
      ),
      offset,
    },
    (backend, given, now) => backend.saveSnapshot(given.servers, after(now, given.offset)),
  ),
  call('newestSnapshot', { offset }, (backend, given, now) => backend.newestSnapshot(after(now, given.offset))),
  call('snapshotTimes', {}, (backend) => backend.snapshotTimes()),
  call('snapshotServers', { offset }, (backend, given, now) => backend.snapshotServers(after(now, given.offset))),
];

const purging = [
  call('purge', { audits: offset, recoveries: offset }, (backend, given, now) =>
    backend.purge({
      auditOlderThan: after(now, given.audits),
      recoveriesOlderThan: after(now, given.recoveries),
      changelogOlderThan: now,
    }),
  ),
];

const nodes = [
  call('registerNode', { process, word }, (backend, given, now) =>
    backend.registerNode({
      identity: given.process,
      lastSeenActive: now,
      extraInfo: given.word,
      command: 'c',
      appVersion: '1',
      dbBackend: 'b',
    }),
  ),
  call('availableNodes', { offset }, (backend, given, now) => backend.availableNodes(after(now, given.offset))),
  call('deleteNodesUnseenSince', { offset }, (backend, given, now) =>
    backend.deleteNodesUnseenSince(after(now, given.offset)),
  ),
  call('removeNode', { process }, (backend, given) => backend.removeNode(given.process)),
  call('attemptElection', { process, offset }, (backend, given, now) =>
    backend.attemptElection(given.process, now, after(now, given.offset)),
  ),
  call('grabElection', { process }, (backend, given, now) => backend.grabElection(given.process, now)),
  call('activeNode', {}, (backend) => backend.activeNode()),
];

const observations = [
  call(
    'queue',
    { server, version: fc.constantFrom('8.4.3', '11.4'), change: fc.constantFrom('facts', 'timestamps'), offset },
    async (backend, given, now) => {
      const times = { lastSeen: after(now, given.offset), lastChecked: now };
      backend.queue({ ...blankInstance(given.server), version: given.version, ...times }, given.change);
    },
  ),
  call('flush', {}, (backend) => backend.flush()),
  call('loadInstances', {}, (backend) => backend.loadInstances()),
  call('seed', { server }, (backend, given) => backend.seed(given.server)),
  call('forget', { server }, (backend, given) => backend.forget(given.server)),
  call('recordAnalysis', { server, code: fc.constantFrom('NoProblem', 'DeadMaster') }, (backend, given, now) =>
    backend.recordAnalysis(given.server, given.code, now),
  ),
  call('saveStaleCoordinates', { server, pos: fc.nat(), offset }, (backend, given, now) =>
    backend.saveStaleCoordinates({
      key: given.server,
      coordinates: { file: 'b.1', pos: given.pos, type: 'binary' },
      firstSeen: after(now, given.offset),
    }),
  ),
  call('analysisChangelog', {}, (backend) => backend.analysisChangelog()),
  call('loadStaleCoordinates', {}, (backend) => backend.loadStaleCoordinates()),
  call('deleteStaleCoordinates', { server }, (backend, given) => backend.deleteStaleCoordinates(given.server)),
];

/** A server without a binary log has no place. */
const PLACES = SERVERS.flatMap((source) =>
  ['b.1', 'b.2', ''].flatMap((file) =>
    [4, 120].map((pos) => ({ source, coordinates: { file, pos, type: 'binary' as const } })),
  ),
);

const place = fc.constantFrom(...PLACES);

const relayPlace = fc.record({
  file: fc.constantFrom('r.1', 'r.2', ''),
  pos: fc.constantFrom(4, 120),
  type: fc.constant('relay' as const),
});

const places = [
  call('saveEquivalence', { one: place, other: place, offset }, (backend, given, now) =>
    backend.saveEquivalence(given.one, given.other, after(now, given.offset)),
  ),
  call('loadEquivalences', { place }, (backend, given) => backend.loadEquivalences(given.place)),
  call('deleteEquivalencesOlderThan', { offset }, (backend, given, now) =>
    backend.deleteEquivalencesOlderThan(after(now, given.offset)),
  ),
  call(
    'recordCoordinates',
    { servers: fc.array(fc.record({ place, relayPlace }), { maxLength: 3 }), seen: fc.option(offset), offset },
    (backend, given, now) =>
      backend.recordCoordinates(
        given.servers.map((server) => ({
          key: server.place.source,
          lastSeen: given.seen === null ? null : after(now, given.seen),
          selfCoordinates: server.place.coordinates,
          relayLogCoordinates: server.relayPlace,
        })),
        now,
        after(now, given.offset),
      ),
  ),
  call('loadCoordinatesHistory', { server }, (backend, given) => backend.loadCoordinatesHistory(given.server)),
  call('blankRelayCoordinates', { server }, (backend, given) => backend.blankRelayCoordinates(given.server)),
  call('recordInjection', { cluster, offset }, (backend, given, now) =>
    backend.recordInjection(clusterName(given.cluster), after(now, given.offset)),
  ),
  call('loadInjections', {}, (backend) => backend.loadInjections()),
  call('deleteInjectionsOlderThan', { offset }, (backend, given, now) =>
    backend.deleteInjectionsOlderThan(after(now, given.offset)),
  ),
];

/** As ranges of one server are: none overlaps another. */
const ranges = fc.uniqueArray(
  fc.record({
    uuid: fc
      .constantFrom('00010111-1111-1111-1111-111111111111', '00010112-2222-2222-2222-222222222222')
      .map(serverUuid),
    tag: fc.constantFrom('', 'blue'),
    first: fc.constantFrom(1, 11, Number.MAX_SAFE_INTEGER - 1),
    offset,
  }),
  { selector: ({ uuid, tag, first }) => `${uuid}:${tag}:${first}`, maxLength: 4 },
);

const sightings = [
  call('replaceErrantSightings', { server, ranges }, (backend, given, now) =>
    backend.replaceErrantSightings(
      given.server,
      given.ranges.map(({ uuid, tag, first, offset: by }) => ({
        uuid,
        tag,
        first,
        last: first + 1,
        firstSeen: after(now, by),
      })),
    ),
  ),
  call('loadErrantSightings', { server: maybe(server) }, (backend, given) => backend.loadErrantSightings(given.server)),
];

const standing = [
  call(
    'saveStandingStill',
    { server, receiverRan: fc.boolean(), applierRan: fc.boolean(), reason: word, node: process, offset },
    (backend, { server: of, offset: by, ...found }, now) =>
      backend.saveStandingStill({ key: of, ...found, at: after(now, by) }),
  ),
  call('deleteStandingStill', { server, process }, (backend, given) =>
    backend.deleteStandingStill(given.server, given.process),
  ),
  call('loadStandingStill', {}, (backend) => backend.loadStandingStill()),
];

const reprovisions = [
  call(
    'saveReprovision',
    {
      server,
      donor: server,
      primary: server,
      method: fc.constantFrom('clone' as const, 'hooks' as const),
      phase: fc.constantFrom('begun' as const, 'provisioned' as const),
      discarded: word,
      formerClone: word,
      delaySeconds: fc.nat(10),
      superReadOnly: fc.boolean(),
      node: process,
      offset,
    },
    (backend, { server: of, offset: by, ...record }, now) =>
      backend.saveReprovision({ key: of, ...record, at: after(now, by) }),
  ),
  call('deleteReprovision', { server }, (backend, given) => backend.deleteReprovision(given.server)),
  call('loadReprovisions', {}, (backend) => backend.loadReprovisions()),
];

const names = [
  call('saveHostnameResolve', { hostname, resolved: hostname }, (backend, given, now) =>
    backend.saveHostnameResolve(given.hostname, given.resolved, now),
  ),
  call('saveHostnameUnresolve', { hostname, alias }, (backend, given, now) =>
    backend.saveHostnameUnresolve(given.hostname, given.alias, now),
  ),
  call('deleteHostnameUnresolve', { hostname }, (backend, given) => backend.deleteHostnameUnresolve(given.hostname)),
  call('clearHostnameResolves', {}, (backend) => backend.clearHostnameResolves()),
  call('saveClusterDomain', { hostname, alias }, (backend, given, now) =>
    backend.saveClusterDomain(digest(given.hostname).clusterName, given.alias, now),
  ),
  call('saveClusterAliasOverride', { hostname, alias }, (backend, given) =>
    backend.saveClusterAliasOverride(digest(given.hostname).clusterName, given.alias),
  ),
  call('expireNames', { resolves: offset, domains: offset }, (backend, given, now) =>
    backend.expireNames({
      resolvesOlderThan: after(now, given.resolves),
      unresolvesOlderThan: after(now, given.resolves),
      domainsOlderThan: after(now, given.domains),
      aliasesOlderThan: after(now, given.domains),
    }),
  ),
  call('saveClusterAlias', { hostname, alias }, (backend, given, now) =>
    backend.saveClusterAlias(digest(given.hostname).clusterName, given.alias, now),
  ),
  call('loadHostnameResolves', {}, (backend) => backend.loadHostnameResolves()),
  call('loadClusterAliases', {}, (backend) => backend.loadClusterAliases()),
  call('loadClusterAliasOverrides', {}, (backend) => backend.loadClusterAliasOverrides()),
  call('loadClusterDomains', {}, (backend) => backend.loadClusterDomains()),
];

/** What names rows by the numbers that the engine gave them, by what it is about. */
const byNumber = {
  maintenance: call('endMaintenanceById', { id }, (backend, given, now) => backend.endMaintenanceById(given.id, now)),
  detection: call('detections', { id }, (backend, given) => backend.detections(given)),
  recovery: call('recoveries', { id }, (backend, given) => backend.recoveries(given)),
  acknowledgement: call('acknowledge', { id }, (backend, given, now) =>
    backend.acknowledge({ kind: 'id', id: given.id }, 'me', 'seen', now),
  ),
  blocked: recordBlocked(id),
};

/**
 * Calls that have to do with one another, each theme by itself: among all the others they would seldom meet. Not all engines number their rows alike:
 * where they do not, nothing may be named by its number.
 */
export function themesOf({ numbers }: { readonly numbers: boolean }): Readonly<Record<string, fc.Arbitrary<Call>>> {
  const numbered = (...calls: readonly fc.Arbitrary<Call>[]): readonly fc.Arbitrary<Call>[] => (numbers ? calls : []);
  const locking = [...maintenance, ...numbered(byNumber.maintenance)];
  const detecting = [...detections, ...numbered(byNumber.detection)];
  const recoveriesToo = [...recoveries, ...numbered(byNumber.recovery, byNumber.acknowledgement)];
  const recovering = [
    ...detecting,
    ...recoveriesToo,
    ...journal,
    ...blocked,
    ...numbered(byNumber.blocked),
    ...purging,
  ];
  return {
    'downtimes and maintenance': fc.oneof(...downtimes, ...locking),
    'tags, pools and attributes of hosts': fc.oneof(...tags, ...pools, ...attributes),
    'promotion rules and records': fc.oneof(...candidates, ...records, ...purging),
    detections: fc.oneof(
      { weight: 3, arbitrary: fc.oneof(...detecting) },
      { weight: 1, arbitrary: fc.oneof(...recoveriesToo) },
    ),
    'recoveries and their journals': fc.oneof(...recovering),
    nodes: fc.oneof(...nodes),
    'snapshots of the topology': fc.oneof(...snapshots),
    'servers that stand still': fc.oneof(...standing, ...observations),
    'servers that are provisioned anew': fc.oneof(...reprovisions, ...observations),
    'places in logs and errant transactions': fc.oneof(...places, ...sightings, ...observations),
    observations: fc.oneof(...observations, ...names, ...downtimes),
    everything: fc.oneof(
      ...downtimes,
      ...locking,
      ...candidates,
      ...tags,
      ...pools,
      ...attributes,
      ...recovering,
      ...records,
      ...nodes,
      ...observations,
      ...names,
      ...places,
      ...sightings,
      ...standing,
      ...reprovisions,
      ...snapshots,
    ),
  };
}

/** Every row that any call can read, when the sequence is over. */
export async function everything(backend: StoreBackend): Promise<unknown> {
  const never = unixMillis(0);
  const uids = ['1:x', '2:y', '3:z'];
  return {
    instances: await backend.loadInstances(),
    downtimes: await backend.loadDowntimes(),
    maintenance: await backend.loadMaintenance(),
    candidates: await backend.loadCandidates(),
    tags: await backend.loadTags(),
    pools: await backend.loadPools(never),
    detections: await Promise.all([0, 1, 2].map((number) => backend.detections({ page: number }))),
    recoveries: await Promise.all([0, 1, 2].map((number) => backend.recoveries({ page: number }))),
    unfinished: await backend.unfinishedRecoveries(),
    steps: await Promise.all(uids.map((of) => backend.steps(of))),
    journals: await Promise.all(uids.map((of) => backend.journal(of))),
    blocked: await backend.blockedRecoveries(),
    audit: await Promise.all([0, 1, 2].map((number) => backend.audit({ page: number }))),
    nodes: await backend.availableNodes(never),
    activeNode: await backend.activeNode(),
    isDisabled: await backend.recoveriesDisabled(),
    histories: await Promise.all(SERVERS.map((of) => backend.loadCoordinatesHistory(of))),
    equivalences: await Promise.all(PLACES.map((of) => backend.loadEquivalences(of))),
    injections: [...(await backend.loadInjections())],
    errantSightings: await backend.loadErrantSightings(),
    standingStill: await backend.loadStandingStill(),
    reprovisions: await backend.loadReprovisions(),
    snapshots: await Promise.all((await backend.snapshotTimes()).map((at) => backend.snapshotServers(at))),
    resolves: [...(await backend.loadHostnameResolves())],
    unresolves: [...(await backend.loadHostnameUnresolves())].sort(),
    domains: [...(await backend.loadClusterDomains())].sort(),
    aliases: [...(await backend.loadClusterAliases())],
    overrides: [...(await backend.loadClusterAliasOverrides())].sort(),
  };
}
