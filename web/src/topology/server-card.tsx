import type { Server, ServerKey } from '../model/server.ts';
import { RoleGlyph, ToneGlyph } from '../parts/glyphs.tsx';
import { count, duration } from '../text/time.ts';
import type { Card, Density } from './layout.ts';
import { roleWords } from './role.ts';
import { shortName } from './short-names.ts';
import { semiSyncText, stateWords, threadWords, versionText } from './state.ts';

interface Props {
  readonly card: Card;
  readonly density: Density;
  /** Shared by all servers of the picture and left out of the name. */
  readonly domain: string;
  readonly isOpen: boolean;
  readonly onOpen: (key: ServerKey) => void;
}

const STATE_TONES = { ok: 'ok', problem: 'warning', dead: 'critical' } as const;

/** One server. Its facts are the last known ones; a dead server shows them faded. */
export function ServerCard({ card, density, domain, isOpen, onOpen }: Props) {
  const { server, role, state } = card;
  return (
    <li
      className="server-place"
      style={{ transform: `translate(${card.x}px, ${card.y}px)`, width: card.width, height: card.height }}
    >
      <button
        type="button"
        className="server-card"
        data-testid="server"
        data-key={server.key}
        data-role={role}
        data-state={state}
        data-downtimed={server.downtime !== null}
        data-density={density}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => onOpen(server.key)}
      >
        <span className="line server-name">
          <RoleGlyph of={role} />
          <span className="host" title={server.alias ? `${server.key} (${server.alias})` : server.key}>
            {shortName(server.key, domain)}
          </span>
          {server.alias && server.alias !== server.key ? <span className="server-alias">{server.alias}</span> : null}
          {density === 'compact' && state !== 'dead' ? <CompactFacts card={card} /> : null}
          <span className="server-state">
            <ToneGlyph tone={server.downtime ? 'muted' : STATE_TONES[state]} />
            <span className={density === 'compact' ? 'sr-only' : ''}>{stateWords(state)}</span>
          </span>
        </span>
        {density === 'full' ? <FullFacts card={card} /> : null}
        {card.sourceElsewhere !== null && role !== 'co-primary' ? (
          <span className="line attention" data-tone="notice">
            replicates from {card.sourceElsewhere}, which is not here
          </span>
        ) : null}
        {card.attentions.map(({ tone, text }) => (
          <span key={text} className="line attention" data-tone={tone} title={text}>
            {text}
          </span>
        ))}
      </button>
    </li>
  );
}

function FullFacts({ card: { server, role, countReplicas } }: { card: Card }) {
  return (
    <>
      <span className="line server-facts">
        <span className="server-role">{roleWords(role)}</span>
        <Writability server={server} role={role} />
        <SemiSync server={server} countReplicas={countReplicas} />
        <span>{versionText(server)}</span>
      </span>
      <span className="line server-facts">
        {server.sourceKey === null ? (
          <span>{countReplicas === 0 ? 'no replicas' : count(countReplicas, 'replica')}</span>
        ) : (
          <>
            <ErrantMark server={server} />
            <Lag server={server} />
            <Thread name="receiver" state={server.receiver} />
            <Thread name="applier" state={server.applier} />
          </>
        )}
      </span>
    </>
  );
}

function CompactFacts({ card: { server, role } }: { card: Card }) {
  const isReplicating = server.receiver === 'running' && server.applier === 'running';
  return (
    <span className="server-facts">
      <span className="server-role sr-only">{roleWords(role)}</span>
      <Writability server={server} role={role} isShort />
      <ErrantMark server={server} />
      {server.sourceKey === null ? null : isReplicating ? (
        <Lag server={server} />
      ) : (
        <>
          <Thread name="receiver" state={server.receiver} />
          <Thread name="applier" state={server.applier} />
        </>
      )}
      <span className="compact-version">{server.version.split('-')[0]}</span>
    </span>
  );
}

function ErrantMark({ server }: { server: Server }) {
  return server.errantGtidSet ? <span className="doubt">errant</span> : null;
}

/** Expected is quiet, unexpected is not: a replica that takes writes, a primary that takes none. */
function Writability({ server, role, isShort }: { server: Server; role: Card['role']; isShort?: boolean }) {
  const isExpected = role === 'co-primary' || role === 'lost' || server.readOnly === (role !== 'primary');
  const words = server.readOnly ? 'read-only' : 'writable';
  return (
    <span className={isExpected ? '' : 'doubt'} title={words}>
      {isShort && isExpected ? (server.readOnly ? 'ro' : 'rw') : words}
    </span>
  );
}

/** Too much lag is told in a line of its own. */
function Lag({ server }: { server: Server }) {
  if (server.problems.includes('replication_lag')) return null;
  const wanted = server.delaySeconds > 0 ? ` (delay ${duration(server.delaySeconds)})` : '';
  return <span>{server.lagSeconds === null ? 'lag unknown' : `lag ${duration(server.lagSeconds)}${wanted}`}</span>;
}

function Thread({ name, state }: { name: 'receiver' | 'applier'; state: Server['receiver'] }) {
  return (
    <span className="thread" data-state={state} title={`${name} ${threadWords(state)}`}>
      <span className="thread-mark" aria-hidden="true" />
      {state === 'running' ? name : `${name} ${threadWords(state)}`}
    </span>
  );
}

function SemiSync({ server, countReplicas }: { server: Server; countReplicas: number }) {
  const text = semiSyncText(server, countReplicas > 0);
  if (text === '') return null;
  return <span className={text.includes('fell back') ? 'doubt' : ''}>{text}</span>;
}
