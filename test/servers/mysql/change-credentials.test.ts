// The account of a replica, told anew, and its TLS options through every change, on real servers of both families (spec/topology-operations.md 3.5, 5.9; O16, O27, D14).

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { replicationAccount } from '../../../src/sandbox/accounts.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { GENERAL_LOG, statementsOf } from '../support/general-log.ts';
import { asRoot, followsSoon, replicationWord } from '../support/servers.ts';
import { openWorld, the, type World, type WorldOptions } from '../support/world.ts';

let world: World | null = null;

afterEach(async () => {
  await world?.stop();
  world = null;
});

const SECRET = 'Pl4nted-s3cret';
const OTHER = 'other_repl';
const ACCOUNT_TABLE = 'demo.planted_account';

/** A table that gives the account, as the configuration asks for it, with up to five columns. */
async function plant(primary: RunningServer, columns: string, values: string): Promise<void> {
  await primary.query(`CREATE TABLE ${ACCOUNT_TABLE} (${columns})`, { user: 'app', password: 'app_pw' });
  await primary.query(`INSERT INTO ${ACCOUNT_TABLE} VALUES (${values})`, { user: 'app', password: 'app_pw' });
}

const USER_AND_PASSWORD = 'u VARCHAR(80), p VARCHAR(80)';

/** Both know `OTHER`; the configured query gives it. */
async function aWorld(options: Pick<WorldOptions, 'family'> & Partial<WorldOptions>): Promise<World> {
  world = await openWorld({
    replicas: 2,
    extraOptions: [...GENERAL_LOG],
    configuration: { ReplicationCredentialsQuery: `select * from ${ACCOUNT_TABLE}` },
    prepare: async ({ primary, servers }) => {
      await plant(primary, USER_AND_PASSWORD, `'${OTHER}', '${SECRET}'`);
      for (const server of servers) {
        await asRoot(
          server,
          ...(server.family === 'mysql' ? ['SET GLOBAL super_read_only = 0'] : []),
          `CREATE USER '${OTHER}'@'%' IDENTIFIED BY '${SECRET}'`,
          `GRANT REPLICATION SLAVE ON *.* TO '${OTHER}'@'%'`,
          ...(server.family === 'mysql' && server !== primary ? ['SET GLOBAL super_read_only = 1'] : []),
        );
      }
    },
    ...options,
  });
  return world;
}

const SAYS = {
  mysql: [
    "SOURCE_SSL = 1, SOURCE_SSL_CA = 'ca.pem', SOURCE_SSL_VERIFY_SERVER_CERT = 0, SOURCE_TLS_VERSION = 'TLSv1.2,TLSv1.3'",
    "SOURCE_PUBLIC_KEY_PATH = 'public_key.pem', GET_SOURCE_PUBLIC_KEY = 1",
  ].join(', '),
  mariadb: "MASTER_SSL = 1, MASTER_SSL_CA = '/no/ca.pem', MASTER_SSL_VERIFY_SERVER_CERT = 0",
} as const;

const KEEPS = {
  mysql: [
    'source_ssl_ca',
    'source_ssl_verify_server_cert',
    'source_tls_version',
    'source_public_key_path',
    'get_source_public_key',
  ],
  mariadb: ['master_ssl_ca', 'master_ssl_verify_server_cert'],
} as const;

const changeWord = (server: RunningServer): string =>
  server.family === 'mysql' ? 'CHANGE REPLICATION SOURCE TO' : 'CHANGE MASTER TO';

const stop = (server: RunningServer) => asRoot(server, `STOP ${replicationWord(server)}`);
const say = (server: RunningServer, options: string) => asRoot(server, `${changeWord(server)} ${options}`);

/** MariaDB writes a packet of several statements down as one. */
const CHANGE = /(?:^|; )(CHANGE .*)/;

/** Changes of its source that the program has told a server, the first first; not that by which the server became a replica. */
const changesOf = (server: RunningServer): readonly string[] =>
  statementsOf(server, 'orc')
    .flatMap((sql) => CHANGE.exec(sql)?.[1] ?? [])
    .slice(server === the(world).primary ? 0 : 1);

const changed = (server: RunningServer) => the(world).get(`change-master-credentials/${the(world).at(server)}`);

/** Everything the program has written, and what its doors say of a server. */
async function everythingSaid(server: RunningServer): Promise<string> {
  const { folder, program } = the(world);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const written = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  const asked = ['all-instances', `instance/${the(world).at(server)}`, 'audit', 'maintenance', 'audit-recovery'];
  const answers = await Promise.all(asked.map(async (path) => (await fetch(`${program.url}/api/${path}`)).text()));
  return [the(world).log(), ...written, ...answers].join('\n');
}

async function dryRun(kind: string, server: RunningServer): Promise<string> {
  const texts = await Promise.all(
    ['json', 'text'].map(async (format) => {
      const answer = await fetch(`${the(world).program.url}/api/v2/operations?dry-run=true&format=${format}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind, key: the(world).key(server) }),
      });
      const text = await answer.text();
      expect({ status: answer.status, text }).toMatchObject({ status: 200 });
      return text;
    }),
  );
  return texts.join('\n');
}

describe.each(serverFamilies)('an account that is told anew to a replica of %s', (family) => {
  it('O16, D14: change-master-credentials-preserve-tls: the statement has all TLS options that it had', async () => {
    const { replicas } = await aWorld({ family });
    const replica = the(replicas[0]);
    await stop(replica);
    await say(replica, SAYS[family]);
    expect(await changed(replica)).toMatchObject({ code: 'OK' });
    const [statement = '', ...more] = changesOf(replica);
    expect(more).toEqual([]);
    expect(statement).toContain(`_USER = '${OTHER}'`);
    for (const option of KEEPS[family]) expect(statement.toLowerCase()).toContain(`${option} =`);
  });

  it('O16: it replicates with it afterwards, and the password is in nothing that the program has said or written', async () => {
    const { replicas, primary } = await aWorld({ family });
    const replica = the(replicas[0]);
    const running = await changed(replica);
    expect(running).toMatchObject({ status: 500, message: expect.stringContaining('because replication is running') });
    await stop(replica);
    expect(await dryRun('change-credentials', replica)).not.toContain(SECRET);
    expect(await changed(replica)).toMatchObject({ code: 'OK' });
    expect(await the(world).get(`start-replica/${the(world).at(replica)}`)).toMatchObject({ code: 'OK' });
    await followsSoon(replica, primary);
    const [status] = await replica.query(`SHOW ${replicationWord(replica)} STATUS`);
    expect(status?.['Source_User'] ?? status?.['Master_User']).toBe(OTHER);
    expect(await everythingSaid(replica)).not.toContain(SECRET);
  });

  it('O27: a co-primary is given it, with the files that come along; nothing of it is said or written', async () => {
    const files = family === 'mysql' ? "'ca.pem', NULL, NULL" : 'NULL, NULL, NULL';
    const { replicas, primary } = await aWorld({
      family,
      prepare: async ({ primary: source, servers }) => {
        await plant(
          source,
          `${USER_AND_PASSWORD}, ca VARCHAR(80), cert VARCHAR(80), k VARCHAR(80)`,
          `'${OTHER}', '${SECRET}', ${files}`,
        );
        for (const server of servers) {
          await asRoot(
            server,
            ...(family === 'mysql' ? ['SET GLOBAL super_read_only = 0'] : []),
            `CREATE USER '${OTHER}'@'%' IDENTIFIED BY '${SECRET}'`,
            `GRANT REPLICATION SLAVE ON *.* TO '${OTHER}'@'%'`,
            ...(family === 'mysql' && server !== source ? ['SET GLOBAL super_read_only = 1'] : []),
          );
        }
      },
    });
    const replica = the(replicas[0]);
    expect(await dryRun('make-co-master', replica)).not.toContain(SECRET);
    expect(await the(world).get(`make-co-master/${the(world).at(replica)}`)).toMatchObject({ code: 'OK' });
    await followsSoon(primary, replica);
    const statement = changesOf(primary).join('\n');
    expect(statement).toContain(`_USER = '${OTHER}'`);
    if (family === 'mysql') expect(statement).toContain("SOURCE_SSL_CA = 'ca.pem'");
    expect(await everythingSaid(replica)).not.toContain(SECRET);
  });

  it('O17: an empty user is logged, and what MySQL stores is told again; MariaDB stores nothing that can be read', async () => {
    const { replicas } = await aWorld({
      family,
      prepare: ({ primary }) => plant(primary, USER_AND_PASSWORD, `'', '${SECRET}'`),
    });
    const replica = the(replicas[0]);
    await stop(replica);
    const answer = await changed(replica);
    await the(world).logged('Empty username retrieved by ReplicationCredentialsQuery');
    if (family === 'mysql') {
      expect(answer).toMatchObject({ code: 'OK' });
      expect(changesOf(replica)[0]).toContain(`SOURCE_USER = '${replicationAccount.user}'`);
    } else {
      expect(answer).toMatchObject({ status: 500 });
      expect(answer.message).toMatch(/Empty user in ChangeMasterCredentials\(\) for 127\.0\.0\.1:/);
    }
  });
});

it('O17: MySQL that stores no account, and no query: refused in the words of the contract', async () => {
  const { primary } = await aWorld({ family: 'mysql', configuration: {}, prepare: async () => {} });
  const answer = await changed(primary);
  expect(answer).toMatchObject({ status: 500 });
  expect(answer.message).toMatch(/Empty username found in mysql\.slave_master_info/);
});

it('D14: change-replication-preserve-tls-options: a replica that is moved keeps them, in the first statement', async () => {
  const { replicas, primary } = await aWorld({ family: 'mysql' });
  const [one, two] = [the(replicas[0]), the(replicas[1])];
  await stop(two);
  await say(two, SAYS.mysql);
  await asRoot(two, 'START REPLICA');
  await followsSoon(two, primary);
  expect(await the(world).get(`relocate/${the(world).at(two)}/${the(world).at(one)}`)).toMatchObject({ code: 'OK' });
  await followsSoon(two, one);
  const [first = ''] = changesOf(two);
  for (const option of ['source_ssl_ca', 'source_ssl_verify_server_cert']) {
    expect(first.toLowerCase()).toContain(`${option} =`);
  }
});
