/** Runs a script on a stage. */
import { setupOf } from '../../../../src/sandbox/family-setups.ts';
import { familyColumn, normalText, told } from './normalise.ts';
import {
  ask,
  ROLES,
  type Role,
  replicates,
  type Script,
  type SessionName,
  type Step,
  type Text,
  type User,
} from './script.ts';
import type { Outcome, Stage, StageSession } from './stage.ts';

/** How long a condition may take to come true, of the stage's own time. */
const PATIENCE_MILLIS = 20_000;

/** What a step came to. */
export interface Result {
  readonly step: string;
  readonly told: readonly string[];
}

const NUMBERS = 'CREATE TABLE demo.numbers (n INT PRIMARY KEY)';

/** Every script begins with a table, the primary's first transaction, on everybody who replicates. */
const prologue = (replicas: readonly Role[]): readonly Step[] => [
  ask('primary/app', NUMBERS),
  ...replicas.flatMap((role) => replicates(role, '{gtid:primary:1}')),
];

export async function runScript(stage: Stage, script: Script): Promise<readonly Result[]> {
  await stage.begin(script);
  const run = new Run(stage);
  const replicas = (['replica', 'other'] as const).slice(0, script.replicas ?? 1);
  for (const role of replicas) {
    for (const sql of setupOf(stage.family).replicateFrom(stage.identity('primary')))
      mustBeOk(await run.step(ask(role, sql)));
  }
  for (const step of prologue(replicas)) mustBeOk(await run.step(step));
  const results: Result[] = [];
  for (const step of script.steps) {
    const came = await run.step(step);
    if (came !== null) results.push(came);
  }
  run.end();
  return results;
}

function mustBeOk(result: Result | null): void {
  if (result !== null && result.told.join() !== 'ok') throw new Error(`before the script: ${JSON.stringify(result)}`);
}

const FAMILY_WORDS: ReadonlyMap<string, Readonly<Record<Stage['family'], string>>> = new Map([
  ['replica', { mysql: 'REPLICA', mariadb: 'SLAVE' }],
  ['S', { mysql: 'SOURCE', mariadb: 'MASTER' }],
  ['change', { mysql: 'CHANGE REPLICATION SOURCE TO', mariadb: 'CHANGE MASTER TO' }],
]);

/** What the texts of a script mean on a stage. */
export function expanded(
  text: Text,
  stage: Pick<Stage, 'family' | 'identity'>,
  sessionId: (name: string) => string = (name) => name,
): string | null {
  const { family } = stage;
  const own = typeof text === 'string' ? text : text[family];
  if (own === null) return null;
  return own.replaceAll(/\{([\w:./-]+)\}/g, (whole, name: string) => {
    const word = FAMILY_WORDS.get(name)?.[family];
    if (word !== undefined) return word;
    const [first = '', second = '', third = ''] = name.split(':');
    // Where they are, only a run knows.
    if (first === 'file' || first === 'pos') return whole;
    if (first === 'session') return sessionId(second);
    if (first === 'gtid') return gtidOf(stage, roleOf(second), third);
    return propertyOf(stage, name) ?? whole;
  });
}

/** `primary.host` and its like; null: there is no such property. */
function propertyOf(stage: Pick<Stage, 'identity'>, name: string): string | null {
  const [role = '', property] = name.split('.');
  const { host, port, serverId, uuid } = stage.identity(roleOf(role));
  const known = new Map<string | undefined, string>([
    ['host', host],
    ['port', String(port)],
    ['id', String(serverId)],
    ['uuid', uuid],
  ]);
  return known.get(property) ?? null;
}

/** MySQL's sets have ranges; a place of MariaDB is the last of one. */
function gtidOf(stage: Pick<Stage, 'family' | 'identity'>, role: Role, numbers: string): string {
  const { serverId, uuid } = stage.identity(role);
  return stage.family === 'mysql' ? `${uuid}:${numbers}` : `0-${serverId}-${numbers.split('-').at(-1)}`;
}

function roleOf(text: string): Role {
  const found = ROLES.find((role) => role === text);
  if (found === undefined) throw new Error(`there is no ${text}`);
  return found;
}

/** Sets of GTIDs of several servers are in the order of their uuids. */
const sameList = (one: string, other: string): boolean =>
  one.split(',').toSorted().join() === other.split(',').toSorted().join();

interface Live {
  readonly session: StageSession;
  sent: Promise<Outcome> | null;
}

/** What tells a server's place in its binary log, and in its relay log. */
const PLACE_SQL: Readonly<Record<Stage['family'], readonly [binary: string, relay: string]>> = {
  mysql: ['SHOW BINARY LOG STATUS', 'SHOW REPLICA STATUS'],
  mariadb: ['SHOW MASTER STATUS', 'SHOW SLAVE STATUS'],
};

class Run {
  readonly #stage: Stage;
  readonly #live = new Map<SessionName, Live>();
  readonly #places = new Map<string, { readonly file: string; readonly position: number }>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Null: the step tells nothing. Throws when it cannot be made. */
  async step(step: Step): Promise<Result | null> {
    switch (step.kind) {
      case 'ask':
        return this.#ask(step);
      case 'send':
        await this.#send(step);
        return null;
      case 'waits':
        return { step: `${step.session} waits`, told: [await this.#waitState(step.session)] };
      case 'answer':
        return this.#answer(step.session);
      case 'until':
        await this.#until(step);
        return null;
      case 'remember':
        await this.#remember(step);
        return null;
      case 'leave':
        this.#live.get(step.session)?.session.close();
        this.#live.delete(step.session);
        return null;
      case 'crash':
        await this.#stage.crash(step.role);
        this.#forget(step.role);
        return null;
      case 'shut-down':
        await this.#stage.shutDown(step.role);
        this.#forget(step.role);
        return null;
      case 'start':
        await this.#stage.start(step.role);
        return null;
      case 'die-in-a-transaction':
        await this.#stage.dieInATransaction();
        this.#forget('primary');
        return null;
    }
  }

  end(): void {
    for (const { session } of this.#live.values()) session.close();
  }

  async #ask({ session: name, sql, columns }: Extract<Step, { kind: 'ask' }>): Promise<Result | null> {
    const text = this.#expanded(sql);
    if (text === null) return null;
    return this.#result(name, expanded(sql, this.#stage) ?? '', await this.#outcome(name, text), columns);
  }

  #result(name: string, sql: string, outcome: Outcome, columns?: readonly string[]): Result {
    return { step: `${name}: ${normalText(sql, this.#stage)}`, told: told(outcome, this.#stage, columns ?? null) };
  }

  async #outcome(name: SessionName, sql: string): Promise<Outcome> {
    const live = await this.#session(name);
    if ('kind' in live) return live;
    if (live.sent !== null) throw new Error(`${name} has not been answered yet`);
    return this.#stage.awaited(live.session.ask(sql));
  }

  async #remember({ role, name, log }: Extract<Step, { kind: 'remember' }>): Promise<void> {
    const [binary, relay] = PLACE_SQL[this.#stage.family];
    const outcome = await this.#outcome(role, log === 'binary' ? binary : relay);
    if (outcome.kind !== 'rows') throw new Error(`${role} has no ${log} log`);
    const shown = (...names: readonly string[]) =>
      outcome.rows[0]?.[outcome.columns.findIndex((column) => names.includes(column))];
    const [file, position] = [shown('File', 'Relay_Log_File'), shown('Position', 'Relay_Log_Pos')];
    this.#places.set(name, { file: String(file), position: Number(position) });
  }

  /** `{file:name}`, `{pos:name}`, and so many bytes behind it. */
  #withPlaces(text: string): string {
    return text.replaceAll(/\{(file|pos):(\w+)(?:\+(\d+))?\}/g, (whole, what: string, name: string, more?: string) => {
      const place = this.#places.get(name);
      if (place === undefined) return whole;
      return what === 'file' ? place.file : String(place.position + Number(more ?? 0));
    });
  }

  async #send({ session: name, sql }: Extract<Step, { kind: 'send' }>): Promise<void> {
    const text = this.#expanded(sql);
    const live = await this.#session(name);
    if (text === null || 'kind' in live) throw new Error(`${name} cannot be asked`);
    live.sent = live.session.ask(text);
  }

  async #answer(name: SessionName): Promise<Result> {
    const live = this.#live.get(name);
    if (live === undefined || live.sent === null) throw new Error(`${name} was not asked`);
    const outcome = await this.#stage.awaited(live.sent);
    live.sent = null;
    return { step: `${name} is answered`, told: told(outcome, this.#stage, null) };
  }

  /** As the process list has it, as soon as it is a state of waiting. */
  async #waitState(name: SessionName): Promise<string> {
    const live = this.#live.get(name);
    if (live === undefined) throw new Error(`${name} was not asked`);
    const [role = ''] = name.split('/');
    const sql = `SELECT STATE FROM information_schema.processlist WHERE ID = ${live.session.id}`;
    let state = '';
    await this.#eventually(`${name} waits`, async () => {
      const outcome = await this.#outcome(`${roleOf(role)}/root/watcher`, sql);
      const before = state;
      state = outcome.kind === 'rows' ? String(outcome.rows[0]?.[0] ?? '') : '';
      // Twice the same: it may pass through others.
      return [state === before && /^(Waiting|Killing)/.test(state), state];
    });
    return state;
  }

  async #until({ session, sql, column, value }: Extract<Step, { kind: 'until' }>): Promise<void> {
    const [text, wanted] = [this.#expanded(sql), this.#expanded(value)];
    if (text === null || wanted === null) return;
    const own = familyColumn(column, this.#stage.family);
    await this.#eventually(`${session}: ${text}: ${column} = ${wanted}`, async () => {
      const outcome = await this.#outcome(session, text);
      if (outcome.kind === 'lost') this.#live.delete(session);
      const found = outcome.kind === 'rows' ? outcome.rows[0]?.[outcome.columns.indexOf(own)] : JSON.stringify(outcome);
      const seen = String(found ?? '').replaceAll('\n', '');
      return [sameList(seen, wanted), seen];
    });
  }

  async #eventually(what: string, look: () => Promise<readonly [boolean, string]>): Promise<void> {
    const giveUpAt = this.#stage.now() + PATIENCE_MILLIS;
    for (;;) {
      const [isSo, seen] = await look();
      if (isSo) return;
      if (this.#stage.now() > giveUpAt) {
        const where = this.#stage.isReal ? 'at the real servers' : 'at the pretended servers';
        throw new Error(`it did not come true ${where}: ${what}; last seen: ${seen}`);
      }
      await this.#stage.pause();
    }
  }

  async #session(name: SessionName): Promise<Live | Extract<Outcome, { kind: 'error' | 'lost' }>> {
    const known = this.#live.get(name);
    if (known !== undefined) return known;
    const [role = '', user = 'orc'] = name.split('/');
    const opened = await this.#stage.open(roleOf(role), userOf(user));
    if ('kind' in opened) return opened;
    const live: Live = { session: opened, sent: null };
    this.#live.set(name, live);
    return live;
  }

  #forget(role: Role): void {
    for (const name of this.#live.keys()) if (name.split('/')[0] === role) this.#live.delete(name);
  }

  #expanded(text: Text): string | null {
    const known = expanded(text, this.#stage, (name) =>
      String([...this.#live].find(([session]) => session === name)?.[1].session.id ?? 0),
    );
    return known === null ? null : this.#withPlaces(known);
  }
}

function userOf(text: string): User {
  const users: readonly User[] = ['orc', 'app', 'root', 'nobody'];
  const found = users.find((user) => user === text);
  if (found === undefined) throw new Error(`there is no account ${text}`);
  return found;
}
