/**
 * The logs of real servers, read over the links that we have to them.
 */

import type { BinlogEvent } from '../model/binlog-event.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { BinaryLogs, EventPage, LogRead } from '../ports/binary-logs.ts';
import type { Rows } from '../ports/server-wire.ts';
import {
  BINARY_LOGS_SQL,
  binlogEventsSql,
  cannotReadLog,
  channelOfRelayLog,
  eventsIn,
  FIRST_EVENT_POS,
  hasNoBinaryLog,
  hasOtherChannels,
  logBaseOf,
  logFilesIn,
  relaylogEventsSql,
} from './binlog-events.ts';
import type { Dialect } from './dialect.ts';
import type { LinkTimeouts, ServerLink } from './server-link.ts';

export interface BinaryLogsOfLinksOptions {
  readonly link: (key: InstanceKey) => Pick<ServerLink, 'dialect' | 'query' | 'probe'>;
  /** A page of ten thousand events takes longer than a probe. */
  readonly timeouts: () => LinkTimeouts;
}

/** The replication status is asked once for each relay log's name, not once a page. */
interface KnownChannel {
  readonly base: string;
  readonly channel: string | null;
}

type Asked = { readonly kind: 'rows'; readonly rows: Rows } | Extract<LogRead<never>, { kind: 'failed' }>;

export class BinaryLogsOfLinks implements BinaryLogs {
  readonly #options: BinaryLogsOfLinksOptions;
  readonly #channels = new Map<KeyId, KnownChannel>();

  constructor(options: BinaryLogsOfLinksOptions) {
    this.#options = options;
  }

  async files(key: InstanceKey): Promise<LogRead<readonly string[]>> {
    const dialect = await this.#dialectOf(key);
    if ('kind' in dialect) return dialect;
    const answer = await this.#ask(key, BINARY_LOGS_SQL);
    if (answer.kind === 'rows') return { kind: 'read', value: logFilesIn(answer.rows) };
    return hasNoBinaryLog(answer.failure) ? { kind: 'read', value: [] } : answer;
  }

  async events(key: InstanceKey, page: EventPage): Promise<LogRead<readonly BinlogEvent[]>> {
    const dialect = await this.#dialectOf(key);
    if ('kind' in dialect) return dialect;
    const answer = await this.#page(key, page, dialect.dialect);
    if (answer.kind === 'rows') return { kind: 'read', value: eventsIn(answer.rows, page.type) };
    if (!cannotReadLog(answer.failure)) return answer;
    if (page.fromPos <= FIRST_EVENT_POS && page.skip === 0) return { kind: 'no-such-file' };
    // The same number for a missing file and for an offset at which no event begins: the first event is there or not.
    const first = await this.#page(key, { ...page, fromPos: 0, skip: 0, limit: 1 }, dialect.dialect);
    if (first.kind === 'rows') return { kind: 'no-such-place' };
    return cannotReadLog(first.failure) ? { kind: 'no-such-file' } : first;
  }

  async #page(key: InstanceKey, page: EventPage, dialect: Dialect): Promise<Asked> {
    if (page.type === 'binary') return this.#ask(key, binlogEventsSql(page));
    const channel = await this.#channelOf(key, page.file, dialect);
    if (channel.kind === 'failed') return channel;
    const answer = await this.#ask(key, relaylogEventsSql(page, dialect.family, channel.channel));
    if (answer.kind === 'rows' || !hasOtherChannels(answer.failure)) return answer;
    // Somebody has made or removed a channel since.
    this.#channels.delete(keyId(key));
    const anew = await this.#channelOf(key, page.file, dialect);
    if (anew.kind === 'failed') return anew;
    return this.#ask(key, relaylogEventsSql(page, dialect.family, anew.channel));
  }

  async #channelOf(key: InstanceKey, file: string, dialect: Dialect) {
    const base = logBaseOf(file);
    const known = this.#channels.get(keyId(key));
    if (known?.base === base) return { kind: 'known', channel: known.channel } as const;
    const answer = await this.#ask(key, dialect.family === 'mariadb' ? 'SHOW ALL SLAVES STATUS' : statusSqlOf(dialect));
    if (answer.kind === 'failed') return answer;
    const channel = channelOfRelayLog(answer.rows, file);
    this.#channels.set(keyId(key), { base, channel });
    return { kind: 'known', channel } as const;
  }

  async #ask(key: InstanceKey, sql: string): Promise<Asked> {
    return this.#options.link(key).query(sql, this.#options.timeouts());
  }

  /** A server that was never asked anything does so now; a binlog server has the logs of its source, and answers none of this. */
  async #dialectOf(
    key: InstanceKey,
  ): Promise<{ readonly dialect: Dialect } | { readonly kind: 'failed'; readonly failure: ServerFailure }> {
    const link = this.#options.link(key);
    if (link.dialect === null) {
      const probed = await link.probe(this.#options.timeouts());
      if (probed.kind === 'failed') return { kind: 'failed', failure: probed.failure };
    }
    const { dialect } = link;
    if (dialect !== null && dialect.family !== 'maxscale') return { dialect };
    const text = `${instanceKeyText(key)} is a binlog server: its logs cannot be searched`;
    return { kind: 'failed', failure: { kind: 'network', phase: 'answer', code: 'BINLOG_SERVER', text } };
  }
}

/** As the probe asks for it. */
function statusSqlOf({ name }: Dialect): string {
  return name === 'mysql-57' ? 'SHOW SLAVE STATUS' : 'SHOW REPLICA STATUS';
}
