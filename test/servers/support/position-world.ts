// Servers that replicate by file and position, without GTID, under a stream of rows and markers of pseudo-GTID.

import { setTimeout as pause } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import type { BinlogCoordinates } from '../../../src/model/binlog-coordinates.ts';
import { NO_REPLICATION_TLS } from '../../../src/model/blank-instance.ts';
import { unixMillis } from '../../../src/model/brand.ts';
import type { InstanceKey } from '../../../src/model/instance-key.ts';
import { BinaryLogsOfLinks } from '../../../src/mysql/binary-logs-of-links.ts';
import type { ServerLink } from '../../../src/mysql/server-link.ts';
import { FoundEntries } from '../../../src/operations/log-search/found-entries.ts';
import { LogSearch, NO_HINTS, type SearchRules } from '../../../src/operations/log-search/log-search.ts';
import { markerRules } from '../../../src/planning/log-search/marker-rules.ts';
import { markerText } from '../../../src/planning/log-search/marker-text.ts';
import { applicationAccount, orchestratorAccount, replicationAccount } from '../../../src/sandbox/accounts.ts';
import { type RunningServer, startServer } from '../../../src/sandbox/server.ts';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import { systemClock } from '../../../src/service/system-clock.ts';
import { answeredBy, asRoot, keyOf, linkTo, soon, World } from './server-world.ts';

interface FamilyOptions {
  readonly plain: readonly string[];
  readonly withoutUpdates: readonly string[];
  readonly compressing: readonly string[];
}

const OPTIONS: Record<ServerFamily, FamilyOptions> = {
  mysql: {
    plain: ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'],
    withoutUpdates: ['--log-replica-updates=OFF'],
    compressing: ['--binlog-transaction-compression=ON'],
  },
  mariadb: {
    plain: ['--gtid-strict-mode=OFF'],
    withoutUpdates: ['--log-slave-updates=OFF'],
    compressing: ['--log-bin-compress=ON', '--log-bin-compress-min-len=10'],
  },
};

const ROW_PAUSE_MILLIS = 4;
const ROWS_A_MARKER = 20;
const RANDOM_DIGITS = 16;

/** A primary that compresses its binary log, and replicas of which the second one does so too and the last one does not log what it replicates. */
export class PositionWorld extends World {
  #writing = false;
  #marks = 0;
  #written: Promise<void> = Promise.resolve();
  readonly #search = new FoundEntries();

  static async start(family: ServerFamily, replicas: number): Promise<PositionWorld> {
    const { plain, withoutUpdates, compressing } = OPTIONS[family];
    const special = new Map([
      [0, compressing],
      [2, compressing],
      [replicas, withoutUpdates],
    ]);
    const wanted = Array.from({ length: replicas + 1 }, (_unused, index) =>
      startServer({ family, extraOptions: [...plain, ...(special.get(index) ?? [])] }),
    );
    const servers = await Promise.all(wanted);
    const [primary, ...others] = servers;
    if (primary === undefined) throw new Error('there is a primary');
    const stop = async () => {
      await Promise.all(servers.map((server) => server.stop()));
    };
    const world = new PositionWorld({ family, primary, replicas: others, servers, stop });
    await asRoot(primary, `GRANT DROP ON \`\\_pseudo\\_gtid\\_\`.* TO '${orchestratorAccount.user}'@'%'`);
    const { selfCoordinates } = await world.see(primary);
    for (const replica of others) await world.followAt(replica, primary, selfCoordinates);
    await world.write('CREATE TABLE demo.rows_of (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(40))');
    return world;
  }

  async followAt(replica: RunningServer, source: RunningServer, coordinates: BinlogCoordinates): Promise<void> {
    const getSourcePublicKey = this.fleet.family === 'mysql' ? true : null;
    const follow = this.follow(source, {
      place: { kind: 'position', coordinates: { ...coordinates, type: 'binary' }, leavesGtid: false },
      tls: { ...NO_REPLICATION_TLS, getSourcePublicKey },
      credentials: replicationAccount,
    });
    await this.command(replica, [follow, { kind: 'start-replication' }]);
    await vi.waitFor(async () => {
      const seen = await this.see(replica);
      expect(seen).toMatchObject({ sourceKey: keyOf(source), receiverState: 'running', applierState: 'running' });
    }, soon);
  }

  async mark(): Promise<string> {
    const at = unixMillis(Date.now());
    // Many markers a second here, and the seconds alone ascend by themselves.
    this.#marks += 1;
    const random = this.#marks.toString(16).padStart(RANDOM_DIGITS, '0');
    const marker = markerText({ at, serverId: this.primary.serverId, random });
    await this.command(this.primary, [{ kind: 'inject-pseudo-gtid', marker }]);
    return marker;
  }

  /** Until `endWriting`. */
  beginWriting(): void {
    this.#writing = true;
    this.#written = this.#writeOn();
  }

  async #writeOn(): Promise<void> {
    const connection = await this.primary.connect(applicationAccount);
    try {
      for (let row = 0; this.#writing; row += 1) {
        if (row % ROWS_A_MARKER === 0) await this.mark();
        await connection.query(`INSERT INTO demo.rows_of (v) VALUES ('row ${row}')`);
        if (row % 3 === 0) await connection.query(`UPDATE demo.rows_of SET v = 'changed' WHERE v = 'row ${row}'`);
        await pause(ROW_PAUSE_MILLIS);
      }
    } finally {
      connection.destroy();
    }
  }

  async endWriting(): Promise<void> {
    this.#writing = false;
    await this.#written;
  }

  /** New files at places of each server's own. */
  async rotate(): Promise<void> {
    for (const server of this.fleet.servers) {
      await server.query('FLUSH BINARY LOGS');
      if (server !== this.primary) await server.query('FLUSH RELAY LOGS');
    }
  }

  async rows(server: RunningServer): Promise<number> {
    const [row] = await server.query('SELECT COUNT(*) AS n FROM demo.rows_of');
    return Number(row?.['n']);
  }

  async hasRows(server: RunningServer, count: number): Promise<void> {
    await vi.waitFor(async () => expect(await this.rows(server)).toBeGreaterThanOrEqual(count), soon);
  }

  async contents(server: RunningServer): Promise<string> {
    const [row] = await server.query(
      "SELECT COUNT(*) AS n, COALESCE(SUM(CRC32(CONCAT(id, ':', v))), 0) AS s FROM demo.rows_of",
    );
    return `${row?.['n']} ${row?.['s']}`;
  }

  async replicateByChannel(replica: RunningServer, channel: string, { file, pos }: BinlogCoordinates): Promise<void> {
    const { host, port } = this.primary;
    const { user, password } = replicationAccount;
    const name = `'${channel.replaceAll("'", "''")}'`;
    const options = (word: string) =>
      `${word}_HOST='${host}', ${word}_PORT=${port}, ${word}_USER='${user}', ${word}_PASSWORD='${password}', ${word}_LOG_FILE='${file}', ${word}_LOG_POS=${pos}`;
    const statements =
      this.fleet.family === 'mysql'
        ? [
            'SET GLOBAL gtid_mode = ON_PERMISSIVE',
            `CHANGE REPLICATION SOURCE TO ${options('SOURCE')}, GET_SOURCE_PUBLIC_KEY=1 FOR CHANNEL ${name}`,
            `START REPLICA FOR CHANNEL ${name}`,
          ]
        : [`CHANGE MASTER ${name} TO ${options('MASTER')}, MASTER_USE_GTID=no`, `START SLAVE ${name}`];
    for (const statement of statements) await replica.query(statement);
  }

  logs(): BinaryLogsOfLinks {
    const links = new Map<number, ServerLink>();
    const link = (key: InstanceKey): ServerLink => {
      const known = links.get(key.port) ?? linkTo(key);
      links.set(key.port, known);
      return known;
    };
    return new BinaryLogsOfLinks({ link, timeouts: () => ({ connectMillis: 5_000, answerMillis: 30_000 }) });
  }

  search(rules: Partial<SearchRules> = {}): LogSearch {
    return new LogSearch({
      logs: this.logs(),
      clock: systemClock,
      rules: {
        markers: markerRules({
          pattern: 'drop view if exists `_pseudo_gtid_`',
          isFixedSubstring: true,
          monotonicHint: 'asc:',
          finds: () => false,
        }),
        pageEvents: 10_000,
        skippedTexts: [],
        lagSecondsMax: 20,
        relayLogsOnly: false,
        ...rules,
      },
      hints: NO_HINTS,
      entries: this.#search,
      observe: async (key) => ({ kind: 'observed', instance: (await answeredBy(linkTo(key))).facts.instance }),
      mayGoOn: () => true,
    });
  }
}
