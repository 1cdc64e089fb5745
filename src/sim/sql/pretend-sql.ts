/**
 * The SQL of a pretended server: who may log in, which sessions there are, and what they say.
 */
import type { Process } from '../process.ts';
import type { PretendServer } from '../server/pretend-server.ts';
import type { ServerOptions } from '../server/server-options.ts';
import type { SessionOptions, SqlServer, SqlValue } from '../sql-session.ts';
import { Accounts, SANDBOX_ACCOUNTS } from './accounts.ts';
import { accessDenied, shutdownInProgress, tooManyConnections } from './errors.ts';
import type { FamilySql } from './family-sql.ts';
import { mariadbSql } from './mariadb/mariadb.ts';
import { parseRouterPacket } from './maxscale/maxscale.ts';
import { mysqlSql } from './mysql/mysql.ts';
import { PacketCache } from './parse/packet-cache.ts';
import { parsePacket } from './parse/parse-packet.ts';
import { NO_ROW_COUNT, PretendSession } from './pretend-session.ts';
import type { SessionState } from './session-state.ts';
import type { SqlError } from './sql-refusal.ts';

/** As the sandbox sets it; privileged accounts have one more. */
const MAX_CONNECTIONS = 150;

export interface PretendSqlOptions {
  readonly accounts?: Accounts;
  readonly maxConnections?: number;
  /** Shared with servers of the same family and answers: thousands of them would each keep the same parsed probe. */
  readonly packets?: PacketCache;
}

type OpenOptions = SessionOptions & {
  /** Taken before by `takeSessionId`. */
  readonly id?: number;
};

/** Of one life of the server's process; the next one begins with none. */
interface Life {
  readonly process: Process;
  readonly sessions: Map<number, PretendSession>;
  readonly globals: Map<string, SqlValue>;
}

/** With the accounts of the sandbox. */
export const sqlOf = (server: PretendServer): PretendSql => new PretendSql(server);

/** What servers with such options have parsed. */
export const packetsOf = ({
  family,
  isBinlogServer,
  answers,
}: Pick<ServerOptions, 'family' | 'isBinlogServer' | 'answers'>): PacketCache =>
  new PacketCache(isBinlogServer ? parseRouterPacket : (sql) => parsePacket(sql, familySql(family), answers));

const familySql = (family: ServerOptions['family']): FamilySql => (family === 'mysql' ? mysqlSql : mariadbSql);

export class PretendSql implements SqlServer {
  readonly accounts: Accounts;
  readonly #server: PretendServer;
  readonly #family: FamilySql;
  readonly #maxConnections: number;
  readonly #packets: PacketCache;
  #life: Life | null = null;

  constructor(server: PretendServer, options: PretendSqlOptions = {}) {
    this.#server = server;
    this.#family = familySql(server.options.family);
    this.accounts = options.accounts ?? new Accounts(SANDBOX_ACCOUNTS);
    this.#maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
    this.#packets = options.packets ?? packetsOf(server.options);
  }

  get version(): string {
    return this.#server.options.version;
  }

  /** How many sessions there are, those included whose clients are gone. */
  get sessionCount(): number {
    return this.#life?.sessions.size ?? 0;
  }

  /** For a client that is greeted before it has said who it is. Throws when the server does not run. */
  takeSessionId(): number {
    return this.#server.takeConnectionId();
  }

  openSession(options: OpenOptions): ReturnType<SqlServer['openSession']> {
    if (!this.#server.isRunning) return { kind: 'refused', error: shutdownInProgress() };
    const life = this.#currentLife();
    const error = this.#refusal(options, life);
    if (error !== null) return { kind: 'refused', error };
    const session = this.#begin(options, life);
    life.sessions.set(session.id, session);
    return { kind: 'open', session };
  }

  #refusal({ user, clientHost }: OpenOptions, { sessions }: Life): SqlError | null {
    const account = this.accounts.find(user);
    const room = this.#maxConnections + Number(account?.privilege === 'privileged');
    if (this.#server.isCrowded || sessions.size >= room) return tooManyConnections();
    if (account === null) return accessDenied(user, clientHost);
    return account.isLocked ? this.#family.messages.accountLocked(user, clientHost) : null;
  }

  #begin(options: OpenOptions, { process, sessions, globals }: Life): PretendSession {
    const { user, clientHost, clientPort } = options;
    const state: SessionState = {
      id: options.id ?? this.#server.takeConnectionId(),
      user,
      clientHost,
      clientPort,
      privilege: this.accounts.find(user)?.privilege ?? 'client',
      schema: null,
      variables: new Map(globals),
      userVariables: new Map(),
      namedLocks: new Map(),
      isInTransaction: false,
      isGtidUsed: false,
      rowCount: NO_ROW_COUNT,
    };
    const server = this.#server;
    return new PretendSession({
      state,
      options,
      process,
      asking: { server, family: this.#family, session: state, sessions, globals },
      parse: (sql) => this.#packets.get(sql),
      onEnded() {
        sessions.delete(state.id);
        server.running.gate.unlockTables(state.id);
      },
    });
  }

  #currentLife(): Life {
    const { process } = this.#server.running;
    if (this.#life?.process === process) return this.#life;
    const life: Life = { process, sessions: new Map(), globals: new Map() };
    this.#life = life;
    this.#server.onDeath(() => {
      // Where the power is gone, nobody is left to tell anybody.
      const isTold = this.#server.door() !== 'dark';
      for (const session of life.sessions.values()) session.died(isTold);
      life.sessions.clear();
    });
    return life;
  }
}
