import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Server } from '../model/server.ts';
import { duration, parseTimestamp, utc } from '../text/time.ts';
import { roleOf, roleWords } from './role.ts';
import { attentionsOf, semiSyncText, stateOf, stateWords, threadWords, versionText } from './state.ts';

interface Props {
  readonly server: Server | null;
  readonly members: readonly Server[];
  readonly onClose: () => void;
}

/** Everything known about one server, beside the tree, so that both are seen. Escape closes it. */
export function ServerDrawer({ server, members, onClose }: Props) {
  return (
    <Drawer
      opened={server !== null}
      onClose={onClose}
      position="right"
      size={380}
      title={server?.key}
      withOverlay={false}
      lockScroll={false}
      closeOnClickOutside={false}
      transitionProps={{ duration: 120 }}
      closeButtonProps={{ 'aria-label': 'Close details' }}
      classNames={{
        content: 'drawer-content',
        header: 'drawer-header',
        title: 'drawer-title host',
        inner: 'drawer-inner',
      }}
    >
      {server ? <ServerDetails server={server} members={members} /> : null}
    </Drawer>
  );
}

function ServerDetails({ server, members }: { server: Server; members: readonly Server[] }) {
  const replicas = members.filter(({ sourceKey }) => sourceKey === server.key);
  const role = roleOf(server, replicas.length);
  const attentions = attentionsOf(server, role);
  return (
    <div data-testid="server-details">
      {attentions.length > 0 ? (
        <ul className="drawer-attentions">
          {attentions.map(({ tone, text }) => (
            <li key={text} className="attention" data-tone={tone}>
              {text}
            </li>
          ))}
        </ul>
      ) : null}
      <Facts title="Server">
        <Fact name="Role">{roleWords(role)}</Fact>
        <Fact name="State">{stateWords(stateOf(server))}</Fact>
        <Fact name="Alias">{server.alias}</Fact>
        <Fact name="Writes">{server.readOnly ? 'read-only' : 'writable'}</Fact>
        <Fact name="Version">{[versionText(server), server.versionComment].filter(Boolean).join(' ')}</Fact>
        <Fact name="Last seen">{lastSeenText(server)}</Fact>
        <Fact name="Up for">{server.uptimeSeconds > 0 ? duration(server.uptimeSeconds) : ''}</Fact>
        <Fact name="Promotion rule">{server.promotionRule}</Fact>
        <Fact name="Place">{[server.dataCenter, server.region, server.environment].filter(Boolean).join(', ')}</Fact>
        <Fact name="Server id">{String(server.serverId)}</Fact>
        <Fact name="Server UUID">{server.serverUuid}</Fact>
      </Facts>
      {server.sourceKey === null ? null : <ReplicationFacts server={server} />}
      <Facts title="As a source">
        <Fact name="Replicas">{replicas.map(({ key }) => key).join(', ') || 'none'}</Fact>
        <Fact name="Semi-sync">{semiSyncText(server, true)}</Fact>
        <Fact name="Binary log">
          {server.binlogEnabled ? `${server.binlogFormat} ${server.binlogPosition}` : 'off'}
        </Fact>
        <Fact name="Logs what it applies">{server.logsReplicaUpdates ? 'yes' : 'no'}</Fact>
      </Facts>
      <Facts title="GTID">
        <Fact name="Mode">{server.gtidMode || (server.usesGtid === 'mariadb' ? 'MariaDB' : 'none')}</Fact>
        <Fact name="Errant">
          {server.errantGtidSet ? <span className="doubt">{gtidLines(server.errantGtidSet)}</span> : 'none'}
        </Fact>
        <Fact name="Executed">{gtidLines(server.executedGtidSet)}</Fact>
        <Fact name="Purged">{gtidLines(server.purgedGtidSet)}</Fact>
      </Facts>
      {server.downtime ? (
        <Facts title="Downtime">
          <Fact name="Reason">{server.downtime.reason}</Fact>
          <Fact name="By">{server.downtime.owner}</Fact>
          <Fact name="Until">{timestampText(server.downtime.until)}</Fact>
        </Facts>
      ) : null}
      {server.groupName ? (
        <Facts title="Replication group">
          <Fact name="Group">{server.groupName}</Fact>
          <Fact name="Role">{server.groupRole}</Fact>
          <Fact name="State">{server.groupState}</Fact>
        </Facts>
      ) : null}
    </div>
  );
}

function ReplicationFacts({ server }: { server: Server }) {
  return (
    <Facts title="As a replica">
      <Fact name="Source">{server.sourceKey}</Fact>
      <Fact name="Lag">{server.lagSeconds === null ? 'unknown' : duration(server.lagSeconds)}</Fact>
      <Fact name="Wanted delay">{server.delaySeconds > 0 ? duration(server.delaySeconds) : ''}</Fact>
      <Fact name="Receiver">{threadWords(server.receiver)}</Fact>
      <Fact name="Receiver error">{server.receiverError}</Fact>
      <Fact name="Applier">{threadWords(server.applier)}</Fact>
      <Fact name="Applier error">{server.applierError}</Fact>
      <Fact name="Position by">{server.usesGtid === null ? 'file and position' : 'GTID'}</Fact>
      <Fact name="Semi-sync">{semiSyncText(server, false)}</Fact>
    </Facts>
  );
}

function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="facts">
      <h3>{title}</h3>
      <dl>{children}</dl>
    </section>
  );
}

/** Nothing to tell, no line. */
function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === '' || children === null) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** A set per source on a line of its own. */
function gtidLines(set: string): string {
  return set.replaceAll(/,\s*/g, ',\n');
}

function lastSeenText(server: Server): string {
  const at = timestampText(server.lastSeen);
  return server.secondsSinceLastSeen === null
    ? at
    : `${duration(server.secondsSinceLastSeen)} ago${at ? `, ${at}` : ''}`;
}

function timestampText(text: string): string {
  const at = parseTimestamp(text);
  return at ? utc(at.millis) : text;
}
