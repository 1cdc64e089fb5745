/** Questions about replication: they may read servers, and change none (spec/topology-operations.md O7, O9, O22, O33, O34, O45 to O49, O51, O67, O68). */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { coordinatesText, hasNoFile } from '../model/binlog-coordinates.ts';
import { millis } from '../model/brand.ts';
import { errantRangeText } from '../model/errant-sightings.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { Facts } from '../operations/gather-facts.ts';
import { correlate } from '../operations/log-search/correlate.ts';
import { correlateRelayLogs } from '../operations/log-search/correlate-relay-logs.ts';
import { findEntry } from '../operations/log-search/find-entry.ts';
import { lastExecutedEntry } from '../operations/log-search/last-executed-entry.ts';
import { lastMarker } from '../operations/log-search/last-marker.ts';
import { locateErrant } from '../operations/log-search/locate-errant.ts';
import type { LogSearch } from '../operations/log-search/log-search.ts';
import type { Search } from '../operations/log-search/search-refusal.ts';
import type { OperationPorts } from '../operations/operation-ports.ts';
import { replicationRefusal } from '../planning/can-replicate.ts';
import { errantReport } from '../planning/operations/errant-report.ts';
import { gtidRefusal } from '../planning/operations/move-rules.ts';
import { restartStatements } from '../planning/operations/restart-statements.ts';
import { chooseReplica } from '../planning/replica-order.ts';
import { standsAt } from '../planning/resolve-command.ts';
import { type InspectionCalls, type Outcome, ok, refused } from './calls.ts';
import type { ErrantSightings } from './errant-sightings.ts';
import type { LogSearches } from './log-searches.ts';

export interface InspectionParts {
  readonly ports: OperationPorts;
  readonly searches: LogSearches;
  readonly errantSightings: Pick<ErrantSightings, 'rangesOf'>;
}

/** For one live read. Milliseconds. */
const LIVE_READ_MILLIS = 15_000;

/** O7: between looks. Milliseconds. */
const WAIT_LOOK_MILLIS = 100;

export function inspectionCalls(parts: InspectionParts): InspectionCalls {
  const { ports, searches } = parts;
  const known = (key: InstanceKey): Outcome<Instance> => {
    const instance = ports.topology.get(key);
    return instance === undefined ? refused('not-found', `Instance not found: ${instanceKeyText(key)}`) : ok(instance);
  };
  const read = async (key: InstanceKey): Promise<Outcome<Instance>> => {
    const seen = await ports.servers.observe(key, LIVE_READ_MILLIS);
    return seen.kind === 'observed' ? ok(seen.instance) : refused('cannot-read', seen.failure.text);
  };
  const searching = async <Value>(search: (begun: LogSearch) => Promise<Search<Value>>): Promise<Outcome<Value>> => {
    const result = await search(searches.begin(ports.mayGoOn));
    return result.kind === 'found' ? ok(result.value) : refused(result.code, result.text);
  };
  return {
    async canReplicateFrom(key, other, { byGtid }) {
      const [instance, source] = [known(key), known(other)];
      if (instance.kind === 'refused') return instance;
      if (source.kind === 'refused') return source;
      const rule = replicationRefusal(instance.value, source.value, ports.rules().promotion);
      if (rule !== null) return refused(rule.kind, rule.text);
      const gtid = byGtid ? gtidRefusal(instance.value, source.value) : null;
      return gtid === null ? ok(other) : refused(gtid.code, gtid.text);
    },
    async restartStatements(key, statement) {
      const instance = await read(key);
      if (instance.kind === 'refused') return instance;
      return ok(restartStatements(instance.value, statement));
    },
    equivalentsOf: (key, coordinates) => ports.equivalencesOf(key, coordinates),
    candidateReplica: (key) => candidateReplica(ports, key),
    errantGtid: (key) => errantGtid(parts, key, read),
    async locateErrantGtid(key) {
      const instance = await read(key);
      if (instance.kind === 'refused') return instance;
      const name = instanceKeyText(key);
      if (instance.value.gtidErrant === '')
        return refused('no-errant', `locate-errant-gtid: no errant-gtid on ${name}`);
      return searching((search) => locateErrant(search, instance.value));
    },
    async lastPseudoGtid(key, { allLogs, live }) {
      const instance = live ? await read(key) : known(key);
      if (instance.kind === 'refused') return instance;
      const wish = { allLogs, otherFormat: null, maximum: null };
      const marker = await searching((search) => lastMarker(search, instance.value, wish));
      if (marker.kind === 'ok') return ok({ coordinates: marker.value.coordinates, text: marker.value.info });
      return refused(marker.refusal.code, markerText(marker.refusal, instance.value));
    },
    async findBinlogEntry(key, text) {
      const instance = known(key);
      if (instance.kind === 'refused') return instance;
      const entry = await searching((search) =>
        findEntry(search, { key, text, ascendingBy: null, beforeFile: async () => null }),
      );
      if (entry.kind === 'ok') return entry;
      const { code, message } = entry.refusal;
      return refused(code, `Cannot match pseudo GTID entry in binlogs of ${instanceKeyText(key)}; err: ${message}`);
    },
    correlateBinlogPosition: (key, coordinates, other) => correlatePosition(key, coordinates, other),
    async correlateRelayLogPosition(key, coordinates, other) {
      const [own, sibling] = [await read(key), await read(other)];
      if (own.kind === 'refused') return own;
      if (sibling.kind === 'refused') return sibling;
      return searching((search) => correlateRelayLogs(search, own.value, coordinates, sibling.value));
    },
    async lastExecutedRelayEntry(key) {
      const instance = await read(key);
      if (instance.kind === 'refused') return instance;
      return searching((search) => lastExecutedEntry(search, instance.value));
    },
    waitForPosition: (key, coordinates, timeoutSeconds) => waitForPosition(ports, key, coordinates, timeoutSeconds),
  };

  async function correlatePosition(key: InstanceKey, coordinates: BinlogCoordinates | null, other: InstanceKey) {
    const [own, target] = [await read(key), await read(other)];
    if (own.kind === 'refused') return own;
    if (target.kind === 'refused') return target;
    const name = instanceKeyText(key);
    if (!own.value.logBinEnabled || hasNoFile(own.value.selfCoordinates)) {
      return refused('no-binary-log', `Instance does not have binary logs: ${name}`);
    }
    const maximum = coordinates ?? own.value.selfCoordinates;
    const place = await searching((search) => correlate(search, { own: own.value, maximum, other: target.value }));
    return place.kind === 'ok' ? ok(place.value.coordinates) : place;
  }
}

/** The contract's words for what was not found. */
function markerText(
  { code, message }: { readonly code: string; readonly message: string },
  instance: Instance,
): string {
  if (code !== 'no-pseudo-gtid') return message;
  const inBinary = instance.logBinEnabled && instance.logReplicaUpdatesEnabled;
  const where = inBinary ? 'binlogs' : 'relay logs';
  return `Cannot find pseudo GTID entry in ${where} of ${instanceKeyText(instance.key)}`;
}

function candidateReplica(ports: OperationPorts, key: InstanceKey): Outcome<InstanceKey> {
  const { topology } = ports;
  const replicas = topology.replicasOf(key).filter(({ isBinlogServer }) => !isBinlogServer);
  if (replicas.length === 0) return refused('no-replicas', `No replicas found for ${instanceKeyText(key)}`);
  const dataCenter = topology.get(key)?.dataCenter ?? '';
  const result = chooseReplica(replicas, dataCenter, ports.rules().promotion);
  return result.kind === 'chosen'
    ? ok(result.choice.chosen.key)
    : refused('no-candidate', 'chooseCandidateReplica: no candidate replica found');
}

async function errantGtid(
  { ports, errantSightings }: InspectionParts,
  key: InstanceKey,
  read: (key: InstanceKey) => Promise<Outcome<Instance>>,
) {
  const instance = await read(key);
  if (instance.kind === 'refused') return instance;
  const facts = new Facts(ports);
  await facts.read([key, ...ports.topology.cluster(instance.value.clusterName).map((server) => server.key)]);
  const ranges = await errantSightings.rangesOf(key, instance.value.gtidErrant);
  const report = errantReport(instance.value, facts.now(), () =>
    ranges.map((range) => ({ gtid: errantRangeText(range), firstSeen: range.firstSeen })),
  );
  return ok(report);
}

/** O7: bounded, unlike the contract's; and it looks, since the server's own wait holds a connection and says nothing of a stopped applier. */
async function waitForPosition(
  { servers, clock, mayGoOn }: OperationPorts,
  key: InstanceKey,
  coordinates: BinlogCoordinates,
  timeoutSeconds: number,
): Promise<Outcome<Instance>> {
  const until = clock.monotonic() + timeoutSeconds * 1_000;
  for (;;) {
    const seen = await servers.observe(key, LIVE_READ_MILLIS);
    if (seen.kind === 'failed') return refused('cannot-read', seen.failure.text);
    if (standsAt(seen.instance, coordinates, true)) return ok(seen.instance);
    const stands = `${instanceKeyText(key)} stands at ${coordinatesText(seen.instance.execCoordinates)}`;
    if (seen.instance.applierState === 'stopped' || seen.instance.applierState === 'none') {
      return refused('applier-stopped', `${stands}, and its applier does not run`);
    }
    if (clock.monotonic() >= until || !mayGoOn()) {
      return refused(
        'timeout',
        `${stands} after ${timeoutSeconds} seconds, and not at ${coordinatesText(coordinates)}`,
      );
    }
    await clock.sleep(millis(WAIT_LOOK_MILLIS));
  }
}
