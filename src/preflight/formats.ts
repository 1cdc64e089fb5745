/** Binary logs that differ between servers (C4). */
import { type CheckedCluster, type CheckedServer, nameOf, wouldBeCandidates } from './cluster.ts';
import { type Finding, finding } from './finding.ts';

export function formatFindings(cluster: CheckedCluster): readonly Finding[] {
  const { primary } = cluster;
  if (primary === null) return [];
  return wouldBeCandidates(cluster)
    .filter(({ instance }) => instance.logBinEnabled)
    .flatMap((server) => [...format(server, primary), ...rowImage(server, primary)]);
}

function format(server: CheckedServer, primary: CheckedServer): readonly Finding[] {
  const [own, theirs] = [server.instance.binlogFormat, primary.instance.binlogFormat];
  if (own === '' || theirs === '' || own === theirs) return [];
  return [
    finding(
      {
        code: 'binlog-format-mix',
        severity: 'warning',
        server: server.instance.key,
        seen: `binlog_format is ${own}, at ${nameOf(primary)} it is ${theirs}`,
        consequence:
          'Once it is promoted its binary log is of another kind than the replicas had so far: some may be refused as its replicas, and statements may do something else there than here.',
      },
      { kind: 'set-binlog-format', format: theirs },
    ),
  ];
}

function rowImage(server: CheckedServer, primary: CheckedServer): readonly Finding[] {
  const [own, theirs] = [server.instance.binlogRowImage, primary.instance.binlogRowImage];
  if (own === '' || theirs === '' || own === theirs) return [];
  return [
    finding(
      {
        code: 'row-image-mix',
        severity: 'notice',
        server: server.instance.key,
        seen: `binlog_row_image is ${own}, at ${nameOf(primary)} it is ${theirs}`,
        consequence: 'Once it is promoted, readers of the binary log get rows with more or fewer columns than before.',
      },
      { kind: 'set-variables', variables: { binlog_row_image: theirs } },
    ),
  ];
}
