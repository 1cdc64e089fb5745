/** What every backend on SQL does about what operations leave behind, where other programs write and read it. */
import { describe, expect, it } from 'vitest';
import { clusterName } from '../../../src/model/brand.ts';
import { key, node, noon } from '../../../src/store/temporary-backend.ts';
import type { NewSqlWorld } from '../world.ts';

const place = (hostname: string, pos: number) => ({
  source: key(hostname),
  coordinates: { file: 'bin.000001', pos, type: 'binary' as const },
});

const EQUIVALENCE_COLUMNS =
  'master1_hostname, master1_port, master1_binary_log_file, master1_binary_log_pos, ' +
  'master2_hostname, master2_port, master2_binary_log_file, master2_binary_log_pos, last_suggested';

export function operationsByHand(newWorld: NewSqlWorld): void {
  describe('equal places', () => {
    it('that another program has written are found from both sides', async () => {
      const { backend, byHand } = await newWorld();
      await byHand.exec(
        `insert into master_position_equivalence (${EQUIVALENCE_COLUMNS}) values ` +
          "('a', 3306, 'bin.000001', 4, 'b', 3306, 'bin.000001', 120, '2026-03-01 12:00:00')",
      );
      expect(await backend.loadEquivalences(place('a', 4))).toEqual([place('b', 120)]);
      expect(await backend.loadEquivalences(place('b', 120))).toEqual([place('a', 4)]);
      await backend.saveEquivalence(place('a', 4), place('b', 200), noon(60));
      expect(await byHand.rows(`select ${EQUIVALENCE_COLUMNS} from master_position_equivalence`)).toEqual([
        {
          master1_hostname: 'a',
          master1_port: 3306,
          master1_binary_log_file: 'bin.000001',
          master1_binary_log_pos: 4,
          master2_hostname: 'b',
          master2_port: 3306,
          master2_binary_log_file: 'bin.000001',
          master2_binary_log_pos: 200,
          last_suggested: '2026-03-01 12:01:00',
        },
      ]);
    });
  });

  describe('the history of coordinates', () => {
    it('is there for other programs, with relay logs that are blanked', async () => {
      const { backend, byHand } = await newWorld();
      const server = {
        key: key('a'),
        lastSeen: null,
        selfCoordinates: place('a', 4).coordinates,
        relayLogCoordinates: { file: 'relay.000001', pos: 7, type: 'relay' as const },
      };
      await backend.recordCoordinates([server], noon(), noon(-240));
      await backend.recordCoordinates([{ ...server, lastSeen: noon(60) }], noon(60), noon(-180));
      await backend.blankRelayCoordinates(key('a'));
      const rows = await byHand.rows(
        'select recorded_timestamp, last_seen, binary_log_file, binary_log_pos, relay_log_file, relay_log_pos ' +
          'from database_instance_coordinates_history order by recorded_timestamp',
      );
      const own = { binary_log_file: 'bin.000001', binary_log_pos: 4, relay_log_file: '', relay_log_pos: 0 };
      expect(rows).toEqual([
        { recorded_timestamp: '2026-03-01 12:00:00', last_seen: '1971-01-01 00:00:00', ...own },
        { recorded_timestamp: '2026-03-01 12:01:00', last_seen: '2026-03-01 12:01:00', ...own },
      ]);
    });
  });

  describe('injections of pseudo-GTID', () => {
    it('are rows of the contract, and of another program count as well', async () => {
      const { backend, byHand } = await newWorld();
      await backend.recordInjection(clusterName('a:3306'), noon());
      await byHand.exec("insert into cluster_injected_pseudo_gtid values ('b:3306', '2026-03-01 12:00:05')");
      expect(await byHand.rows('select * from cluster_injected_pseudo_gtid order by cluster_name')).toEqual([
        { cluster_name: 'a:3306', time_injected: '2026-03-01 12:00:00' },
        { cluster_name: 'b:3306', time_injected: '2026-03-01 12:00:05' },
      ]);
      expect([...(await backend.loadInjections()).keys()]).toEqual(['a:3306', 'b:3306']);
    });
  });

  describe('servers that stand still', () => {
    const COLUMNS =
      'hostname, port, receiver_ran, applier_ran, reason, processing_node_hostname, processing_node_token, at_millis';

    it('are rows that a person can read, write and delete', async () => {
      const { backend, byHand } = await newWorld();
      const found = { receiverRan: true, applierRan: false, reason: 'move-up', node: node('t1'), at: noon() };
      await backend.saveStandingStill({ key: key('a'), ...found });
      expect(await byHand.rows(`select ${COLUMNS} from orc_standing_still`)).toEqual([
        {
          hostname: 'a',
          port: 3306,
          receiver_ran: 1,
          applier_ran: 0,
          reason: 'move-up',
          processing_node_hostname: node('t1').hostname,
          processing_node_token: 't1',
          at_millis: noon(),
        },
      ]);
      await byHand.exec(
        `insert into orc_standing_still (${COLUMNS}) values ('b', 3307, 0, 1, 'by hand', '', '', ${noon(1)})`,
      );
      await byHand.exec("delete from orc_standing_still where hostname = 'a'");
      const byPerson = { receiverRan: false, applierRan: true, reason: 'by hand', node: { hostname: '', token: '' } };
      expect(await backend.loadStandingStill()).toEqual([{ key: key('b', 3307), ...byPerson, at: noon(1) }]);
      expect(await backend.deleteStandingStill(key('b', 3307), node('t1'))).toBe(false);
    });
  });

  describe('locks of several servers', () => {
    const lock = (hostname: string) => ({ key: key(hostname), owner: 'o', reason: 'r', begin: noon(), end: noon(600) });
    const locks = [lock('a'), lock('b')];
    const options = { node: node('t1'), bounded: false };

    it('are refused where one is held without an end: nobody said when', async () => {
      const { backend, byHand } = await newWorld();
      await backend.beginMaintenanceOfAll([lock('b')], options);
      await byHand.exec('update database_instance_maintenance set end_timestamp = null');
      const refused = await backend.beginMaintenanceOfAll(locks, options);
      expect(refused).toMatchObject({ kind: 'held', by: [{ key: key('b'), owner: 'o' }] });
      expect(await byHand.rows('select hostname from database_instance_maintenance')).toEqual([{ hostname: 'b' }]);
    });

    it('are tied to their process, end by end', async () => {
      const { backend, byHand } = await newWorld();
      const begun = await backend.beginMaintenanceOfAll(locks, options);
      const [first] = begun.kind === 'begun' ? begun.locks : [];
      expect(first !== undefined && (await backend.renewMaintenance(first, noon(1_200), node('t1')))).toBe(true);
      const rows = await byHand.rows(
        'select hostname, end_timestamp as ends, processing_node_token as token, explicitly_bounded as bounded ' +
          'from database_instance_maintenance order by hostname',
      );
      expect(rows).toEqual([
        { hostname: 'a', ends: '2026-03-01 12:20:00', token: 't1', bounded: 0 },
        { hostname: 'b', ends: '2026-03-01 12:10:00', token: 't1', bounded: 0 },
      ]);
    });
  });
}
