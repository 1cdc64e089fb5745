// Stages that the tests of a file take over from each other. To start servers and the program, and to wait until they are seen, is most of what such a test takes: who
// leaves everything as it was found leaves it to the next one. What a test has killed, moved or set otherwise is thrown away.

import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach } from 'vitest';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import { eventually } from './eventually.ts';
import { OperationWorld } from './operation-world.ts';
import { asRoot, replicationWord } from './servers.ts';
import type { World, WorldOptions } from './world.ts';

/** For a receiver that connects just now. */
const settling = { timeout: 500 };

/** For rows to be applied, and for the program to see it. */
const following = { timeout: 10_000 };

interface Kept {
  readonly options: WorldOptions;
  readonly world: World;
  readonly found: readonly unknown[];
}

export interface KeptStages {
  /** One with these options: the last one, if that was with the same and is as it was found, or a new one. */
  open(options: WorldOptions): Promise<OperationWorld>;
}

/** For the top of a file: it ends each test's stage, and the last one at the end. */
export function keptStages(): KeptStages {
  let stage: OperationWorld | null = null;
  let kept: Kept | null = null;

  const throwAway = async (): Promise<void> => {
    const { world } = kept ?? {};
    kept = null;
    await world?.stop();
  };

  afterEach(async ({ task }) => {
    await stage?.stopRows().catch(() => {});
    stage = null;
    const mayBeKept = kept !== null && task.result?.state !== 'fail' && (await isAsFound(kept));
    if (!mayBeKept) await throwAway();
  });
  afterAll(throwAway);

  return {
    async open(options) {
      if (!isDeepStrictEqual(kept?.options, options)) await throwAway();
      if (kept === null) {
        stage = await OperationWorld.open(options);
        kept = { options, world: stage.world, found: [] };
        kept = { ...kept, found: await stateOf(stage.world) };
      } else {
        stage = await OperationWorld.on(kept.world);
      }
      return stage;
    },
  };
}

/** Empties the tables of tests, and says whether everything else is as it was when the stage was opened, for the program too. */
async function isAsFound({ world, found }: Kept): Promise<boolean> {
  try {
    await eventually(() => stateOf(world), settling).toEqual(found);
    await empty(world);
    for (const server of world.fleet.servers) await world.get(`discover/${world.at(server)}`);
    await world.seesAllWell();
    return await isForgotten(world);
  } catch {
    return false;
  }
}

async function empty({ primary, replicas }: World): Promise<void> {
  await primary.query('DROP TABLE demo.flowing', applicationAccount);
  await primary.query('DELETE FROM demo.numbers', applicationAccount);
  const hasNoRows = async (replica: RunningServer) => {
    const [left] = await replica.query("SHOW TABLES FROM demo LIKE 'flowing'");
    const [row] = await replica.query('SELECT COUNT(*) AS counted FROM demo.numbers', applicationAccount);
    return left === undefined && Number(row?.['counted']) === 0;
  };
  for (const replica of replicas) await eventually(() => hasNoRows(replica), following).toBe(true);
}

/** The program holds no server, has recovered nothing, and sees nobody with transactions of its own. */
async function isForgotten(world: World): Promise<boolean> {
  const lists = ['maintenance', 'downtimed', 'audit-recovery', 'audit-failure-detection'];
  const answers = await Promise.all(lists.map((path) => world.get(path)));
  const isEmpty = answers.every(({ details }) => Array.isArray(details) && details.length === 0);
  return isEmpty && (await world.instances()).every(({ GtidErrant }) => GtidErrant === '');
}

const stateOf = ({ fleet }: World): Promise<readonly unknown[]> => Promise.all(fleet.servers.map(stateOfServer));

/** What a server is told to be: its settings, accounts, and how it replicates. */
async function stateOfServer(server: RunningServer): Promise<unknown> {
  return {
    pid: server.pid,
    settings: (await asRoot(server, 'SHOW GLOBAL VARIABLES'))
      .map((row) => [String(row['Variable_name']), String(row['Value'])] as const)
      .filter(([name]) => !COUNTS_GTIDS.test(name)),
    accounts: await asRoot(server, ACCOUNTS[server.family]),
    replication: (await asRoot(server, `SHOW ${replicationWord(server)} STATUS`)).map((row) =>
      Object.entries(row).filter(([name]) => IS_TOLD.test(name)),
    ),
  };
}

/** An account that was locked once and is not any more is as it was; MariaDB notes it down. */
const ACCOUNTS: Readonly<Record<ServerFamily, string>> = {
  mysql: 'SELECT * FROM mysql.user ORDER BY user, host',
  mariadb: `SELECT user, host, REPLACE(priv, ',"account_locked":false', '') AS told FROM mysql.global_priv ORDER BY user, host`,
};

/** Variables in which a server says what it has executed, and does just now. */
const COUNTS_GTIDS = /^gtid_(executed|purged|owned|binlog_pos|binlog_state|current_pos|slave_pos)$/;

/** Columns of a replica's status that do not change by themselves. */
const IS_TOLD =
  /^((Source|Master)_(Host|Port|User|Retry_Count|SSL_.*)|Connect_Retry|Auto_Position|Using_Gtid|SQL_Delay|Channel_Name|Until_Condition|Get_Source_public_key|(Replica|Slave)_(IO|SQL)_Running|Replicate_.*)$/i;
