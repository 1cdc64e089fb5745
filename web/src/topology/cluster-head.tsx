import type { ClusterInfo, Server } from '../model/server.ts';
import { Badge } from '../parts/badge.tsx';
import { count } from '../text/time.ts';
import { versionSummary } from './state.ts';

/** Which cluster this is. */
export function ClusterHead({ info, servers }: { info: ClusterInfo; servers: readonly Server[] }) {
  return (
    <div className="page-head">
      <h1>{info.alias}</h1>
      {info.alias === info.name ? null : <span className="host quiet">{info.name}</span>}
      <span className="page-badges">
        <Badge>{count(servers.length, 'server')}</Badge>
        <Badge>{versionSummary(servers) || 'versions unknown'}</Badge>
        {info.domain && info.domain !== info.name ? <Badge>{info.domain}</Badge> : null}
        <Badge tone={info.recoversPrimary ? 'plain' : 'warning'}>
          primary recovery {info.recoversPrimary ? 'automatic' : 'manual'}
        </Badge>
        <Badge tone={info.recoversIntermediate ? 'plain' : 'muted'}>
          intermediate recovery {info.recoversIntermediate ? 'automatic' : 'manual'}
        </Badge>
      </span>
    </div>
  );
}
