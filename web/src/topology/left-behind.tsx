/** Servers that the latest recovery left behind: where they are now, and whether one of them still takes writes. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { serverQuery } from '../api/queries.ts';
import { usePolling } from '../live/live-context.tsx';
import type { Server, ServerKey } from '../model/server.ts';
import { RoleGlyph } from '../parts/glyphs.tsx';
import { duration } from '../text/time.ts';
import { downtimeText, versionText } from './state.ts';

export function LeftBehind({ keys }: { keys: readonly ServerKey[] }) {
  if (keys.length === 0) return null;
  return (
    <section className="left-behind" aria-labelledby="left-behind">
      <h2 id="left-behind" className="section-title">
        Left behind by the last recovery
      </h2>
      <ul>
        {keys.map((key) => (
          <LostServer key={key} serverKey={key} />
        ))}
      </ul>
    </section>
  );
}

function LostServer({ serverKey }: { serverKey: ServerKey }) {
  const { data: server, isPending } = useQuery({ ...serverQuery(serverKey), ...usePolling() });
  const isAliveAndWritable = server?.isLastCheckValid === true && !server.readOnly;
  return (
    <li
      className="lost-server"
      data-testid="lost-server"
      data-key={serverKey}
      data-state={server ? (server.isLastCheckValid ? 'ok' : 'dead') : 'unknown'}
      data-danger={isAliveAndWritable}
    >
      <RoleGlyph of="lost" />
      <Link to="/cluster/$clusterName" params={{ clusterName: serverKey }} className="host">
        {serverKey}
      </Link>
      <span className="lost-words">{isPending ? '' : server ? lostWords(server) : 'not known any more'}</span>
      {isAliveAndWritable ? (
        <strong className="lost-danger">
          It answers and takes writes, apart from this cluster. Make it read-only.
        </strong>
      ) : null}
    </li>
  );
}

function lostWords(server: Server): string {
  const words = [
    server.isLastCheckValid
      ? 'answers again'
      : server.secondsSinceLastSeen === null
        ? 'does not answer'
        : `does not answer, last seen ${duration(server.secondsSinceLastSeen)} ago`,
    versionText(server),
  ];
  if (server.sourceKey) words.push(`replicates from ${server.sourceKey}`);
  if (server.downtime) words.push(downtimeText(server.downtime));
  return words.join(' · ');
}
