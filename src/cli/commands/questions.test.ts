/** Commands that ask about replication and logs, and change nothing. */
import { describe, expect, it } from 'vitest';
import { sampleKey } from '../../model/topology-samples.ts';
import { ok, refused } from '../../service/calls.ts';
import { ask, D, I, names } from '../testing/ask-operation.ts';
import { type PretendWorld, run } from '../testing/run-in-world.ts';

describe('questions about replication and logs', () => {
  it.each([
    ['O7', 'master-pos-wait --binlog b.000001:4', `${I}\n`, 'waitForPosition'],
    ['O33', 'which-gtid-errant', 'u:1,\nv:2\n', 'errantGtid'],
    ['O9', 'restart-replica-statements', 'stop slave io_thread;\nstart slave io_thread;\n', 'restartStatements'],
    ['O45', 'last-pseudo-gtid', 'b.000001:4:drop view `_pgtid_`\n', 'lastPseudoGtid'],
    ['O34', 'locate-gtid-errant', 'b.000003\nb.000004\n', 'locateErrantGtid'],
    [
      'O49',
      'last-executed-relay-entry',
      '{Coordinates:relay-bin.000007:1180 NextEventPos:1211 EventType:Xid Info:COMMIT}:1211\n',
      'lastExecutedRelayEntry',
    ],
    ['O48', `correlate-relaylog-pos -d ${D}`, 'b.000001:7;b.000001:8;b.000001:9\n', 'correlateRelayLogPosition'],
    ['O46', 'find-binlog-entry --pattern COMMIT', 'b.000001:5\n', 'findBinlogEntry'],
    ['O47', `correlate-binlog-pos -d ${D}`, 'b.000001:6\n', 'correlateBinlogPosition'],
    ['O51', 'get-candidate-replica', `${D}\n`, ''],
    ['O67', `can-replicate-from -d ${D}`, `${D}\n`, 'canReplicateFrom'],
  ])('%s: %s', async (_operation, command, printed, call) => {
    for (const words of names(command)) {
      const { status, out, err, asked } = await ask(words);
      expect([status, out, err]).toEqual([0, printed, '']);
      expect(asked).toEqual(call === '' ? [] : [expect.stringMatching(new RegExp(`^${call}\\(${I}`))]);
    }
  });

  it.each([
    ['last-pseudo-gtid', `lastPseudoGtid(${I}, {"allLogs":false,"live":true})`],
    ['last-pseudo-gtid --strict', `lastPseudoGtid(${I}, {"allLogs":true,"live":true})`],
    [
      'master-pos-wait --binlog b.000001:4',
      `waitForPosition(${I}, {"file":"b.000001","pos":4,"type":"binary"}, 86400)`,
    ],
    ['restart-slave-statements', `restartStatements(${I}, "")`],
    ['restart-replica-statements --statement x', `restartStatements(${I}, "x")`],
    [`correlate-binlog-pos -d ${D}`, `correlateBinlogPosition(${I}, null, ${D})`],
    [
      `correlate-binlog-pos -d ${D} --binlog b.1:4`,
      `correlateBinlogPosition(${I}, {"file":"b.1","pos":4,"type":"binary"}, ${D})`,
    ],
    [
      `correlate-relaylog-pos -d ${D} --binlog r.1:4`,
      `correlateRelayLogPosition(${I}, {"file":"r.1","pos":4,"type":"relay"}, ${D})`,
    ],
    ['find-binlog-entry --pattern COMMIT', `findBinlogEntry(${I}, "COMMIT")`],
  ])('%s asks for %s', async (words, call) => {
    expect((await ask(words)).asked).toEqual([call]);
  });

  it.each([
    ['master-pos-wait', 'Expecing --binlog argument as file:pos'],
    ['master-pos-wait --binlog b.000001', 'Expecing --binlog argument as file:pos'],
    ['master-pos-wait --binlog :4', 'Expecing --binlog argument as file:pos'],
    [`correlate-binlog-pos -d ${D} --binlog b.1:x`, 'Expecing --binlog argument as file:pos'],
    [`correlate-relaylog-pos -d ${D} --binlog b.1`, 'Expecing --binlog argument as file:pos'],
    ['correlate-binlog-pos', 'Cannot deduce target instance: '],
    ['correlate-relaylog-pos', 'Cannot deduce target instance: '],
    ['can-replicate-from', 'Cannot deduce target instance: '],
    ['can-replicate-from -d 127.0.0.1:1', 'Instance not found: 127.0.0.1:1'],
    ['correlate-binlog-pos -d 127.0.0.1:1', 'Instance not found: 127.0.0.1:1'],
    ['find-binlog-entry', 'No pattern given'],
  ])('%s is fatal and asks nobody: %s', async (words, message) => {
    const { status, out, err, asked } = await ask(words);
    expect([status, out, err, asked]).toEqual([1, '', `DATE TIME FATAL ${message}\n`, []]);
  });

  it.each([
    'which-gtid-errant',
    'master-pos-wait --binlog b.1:4',
    'last-pseudo-gtid',
    'last-executed-relay-entry',
    `correlate-relaylog-pos -d ${D}`,
    'find-binlog-entry --pattern x',
    `correlate-binlog-pos -d ${D}`,
    `can-replicate-from -d ${D}`,
  ])('%s wants an instance that is known', async (words) => {
    const { status, err } = await run(['-c', ...words.split(' '), '-i', '127.0.0.1:1']);
    expect([status, err]).toEqual([1, 'DATE TIME FATAL Instance not found: 127.0.0.1:1\n']);
  });

  it('O67: who may not replicate prints nothing, and ends well', async () => {
    const calls: PretendWorld['calls'] = { canReplicateFrom: async () => refused('same-server-id', 'Identical') };
    expect(await ask(`can-replicate-from -d ${D}`, { calls })).toMatchObject({ status: 0, out: '', err: '' });
  });

  it('O33: without an errant transaction the line is empty', async () => {
    const none = {
      key: sampleKey(10113),
      gtidErrant: '',
      untold: '',
      transactions: 0,
      ranges: [],
      purged: '',
      waysOut: [],
    };
    const calls: PretendWorld['calls'] = { errantGtid: async () => ok(none) };
    expect(await ask('which-gtid-errant', { calls })).toMatchObject({ status: 0, out: '\n' });
    expect(await ask('errant-gtid', { calls })).toMatchObject({ status: 0, out: `${I} has no errant transactions\n` });
  });

  it('O9: nothing to print where there is no statement', async () => {
    const calls: PretendWorld['calls'] = { restartStatements: async () => ok([]) };
    expect(await ask('restart-replica-statements', { calls })).toMatchObject({ status: 0, out: '' });
  });
});
