/** For tests of what speaks SQL: a world of servers that replicate, and clients that ask them while virtual time passes. */
import type { InstanceKey } from '../model/instance-key.ts';
import type { Row, Rows } from '../ports/server-wire.ts';
import type { PretendServer } from './server/pretend-server.ts';
import { type Family, type ServerOptions, serverOptions, withoutGtids } from './server/server-options.ts';
import { type PretendSql, sqlOf } from './sql/pretend-sql.ts';
import type { SqlOutcome, SqlSession } from './sql-session.ts';
import { membersOf, type Shape } from './topology/shapes.ts';
import { type TopologyMember, World } from './world.ts';

export interface WorldWanted {
  readonly family: Family;
  readonly replicas: number;
  /** `off`: they replicate by file and position, each with places of its own. Default: `on`. */
  readonly gtid?: 'on' | 'off';
  /** Who replicates from whom. Default: all from `db1`. */
  readonly shape?: Shape;
  /** Of every server, by its number. */
  readonly options?: (number: number) => Partial<ServerOptions>;
}

/** An answer that comes at all comes within this. */
const PATIENCE_MILLIS = 5_000;

/** A primary `db1` and its replicas `db2`, …, all connected. */
export function aWorld({
  family,
  replicas,
  gtid = 'on',
  shape = 'star',
  options = () => ({}),
}: WorldWanted): TestWorld {
  const make = gtid === 'on' ? serverOptions : withoutGtids;
  const servers = Array.from({ length: 1 + replicas }, (_, index) => make(family, index + 1, options(index + 1)));
  const world = new TestWorld(membersOf(servers, shape));
  world.run(100);
  return world;
}

export class TestWorld extends World {
  readonly #sqls: Map<PretendServer, PretendSql>;
  #lastPort = 50_000;

  /** A cluster, or any other shape. */
  constructor(servers: readonly ServerOptions[] | readonly TopologyMember[], seed = 1) {
    const sqls = new Map<PretendServer, PretendSql>();
    super({
      seed,
      servers: [],
      network: { latencyMillis: 0.2, jitterMillis: 0 },
      sqlOf(server) {
        const sql = sqlOf(server);
        sqls.set(server, sql);
        return sql;
      },
    });
    this.#sqls = sqls;
    const members = servers.filter(isMember);
    if (members.length > 0) this.addTopology(members);
    else if (servers.length > 0) this.addCluster(servers.filter((one): one is ServerOptions => !isMember(one)));
  }

  nextPort(): number {
    this.#lastPort += 1;
    return this.#lastPort;
  }

  sql(name: string): PretendSql {
    const sql = this.#sqls.get(this.server(name));
    if (sql === undefined) throw new Error(`${name} speaks no SQL`);
    return sql;
  }

  /** Throws when it is refused. */
  client(name: string, user = 'orc'): TestClient {
    return new TestClient(this, this.sql(name), user);
  }

  /** Lets time pass until it is so. Throws when it takes longer than `patienceMillis`. */
  runUntil(isSo: () => boolean, patienceMillis = PATIENCE_MILLIS): void {
    const giveUpAt = this.queue.now + patienceMillis;
    while (!isSo()) {
      const next = this.queue.nextAt;
      if (next === null || next > giveUpAt) throw new Error(`it is not so after ${patienceMillis} ms`);
      this.queue.step();
    }
  }
}

const isMember = (one: ServerOptions | TopologyMember): one is TopologyMember => 'options' in one;

export interface Asked {
  /** Null: no answer yet. */
  readonly outcomes: readonly SqlOutcome[] | null;
  /** How long the answer took; 0 before it came. */
  readonly millis: number;
}

export class TestClient {
  readonly session: SqlSession;
  readonly clientPort: number;
  readonly #world: TestWorld;
  #isClosed = false;

  constructor(world: TestWorld, sql: PretendSql, user: string) {
    this.#world = world;
    this.clientPort = world.nextPort();
    const opened = sql.openSession({
      user,
      clientHost: 'tester',
      clientPort: this.clientPort,
      onClosed: () => {
        this.#isClosed = true;
      },
    });
    if (opened.kind === 'refused') throw new Error(`${opened.error.number}: ${opened.error.message}`);
    this.session = opened.session;
  }

  /** The server has closed it. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends a packet, and lets no time pass. */
  send(sql: string): Asked {
    const sentAt = this.#world.queue.now;
    const asked: { outcomes: readonly SqlOutcome[] | null; millis: number } = { outcomes: null, millis: 0 };
    this.session.query(sql, (outcomes) => {
      asked.outcomes = outcomes;
      asked.millis = this.#world.queue.now - sentAt;
    });
    return asked;
  }

  /** Sends a packet, and lets time pass until it is answered. */
  ask(sql: string, patienceMillis?: number): readonly SqlOutcome[] {
    const asked = this.send(sql);
    this.#world.runUntil(() => asked.outcomes !== null, patienceMillis);
    return asked.outcomes ?? [];
  }

  /** What the last statement came to: `ok`, an error as `1064: text`, or the rows. */
  tell(sql: string, patienceMillis?: number): 'ok' | string | Rows {
    return toldOf(this.ask(sql, patienceMillis).at(-1));
  }

  /** Rows of the only statement, as the driver gives them. Throws for an error. */
  rows(sql: string): Rows {
    const [outcome] = this.ask(sql);
    if (outcome?.kind === 'rows') return rowsOf(outcome);
    throw new Error(outcome?.kind === 'error' ? `${outcome.number}: ${outcome.message}` : 'no rows');
  }

  /** The only value of the only row. */
  value(sql: string): unknown {
    return Object.values(this.rows(sql)[0] ?? {})[0];
  }
}

export function toldOf(outcome: SqlOutcome | undefined): 'ok' | string | Rows {
  if (outcome === undefined) return 'nothing';
  if (outcome.kind === 'error') return `${outcome.number}: ${outcome.message}`;
  return outcome.kind === 'ok' ? 'ok' : rowsOf(outcome);
}

/** As `src/mysql` gets them. */
export function rowsOf({ columns, rows }: Extract<SqlOutcome, { kind: 'rows' }>): Rows {
  return rows.map((row): Row => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

export const keyOf = (name: string): InstanceKey => ({ hostname: name, port: 3306 });
