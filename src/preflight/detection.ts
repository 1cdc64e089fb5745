/** How soon replicas notice that their source is silent, and whether they look for it afterwards (A9). */
import type { Remedy } from '../model/remedy.ts';
import type { ReceiverSettings } from '../model/server-settings.ts';
import { type CheckedCluster, type CheckedServer, isMariadb, replicasIn, settingsOf } from './cluster.ts';
import { type Finding, finding } from './finding.ts';

/** Silence of two to three periods at every replica is what confirms a death that no broken connection tells of. */
export const HEARTBEAT_SECONDS_MAX = 2;
const HEARTBEAT_SECONDS = 1;
const HEARTBEATS_MISSED = 3;

/** A receiver gives its silent connection up after this, and only then says that it misses its source. */
export const NET_TIMEOUT_SECONDS_MAX = 10;
const NET_TIMEOUT_SECONDS = 4;

export const CONNECT_RETRY_SECONDS_MAX = 10;
/** A source that is repaired within the hour must still find its replicas. */
export const RETRIES_SECONDS_MIN = 3_600;
const CONNECT_RETRY = { seconds: 1, count: 86_400 } as const;

export function detectionFindings(cluster: CheckedCluster): readonly Finding[] {
  return cluster.servers.flatMap((server) => {
    const isReplica = replicasIn(cluster).includes(server);
    return [
      ...netTimeout(server, isReplica),
      ...(settingsOf(server)?.receivers ?? []).flatMap((receiver) => [
        ...heartbeat(server, receiver),
        ...retries(server, receiver),
      ]),
    ];
  });
}

function netTimeout(server: CheckedServer, isReplica: boolean): readonly Finding[] {
  const seconds = settingsOf(server)?.netTimeoutSeconds ?? null;
  if (seconds === null || seconds <= NET_TIMEOUT_SECONDS_MAX) return [];
  const name = isMariadb(server) ? 'slave_net_timeout' : 'replica_net_timeout';
  return [
    finding(
      {
        code: 'net-timeout-too-long',
        severity: isReplica ? 'warning' : 'notice',
        server: server.instance.key,
        seen: `${name} is ${seconds} s`,
        consequence: isReplica
          ? `When its source hangs or its host vanishes without a word, this replica does not miss it for up to ${seconds} s, and no failover begins before.`
          : `Once this server is a replica, it does not miss a hanging source for up to ${seconds} s.`,
      },
      { kind: 'set-net-timeout', seconds: NET_TIMEOUT_SECONDS, isReplica },
    ),
  ];
}

const channelText = ({ channel }: ReceiverSettings): string => (channel === '' ? '' : ` of channel ${channel}`);

function heartbeat(server: CheckedServer, receiver: ReceiverSettings): readonly Finding[] {
  const period = receiver.heartbeatSeconds;
  const timeout = settingsOf(server)?.netTimeoutSeconds ?? null;
  const remedy: Remedy = {
    kind: 'tune-receiver',
    channel: receiver.channel,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  };
  const about = { server: server.instance.key };
  if (period === 0) {
    const seen = `the receiver${channelText(receiver)} asks for no heartbeats`;
    const silence = timeout === null ? 'its net timeout' : `${timeout} s`;
    const consequence = `An idle source and a dead one sound the same: this replica says nothing of a hang before ${silence} have passed, and drops the connection of a healthy source that has nothing to say.`;
    return [finding({ ...about, code: 'heartbeat-off', severity: 'warning', seen, consequence }, remedy)];
  }
  const seen = `the heartbeat period${channelText(receiver)} is ${period} s`;
  if (timeout !== null && period >= timeout) {
    const consequence = `The next heartbeat comes after the ${timeout} s at which the receiver gives up, so the replica of a healthy but idle source reconnects again and again, and its word is worth little in an incident.`;
    return [finding({ ...about, code: 'heartbeat-outlasts-timeout', severity: 'warning', seen, consequence }, remedy)];
  }
  if (period <= HEARTBEAT_SECONDS_MAX) return [];
  const consequence = `The silence of a source that hangs proves nothing for ${HEARTBEATS_MISSED} periods, here ${HEARTBEATS_MISSED * period} s.`;
  return [finding({ ...about, code: 'heartbeat-too-long', severity: 'warning', seen, consequence }, remedy)];
}

function retries(server: CheckedServer, receiver: ReceiverSettings): readonly Finding[] {
  const { connectRetrySeconds: interval, retryCount: count } = receiver;
  const key = server.instance.key;
  const found: Finding[] = [];
  const remedy: Remedy = { kind: 'tune-receiver', channel: receiver.channel, connectRetry: CONNECT_RETRY };
  if (interval > CONNECT_RETRY_SECONDS_MAX) {
    const seen = `the receiver${channelText(receiver)} waits ${interval} s between attempts to connect`;
    const consequence = `When its source is away for a moment, this replica stays without it for up to ${interval} s longer, receives nothing meanwhile and cannot acknowledge.`;
    found.push(
      finding({ code: 'connect-retry-too-long', severity: 'warning', server: key, seen, consequence }, remedy),
    );
  }
  if (count !== null && count > 0 && interval * count < RETRIES_SECONDS_MIN) {
    const total = interval * count;
    const seen = `the receiver${channelText(receiver)} gives up after ${count} attempts, ${total} s`;
    const consequence = `When its source is away for longer than ${total} s, this replica stops for good and stays behind after the source is back; a stopped receiver is no witness of a death either.`;
    // MariaDB has the count as an option of the server program.
    const remedies: readonly Remedy[] = isMariadb(server)
      ? [{ kind: 'set-at-start', variables: ['retry_count'] }]
      : [remedy];
    found.push(
      finding({ code: 'receiver-gives-up', severity: 'warning', server: key, seen, consequence }, ...remedies),
    );
  }
  return found;
}
