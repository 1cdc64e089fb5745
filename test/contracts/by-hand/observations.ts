/** What every backend on SQL does about observations that other programs and people write. */
import { describe, expect, it } from 'vitest';
import { key, noon } from '../../../src/store/temporary-backend.ts';
import { seenInstance, storedInstanceOf } from '../../../src/store/testing.ts';
import type { NewSqlWorld } from '../world.ts';

export function observationsByHand(newWorld: NewSqlWorld): void {
  describe('observations', () => {
    it('of which only the times changed leave the other columns to whoever wrote them', async () => {
      const { backend, byHand } = await newWorld();
      backend.queue(seenInstance('a'), 'facts');
      await backend.flush();
      await byHand.exec("update database_instance set suggested_cluster_alias = 'by hand', last_seen = null");
      const later = seenInstance('a', { lastChecked: noon(5), lastSeen: noon(5), lastDiscoveryLatencyNanos: 123.9 });
      backend.queue({ ...later, lastCheckPartialSuccess: true, version: 'ignored' }, 'timestamps');
      await backend.flush();
      expect(await storedInstanceOf(backend, 'a')).toMatchObject({
        suggestedClusterAlias: 'by hand',
        version: '8.4.3',
        lastChecked: noon(4.5),
        lastSeen: noon(4.5),
        lastCheckPartialSuccess: true,
        lastDiscoveryLatencyNanos: 123,
      });
    });

    it('of which only the times changed are written whole where the row is gone', async () => {
      const { backend, byHand } = await newWorld();
      backend.queue(seenInstance('a'), 'facts');
      await backend.flush();
      await byHand.exec('delete from database_instance');
      backend.queue(seenInstance('a'), 'timestamps');
      await backend.flush();
      expect(await storedInstanceOf(backend, 'a')).toMatchObject({ version: '8.4.3' });
    });
  });

  describe('forgetting a server', () => {
    it('deletes its row, its queued observation and what was derived; keeps what people decided', async () => {
      const { backend, byHand } = await newWorld();
      for (const hostname of ['a', 'b']) {
        backend.queue(seenInstance(hostname), 'facts');
        await backend.recordAnalysis(key(hostname), 'DeadMaster', noon());
        await backend.registerCandidate({ key: key(hostname), rule: 'must_not', lastSuggested: noon() });
      }
      await backend.flush();
      backend.queue(seenInstance('a'), 'facts');
      expect(await backend.forget(key('a'))).toBe(true);
      await backend.flush();
      expect((await backend.loadInstances()).map((found) => found.key.hostname)).toEqual(['b']);
      expect(await byHand.rows('select hostname from database_instance_last_analysis')).toEqual([{ hostname: 'b' }]);
      expect(await backend.loadCandidates()).toHaveLength(2);
    });
  });

  describe('rows written by hand, as the integration tests write them', () => {
    const insert = (columns: string, values: string) =>
      `insert into database_instance (hostname, port, server_id, version, binlog_format, log_bin, log_slave_updates, binary_log_file,
        binary_log_pos, master_host, master_port, slave_sql_running, slave_io_running, master_log_file, read_master_log_pos,
        relay_master_log_file, exec_master_log_pos, num_slave_hosts, slave_hosts, cluster_name, replication_group_members, ${columns})
      values ('testhost', 22294, 2, '5.6.28', 'STATEMENT', 1, 1, 'bin.1', 4, 'testhost', 22293, 1, 1, 'bin.1', 4, 'bin.1', 4, 1,
        '[{"Hostname":"testhost","Port":22295}]', 'testhost:22293', '[]', ${values})`;

    it('are read with defaults for what is not named', async () => {
      const { backend, byHand } = await newWorld();
      await byHand.exec(insert('last_checked, last_seen, last_io_error', `current_timestamp, current_timestamp, '""'`));
      const [loaded] = await backend.loadInstances();
      expect(loaded).toMatchObject({
        replicas: [{ hostname: 'testhost', port: 22295 }],
        sourceKey: { hostname: 'testhost', port: 22293 },
        lastIoError: '""',
        receiverState: 'stopped',
        lastAttemptedCheck: null,
        secondsBehindSource: null,
        group: { isSinglePrimary: true, members: [] },
        semiSync: { sourceTimeoutMillis: 0n, priority: 0 },
      });
      expect(loaded?.lastSeen).toBe(loaded?.lastChecked);
    });

    it('whose last_seen is null were never seen', async () => {
      const { backend, byHand } = await newWorld();
      await byHand.exec(insert('last_checked, last_seen', `'2017-02-02 08:29:57', null`));
      const [loaded] = await backend.loadInstances();
      expect(loaded).toMatchObject({ lastChecked: Date.UTC(2017, 1, 2, 8, 29, 57), lastSeen: null });
    });

    it('whose last_seen is 1971 were seen then, which is not the same as never', async () => {
      const { backend, byHand } = await newWorld();
      await byHand.exec(insert('last_checked, last_seen', `'2017-02-02 08:29:57', '1971-01-01 00:00:00'`));
      expect(await backend.loadInstances()).toMatchObject([{ lastSeen: Date.UTC(1971, 0, 1) }]);
    });

    it('whose last_checked is 1971 were never checked', async () => {
      const { backend, byHand } = await newWorld();
      await byHand.exec(insert('last_checked, last_seen', `'1971-01-01 00:00:00', '2017-02-02 08:29:57'`));
      expect(await backend.loadInstances()).toMatchObject([{ lastChecked: null }]);
    });

    it('are seen at once, without any caching', async () => {
      const { backend, byHand } = await newWorld();
      await byHand.exec(insert('last_seen', 'null'));
      expect(await backend.loadInstances()).toHaveLength(1);
      await byHand.exec('delete from database_instance');
      expect(await backend.loadInstances()).toEqual([]);
    });
  });
}
