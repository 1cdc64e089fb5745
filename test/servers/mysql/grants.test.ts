// The grants of docs/statements.md suffice for everything we do, and each of them is needed for something.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ServerCommand } from '../../../src/model/server-command.ts';
import { parseServerVersion } from '../../../src/model/server-version.ts';
import { CREDENTIALS_SQL } from '../../../src/mysql/oracle/statements.ts';
import { minimalGrants } from '../../../src/mysql/privileges.ts';
import { applicationAccount, replicationAccount } from '../../../src/sandbox/accounts.ts';
import { startFleet } from '../../../src/sandbox/fleet.ts';
import { serverReleases } from '../../../src/sandbox/server-releases.ts';
import {
  answeredBy,
  asRoot,
  COMMAND_TIMEOUTS,
  closeLinks,
  keyOf,
  linkTo,
  noLoss,
  soon,
  TIMEOUTS,
  World,
} from '../support/server-world.ts';

afterEach(closeLinks);

const account = { user: 'minimal', password: 'minimal_pw' };
const quoted = `'${account.user}'@'%'`;

describe.each(serverReleases)('a $name account with exactly the minimal grants', ({ family, release }) => {
  let world: World;
  beforeAll(async () => {
    world = new World(await startFleet({ family, release, replicas: 2 }));
    for (const server of world.fleet.servers) {
      const readOnly = world.word('super_read_only', 'read_only');
      await asRoot(
        server,
        `SET GLOBAL ${readOnly} = 0`,
        `CREATE USER ${quoted} IDENTIFIED BY '${account.password}'`,
        ...minimalGrants(world.dialect.statements, quoted),
      );
    }
  });
  afterAll(() => world?.fleet.stop());

  it('is refused no part of a probe', async () => {
    for (const server of world.fleet.servers) {
      const { refused } = await answeredBy(linkTo(keyOf(server), { account }));
      expect(refused).toEqual([]);
    }
  });

  it('sees the replicas of a source by their connections', async () => {
    const { facts } = await answeredBy(linkTo(keyOf(world.primary), { account }));
    expect(facts.dumpingReplicas).toHaveLength(2);
    expect(facts.registeredReplicas).toHaveLength(2);
  });

  if (family === 'mysql') {
    it('reads the members of a group, and the credentials that a replica stores', async () => {
      const link = linkTo(keyOf(world.replica(0)), { account });
      const group = world.dialect
        .probeSections(new Set(['group_replication_group_name']), parseServerVersion('8.4.0'))
        .find(({ name }) => name === 'group');
      expect(await link.query(group?.sql ?? '', TIMEOUTS)).toEqual({ kind: 'rows', rows: [] });
      const stored = await link.query(CREDENTIALS_SQL, TIMEOUTS);
      expect(stored).toEqual({
        kind: 'rows',
        rows: [{ user: replicationAccount.user, password: replicationAccount.password }],
      });
    });
  }

  it('may run every command', async () => {
    const replica = world.replica(0);
    const follow = world.follow(world.primary, { stateMethod: true, credentials: replicationAccount });
    const commands: readonly ServerCommand[] = [
      { kind: 'stop-receiver' },
      { kind: 'start-receiver' },
      { kind: 'start-applier' },
      { kind: 'stop-replication' },
      { kind: 'start-replication' },
      { kind: 'wait-for-gtid', gtid: '', timeoutSeconds: 1 },
      { kind: 'detach-source', source: keyOf(world.primary), relayLog: noLoss() },
      { kind: 'end-half-transaction' },
      { kind: 'end-sessions' },
      { kind: 'set-semi-sync-source', enabled: false },
      { kind: 'forget-source', relayLog: noLoss() },
      { kind: 'set-read-only', readOnly: true, superReadOnly: false },
      { kind: 'set-read-only', readOnly: true, superReadOnly: true },
      { kind: 'set-read-only', readOnly: false, superReadOnly: false },
      follow,
      { kind: 'start-replication' },
    ];
    await world.command(replica, commands, account);
    await vi.waitFor(async () => expect((await world.see(replica)).receiverState).not.toBe('stopped'), soon);
  });

  it('is refused something without any one of them', async () => {
    const replica = world.replica(0);
    const changes: readonly ServerCommand[] = [
      { kind: 'stop-receiver' },
      { kind: 'set-read-only', readOnly: true, superReadOnly: true },
      { kind: 'set-read-only', readOnly: false, superReadOnly: false },
      { kind: 'set-semi-sync-source', enabled: false },
      { kind: 'forget-source', relayLog: noLoss() },
    ];
    /** Does everything still go, as far as one privilege can stop it? */
    const everythingGoes = async (): Promise<boolean> => {
      const probe = await linkTo(keyOf(world.primary), { account }).probe(TIMEOUTS);
      if (probe.kind === 'failed' || probe.refused.length > 0) return false;
      const link = linkTo(keyOf(replica), { account });
      const reads =
        family === 'mysql'
          ? [
              CREDENTIALS_SQL,
              world.dialect.failedTransactionSql ?? '',
              'SELECT 1 FROM performance_schema.replication_group_members',
            ]
          : [];
      for (const sql of reads) if ((await link.query(sql, TIMEOUTS)).kind === 'failed') return false;
      const timeouts = { connectMillis: 5_000, deadlineMillis: 5_000 };
      if (!(await endsAppliers()) || !(await endsSessions())) return false;
      return (await link.execute(changes, world.dialect, timeouts)).kind === 'done';
    };
    /** With the account; the applier runs before and stands afterwards, unless it was refused. */
    const endsAppliers = async (): Promise<boolean> => {
      const other = world.replica(1);
      await world.command(other, [{ kind: 'start-applier' }]);
      const end = [{ kind: 'end-half-transaction' }] as const;
      const result = await linkTo(keyOf(other), { account }).execute(end, world.dialect, COMMAND_TIMEOUTS);
      if (result.kind === 'failed' || result.refused.length > 0) return false;
      if (family === 'mysql') {
        await vi.waitFor(async () => expect((await world.see(other)).applierState).toBe('stopped'), soon);
      }
      return true;
    };
    /** With the account; a client is there before, and gone afterwards. */
    const endsSessions = async (): Promise<boolean> => {
      const client = await replica.connect(applicationAccount);
      try {
        const result = await linkTo(keyOf(replica), { account }).execute(
          [{ kind: 'end-sessions' }],
          world.dialect,
          COMMAND_TIMEOUTS,
        );
        // One that it cannot see is left without a word.
        const answer = client.query('SELECT 1').then(
          () => 'lives',
          () => 'is gone',
        );
        return result.kind === 'done' && (await answer) === 'is gone';
      } finally {
        client.destroy();
      }
    };
    expect(await everythingGoes()).toBe(true);
    const needless: string[] = [];
    // The others: operation-grants.test.ts.
    const ofRecoveries = world.dialect.statements.filter(
      ({ forOperations, whenConfigured }) => forOperations !== true && whenConfigured !== true,
    );
    for (const { name, on } of new Set(ofRecoveries.flatMap(({ privileges }) => privileges))) {
      const everywhere = (statement: string) =>
        Promise.all(world.fleet.servers.map((server) => asRoot(server, statement)));
      await everywhere(`REVOKE ${name} ON ${on} FROM ${quoted}`);
      if (await everythingGoes()) needless.push(`${name} ON ${on}`);
      await everywhere(`GRANT ${name} ON ${on} TO ${quoted}`);
    }
    expect([...new Set(needless)]).toEqual([]);
  });
});
