/** The pretended servers as a stage: they have the addresses and identities of the real ones, and time passes only while somebody waits. */
import type { ServerUuid } from '../../../../src/model/brand.ts';
import { type ServerOptions, serverOptions } from '../../../../src/sim/server/server-options.ts';
import type { SqlOutcome } from '../../../../src/sim/sql-session.ts';
import { TestWorld } from '../../../../src/sim/testing.ts';
import { ROLES, type Role, type Script, type User } from './script.ts';
import type { Identity, Outcome, Stage, StageSession } from './stage.ts';

const PAUSE_MILLIS = 5;

/** Longer than anything waits here. */
const PATIENCE_MILLIS = 100_000;

/** Root comes through the socket. */
const clientHost = (user: User): string => (user === 'root' ? 'localhost' : '127.0.0.1');

export class PretendedStage implements Stage {
  readonly isReal = false;
  readonly family: Stage['family'];
  readonly #identities: ReadonlyMap<Role, Identity>;
  #world: TestWorld | null = null;

  constructor(family: Stage['family'], identities: ReadonlyMap<Role, Identity>) {
    this.family = family;
    this.#identities = identities;
  }

  identity(role: Role): Identity {
    const found = this.#identities.get(role);
    if (found === undefined) throw new Error(`there is no ${role}`);
    return found;
  }

  async begin({ sameServerId, gtidMode }: Script): Promise<void> {
    const [changed, as] = sameServerId ?? [null, null];
    this.#world = new TestWorld(
      ROLES.map((role, index) => ({
        ...this.#options(role, index, changed === role ? this.identity(as ?? role).serverId : null),
        gtidMode: (this.family === 'mysql' ? gtidMode : undefined) ?? 'ON',
      })),
    );
    this.#run(100);
    for (const role of ROLES) {
      if (role === 'primary') continue;
      const client = this.#of().client(role, 'root');
      const word = this.family === 'mysql' ? 'REPLICA' : 'SLAVE';
      client.ask(`STOP ${word}`);
      client.ask(`RESET ${word} ALL`);
      client.session.close();
    }
    this.#run(100);
  }

  async open(role: Role, user: User): ReturnType<Stage['open']> {
    const world = this.#of();
    let isLost = false;
    let lose = (): void => {};
    const opened = world.server(role).isRunning
      ? world.sql(role).openSession({
          user,
          clientHost: clientHost(user),
          clientPort: world.nextPort(),
          onClosed() {
            isLost = true;
            lose();
          },
        })
      : null;
    if (opened === null) return { kind: 'lost' };
    if (opened.kind === 'refused') return opened.error;
    const { session } = opened;
    const ask: StageSession['ask'] = (sql) =>
      new Promise((resolve) => {
        if (isLost) resolve({ kind: 'lost' });
        lose = () => resolve({ kind: 'lost' });
        session.query(sql, (outcomes) => resolve(outcomeOf(outcomes.at(-1))));
      });
    return { id: session.id, ask, close: () => session.close() };
  }

  async pause(): Promise<void> {
    this.#run(PAUSE_MILLIS);
  }

  now(): number {
    return this.#of().queue.now;
  }

  /** Lets time pass until it has come. */
  async awaited<Value>(promise: Promise<Value>): Promise<Value> {
    let isThere = false;
    promise.then(
      () => {
        isThere = true;
      },
      () => {
        isThere = true;
      },
    );
    const giveUpAt = this.now() + PATIENCE_MILLIS;
    await Promise.resolve();
    while (!isThere && this.now() < giveUpAt) {
      this.#of().queue.step();
      await Promise.resolve();
    }
    if (!isThere) throw new Error(`no answer after ${PATIENCE_MILLIS} ms`);
    return promise;
  }

  async crash(role: Role): Promise<void> {
    this.#of().server(role).kill();
  }

  async shutDown(role: Role): Promise<void> {
    this.#of().server(role).kill();
  }

  async start(role: Role): Promise<void> {
    this.#of().server(role).start();
  }

  async dieInATransaction(): Promise<void> {
    const world = this.#of();
    const client = world.client('primary', 'app');
    client.send("INSERT INTO demo.large VALUES (1, REPEAT('x', 900000))");
    world.runUntil(() => world.server('replica').relayLog.partial !== null);
    world.server('primary').kill();
  }

  #run(millis: number): void {
    this.#of().run(millis);
  }

  #of(): TestWorld {
    if (this.#world === null) throw new Error('no script was begun');
    return this.#world;
  }

  #options(role: Role, index: number, otherId: number | null): ServerOptions {
    const { host, port, serverId, uuid, version } = this.identity(role);
    return serverOptions(this.family, index + 1, {
      name: role,
      host,
      port,
      serverId: otherId ?? serverId,
      uuid: uuid as ServerUuid,
      version,
      readOnly: role !== 'primary',
      syncsBinlog: false,
    });
  }
}

function outcomeOf(outcome: SqlOutcome | undefined): Outcome {
  if (outcome === undefined) return { kind: 'lost' };
  if (outcome.kind === 'ok') return { kind: 'ok' };
  if (outcome.kind === 'error') return outcome;
  const rows = outcome.rows.map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)));
  return { kind: 'rows', columns: outcome.columns.map(({ name }) => name), rows };
}
