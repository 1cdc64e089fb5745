// A pretended server's SQL for a door of real sockets: whatever a client does happens in the world's time.

import type { SqlServer, SqlSession } from '../../sim/sql-session.ts';
import type { NumberedSqlServer } from '../protocol/numbered-sql-server.ts';
import type { RealTime } from './real-time.ts';

type OpenOptions = Parameters<NumberedSqlServer['openSession']>[0];

export class RealTimeSql implements NumberedSqlServer {
  readonly #sql: NumberedSqlServer;
  readonly #time: RealTime;
  /** Packets that clients have asked. */
  packets = 0;
  /** When the last one came, by `performance.now()`; null: none has. */
  lastPacketAt: number | null = null;

  constructor(sql: NumberedSqlServer, time: RealTime) {
    this.#sql = sql;
    this.#time = time;
  }

  get version(): string {
    return this.#sql.version;
  }

  takeSessionId(): number {
    return this.#time.now(() => this.#sql.takeSessionId());
  }

  openSession(options: OpenOptions): ReturnType<SqlServer['openSession']> {
    const opened = this.#time.now(() => this.#sql.openSession(options));
    if (opened.kind === 'refused') return opened;
    return { kind: 'open', session: this.#inTime(opened.session) };
  }

  #inTime(session: SqlSession): SqlSession {
    const time = this.#time;
    return {
      id: session.id,
      query: (sql, done) => {
        this.packets += 1;
        this.lastPacketAt = performance.now();
        time.now(() => session.query(sql, done));
      },
      close: () => time.now(() => session.close()),
    };
  }
}
