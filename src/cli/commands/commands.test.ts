import { describe, expect, it } from 'vitest';
import { clusterName, unixMillis } from '../../model/brand.ts';
import { LOST_IN_RECOVERY } from '../../model/decisions.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import { SAMPLE_NOW, sampleKey, sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { type ExecutedRecovery, NOBODY_PROMOTED, ok, RECOVERY_NOT_ATTEMPTED, refused } from '../../service/calls.ts';
import { demoServers } from '../testing/fake-calls.ts';
import { type PretendWorld, run } from '../testing/run-in-world.ts';

/** One word of output: what was printed when all went well, else the fatal line. */
async function answer(words: string, world: PretendWorld = {}): Promise<string> {
  const { status, out, err } = await run(words.split(' '), world);
  return status === 0 ? out : (err.split('DATE TIME ').at(-1) ?? '');
}

const PAY = clusterName('pay-01.ams.example:3306');
const pay = (host: string, changes: Parameters<typeof sampleServer>[1] = {}) =>
  sampleServer(3306, { key: { hostname: host, port: 3306 }, clusterName: PAY, ...changes });
/** The cluster of the specification's example (3.2). */
const payWorld: PretendWorld = {
  servers: [
    pay('pay-01.ams.example'),
    pay('pay-02.ams.example', { replicationDepth: 1 }),
    pay('local.example', { replicationDepth: 1 }),
  ],
  aliases: { [PAY]: 'pay' },
};

describe('-i', () => {
  it('is split on blanks, commas, tabs and line ends; the command runs for each piece', async () => {
    const { out } = await run(['-c', 'which-instance', '-i', ' 127.0.0.1:10111,,127.0.0.1:10113\t127.0.0.1:10114\r\n']);
    expect(out).toBe('127.0.0.1:10111\n127.0.0.1:10113\n127.0.0.1:10114\n');
  });

  it('repeats even a command that does not look at it', async () => {
    expect(await answer('-c clusters -i a,b')).toBe('127.0.0.1:10111\n127.0.0.1:10111\n');
  });

  it('ends with the first failure; what was printed before stays', async () => {
    const { status, out, err, made } = await run([
      '-c',
      'which-instance',
      '-i',
      '127.0.0.1:10111,nowhere,127.0.0.1:10113',
    ]);
    expect([status, out, err]).toEqual([1, '127.0.0.1:10111\n', 'DATE TIME FATAL Instance not found: nowhere:3306\n']);
    expect(made).toEqual(['open which-instance', 'stop']);
  });

  it('is completed when exactly one known host contains it', async () => {
    expect(await answer('-c which-instance -i pay-02', payWorld)).toBe('pay-02.ams.example:3306\n');
    expect(await answer('-c which-instance -i pay-0', payWorld)).toBe('FATAL Instance not found: pay-0:3306\n');
  });

  it('defaults to the local host, which is not completed', async () => {
    expect(await answer('-c which-instance', payWorld)).toBe('local.example:3306\n');
    expect(await answer('-c which-instance', { ...payWorld, config: { DefaultInstancePort: 3307 } })).toBe(
      'FATAL Instance not found: local.example:3307\n',
    );
  });

  it.each(['a:b:x', 'unresolvable'])(
    'that cannot be understood (%s) counts as not given, and the log says so',
    async (text) => {
      const { status, out, err } = await run(['-c', 'which-instance', '-i', text], payWorld);
      expect([status, out]).toEqual([0, 'local.example:3306\n']);
      expect(err).toMatch(/^DATE TIME ERROR .*not given\n$/);
    },
  );
});

describe('the cluster', () => {
  it('is found by name, by alias, by instance, by part of a host name, by the local host', async () => {
    const cluster = `${PAY}\n`;
    expect(await answer(`-c which-cluster --alias ${PAY}`, payWorld)).toBe(cluster);
    expect(await answer('-c which-cluster --alias pay', payWorld)).toBe(cluster);
    expect(await answer('-c which-cluster -i pay-02.ams.example:3306', payWorld)).toBe(cluster);
    expect(await answer('-c which-cluster -i pay-02', payWorld)).toBe(cluster);
    expect(await answer('-c which-cluster', payWorld)).toBe(cluster);
  });

  it('of an unknown alias falls back to the local host, and the log names the alias', async () => {
    const { out, err } = await run(['-c', 'which-cluster', '--alias', 'pya'], payWorld);
    expect(out).toBe(`${PAY}\n`);
    expect(err).toMatch(/^DATE TIME ERROR .*\bpya\b.*local\.example:3306\n$/);
  });

  it('that cannot be found is the empty name, and each command has its own way with it', async () => {
    expect(await run(['-c', 'which-cluster', '--alias', 'x'])).toMatchObject({
      status: 0,
      out: '\n',
      err: 'DATE TIME ERROR Unable to determine cluster name. clusterHint=x\n',
    });
    expect(await answer('-c topology-tabulated')).toBe('\n');
    expect(await answer('-c topology-tags')).toBe('\n');
    expect(await answer('-c which-cluster-instances')).toBe('');
    expect(await answer('-c which-cluster-master')).toBe('FATAL No writeable masters found for cluster \n');
    expect(await answer('-c which-cluster-alias')).toBe('demo\n');
    expect(await answer('-c which-cluster-alias', { servers: [sampleServer(1), sampleServer(2)] })).toBe(
      'FATAL No cluster info found for \n',
    );
  });
});

describe('-d', () => {
  it.each(['-d 127.0.0.1:10113', '-s 127.0.0.1:10113'])('%s is the destination', async (words) => {
    const { out, made } = await run(['-c', 'relocate', '-i', '127.0.0.1:10114', ...words.split(' ')]);
    expect(out).toBe('127.0.0.1:10114<127.0.0.1:10113\n');
    expect(made).toContain('operate relocate 127.0.0.1:10114 below 127.0.0.1:10113');
  });

  it('gets the default port and is completed', async () => {
    expect(await answer('-c relocate-below -i pay-02 -d pay-01', payWorld)).toBe(
      'pay-02.ams.example:3306<pay-01.ams.example:3306\n',
    );
  });

  it('has no default: without one nothing is done', async () => {
    const { status, err, made } = await run(['-c', 'relocate', '-i', '127.0.0.1:10114']);
    expect([status, err]).toEqual([1, 'DATE TIME FATAL Cannot deduce destination: \n']);
    expect(made).toEqual(['open relocate', 'stop']);
  });

  it('that cannot be understood shows in the message with its port', async () => {
    expect(await answer('-c relocate -i pay-02 -d unresolvable', payWorld)).toBe(
      'FATAL Cannot deduce destination: unresolvable:3306\n',
    );
  });
});

describe('questions', () => {
  it('clusters: without any cluster one empty line; clusters-alias: nothing', async () => {
    expect(await answer('-c clusters', { servers: [] })).toBe('\n');
    expect(await answer('-c clusters-alias', { servers: [] })).toBe('');
    expect(await answer('-c all-instances', { servers: [] })).toBe('');
    expect(await answer('-c bulk-instances', { servers: [] })).toBe('\n');
  });

  it('clusters-alias: a tab between, and the name where there is no alias; by name', async () => {
    const servers = [sampleServer(2), sampleServer(1)];
    expect(await answer('-c clusters-alias', { servers, aliases: { '127.0.0.1:2': 'two' } })).toBe(
      '127.0.0.1:1\t127.0.0.1:1\n127.0.0.1:2\ttwo\n',
    );
  });

  it('search and find want a pattern; a single blank finds all', async () => {
    expect(await answer('-c search')).toBe('FATAL No pattern given\n');
    expect(await answer('-c find')).toBe('FATAL No pattern given\n');
    expect((await run(['-c', 'search', '--pattern', ' '])).out).toBe(
      '127.0.0.1:10111\n127.0.0.1:10113\n127.0.0.1:10114\n',
    );
    expect(await answer('-c find --pattern 1011[34]$')).toBe('127.0.0.1:10113\n127.0.0.1:10114\n');
    expect(await answer('-c find --pattern (')).toMatch(/^FATAL .*\(/);
  });

  it('which-master: nothing for a primary, a reset or detached replica; fatal for an unknown server', async () => {
    expect(await answer('-c which-master -i 127.0.0.1:10113')).toBe('127.0.0.1:10111\n');
    expect(await answer('-c which-master -i 127.0.0.1:10111')).toBe('');
    for (const hostname of ['_', '//127.0.0.1']) {
      const servers = [sampleReplica(10113, 10111, { sourceKey: { hostname, port: 10111 } })];
      expect(await answer('-c which-master -i 127.0.0.1:10113', { servers })).toBe('');
    }
    expect(await answer('-c which-master -i 127.0.0.1:1')).toBe('FATAL Instance not found: 127.0.0.1:1\n');
  });

  it('which-slaves: no replica is no output', async () => {
    expect(await answer('-c which-slaves -i 127.0.0.1:10113')).toBe('');
    expect(await answer('-c which-slaves -i 127.0.0.1:1')).toBe('');
  });

  it('instance-status: the bracketed words without the key', async () => {
    const downtime = {
      key: sampleKey(10113),
      owner: 'ops',
      reason: 'x',
      begin: SAMPLE_NOW,
      end: unixMillis(SAMPLE_NOW + 1),
    };
    expect(await answer('-c instance-status -i 127.0.0.1:10113', { downtimes: [downtime] })).toBe(
      '[0s,ok,9.7.4-2,ro,ROW,>>,GTID,downtimed]\n',
    );
    expect(await answer('-c instance-status -i 127.0.0.1:1')).toBe('FATAL Instance not found: 127.0.0.1:1\n');
  });

  it('which-downtimed-instances and which-lost-in-recovery', async () => {
    const downtime = (port: number, reason: string) => ({
      key: sampleKey(port),
      owner: '',
      reason,
      begin: SAMPLE_NOW,
      end: SAMPLE_NOW,
    });
    const world = { downtimes: [downtime(10113, LOST_IN_RECOVERY), downtime(10114, 'disk')] };
    expect(await answer('-c which-downtimed-instances', world)).toBe('127.0.0.1:10113\n127.0.0.1:10114\n');
    expect(await answer('-c which-lost-in-recovery', world)).toBe('127.0.0.1:10113\n');
  });

  it('O69: is-replicating and is-replication-stopped print the instance or nothing', async () => {
    const stopped = sampleReplica(10114, 10111, { receiverState: 'stopped', applierState: 'stopped' });
    const world = { servers: [...demoServers.slice(0, 2), stopped] };
    expect(await answer('-c is-replicating -i 127.0.0.1:10113,127.0.0.1:10114,127.0.0.1:10111', world)).toBe(
      '127.0.0.1:10113\n',
    );
    expect(await answer('-c is-replication-stopped -i 127.0.0.1:10113,127.0.0.1:10114,127.0.0.1:10111', world)).toBe(
      '127.0.0.1:10114\n',
    );
  });

  it('topology of a cluster whose name has a quote is refused', async () => {
    const servers = [sampleServer(1, { clusterName: clusterName("o'brien") })];
    expect(await answer("-c topology --alias o'brien", { servers })).toBe("FATAL Invalid cluster name: o'brien\n");
  });
});

describe('changes', () => {
  it.each([
    ['end-downtime', 'endDowntime(127.0.0.1:10113)'],
    ['end-maintenance', 'endMaintenance(127.0.0.1:10113)'],
    ['register-candidate', 'registerCandidate(127.0.0.1:10113, "prefer")'],
    ['register-candidate --promotion-rule must_not', 'registerCandidate(127.0.0.1:10113, "must_not")'],
    ['register-hostname-unresolve --hostname vip', 'setVirtualName(127.0.0.1:10113, "vip")'],
    ['register-hostname-unresolve', 'setVirtualName(127.0.0.1:10113, "")'],
    ['deregister-hostname-unresolve', 'setVirtualName(127.0.0.1:10113, "")'],
    ['begin-downtime --reason disk', 'beginDowntime(127.0.0.1:10113, "ops", "disk", 600)'],
    ['begin-downtime --reason disk --duration 0s', 'beginDowntime(127.0.0.1:10113, "ops", "disk", 600)'],
    [
      'begin-maintenance --reason disk --duration 2h --owner alice',
      'beginMaintenance(127.0.0.1:10113, "alice", "disk", 7200)',
    ],
  ])('%s prints the instance', async (words, call) => {
    const { status, out, made } = await run(['-i', '127.0.0.1:10113', '-c', ...words.split(' ')]);
    expect([status, out, made[1]]).toEqual([0, '127.0.0.1:10113\n', call]);
  });

  it('a refusal is fatal with its text, and the node is closed all the same', async () => {
    const calls = { endDowntime: async () => refused('backend', 'disk is full') };
    const { status, out, err, made } = await run(['-c', 'end-downtime', '-i', '127.0.0.1:10111'], { calls });
    expect([status, out, err]).toEqual([1, '', 'DATE TIME FATAL disk is full\n']);
    expect(made).toEqual(['open end-downtime', 'stop']);
  });

  it.each(['begin-downtime', 'begin-maintenance'])(
    '%s wants a reason and a duration that can be read',
    async (name) => {
      expect(await answer(`-c ${name}`)).toBe('FATAL --reason option required\n');
      expect(await answer(`-c ${name} --reason x --duration 1h30m`)).toBe('FATAL Cannot parse simple time: 1h30m\n');
    },
  );

  it('what is recorded under a name needs one; what is not does not', async () => {
    const surroundings = { username: () => null };
    expect(await answer('-c begin-downtime --reason x', { surroundings })).toMatch(/^FATAL .*--owner\n$/);
    expect(await answer('-c begin-downtime --reason x --owner bob -i 127.0.0.1:10113', { surroundings })).toBe(
      '127.0.0.1:10113\n',
    );
    expect(await answer('-c clusters', { surroundings })).toBe('127.0.0.1:10111\n');
  });

  it('O70: in-maintenance looks for a lock that is not past its end', async () => {
    const lock = (port: number, end: number) => ({
      id: 1,
      key: sampleKey(port),
      owner: '',
      reason: '',
      begin: SAMPLE_NOW,
      end: unixMillis(end),
    });
    const calls = { maintenance: async () => [lock(10113, SAMPLE_NOW + 1), lock(10114, SAMPLE_NOW)] };
    expect(await answer('-c in-maintenance -i 127.0.0.1:10113,127.0.0.1:10114', { calls })).toBe('127.0.0.1:10113\n');
  });
});

describe('discover and forget', () => {
  it('discover prints the key that the server reports', async () => {
    const calls = { discover: async () => ok(sampleServer(10115)) };
    expect(await answer('-c discover -i 127.0.0.1:1', { calls })).toBe('127.0.0.1:10115\n');
  });

  it('discover takes the name as typed: a new server may be part of a known name', async () => {
    expect((await run(['-c', 'discover', '-i', 'pay-02'], payWorld)).made).toContain('discover(pay-02:3306)');
  });

  it('discover of an excluded host ends cleanly', async () => {
    const calls = { discover: async () => ok(null) };
    expect(await answer('-c discover -i 127.0.0.1:1', { calls })).toBe(
      'FATAL 127.0.0.1:1 is excluded from discovery\n',
    );
  });

  it('forget never falls back to the local host', async () => {
    expect(await answer('-c forget', payWorld)).toBe('FATAL Cannot deduce instance: \n');
    const { err, made } = await run(['-c', 'forget', '-i', 'a:b:x'], payWorld);
    expect(err).toMatch(/FATAL Cannot deduce instance: a:b:x\n$/);
    expect(made).toEqual(['open forget', 'stop']);
  });

  it('resolve prints the canonical name of who listens there, and knows nobody without a name', async () => {
    expect(await run(['-c', 'resolve', '-i', 'db1:3306'])).toMatchObject({ status: 0, out: 'db1.example:1\n' });
    expect((await run(['-c', 'resolve', '-i', 'a:b:x'])).err).toMatch(/FATAL Cannot deduce instance: a:b:x\n$/);
  });

  it('forget completes, but works on the name as typed even if it does not resolve', async () => {
    expect(await answer('-c forget -i pay-02', payWorld)).toBe('pay-02.ams.example:3306\n');
    expect((await run(['-c', 'forget', '-i', 'unresolvable'], payWorld)).made).toContain('forget(unresolvable:3306)');
  });
});

describe('recovery', () => {
  /** Only what the command line reads of it. */
  const promoted = (successorKey: InstanceKey | null, errors: readonly string[] = []) =>
    ({
      record: { successorKey, errors },
      successorCoordinates: { file: 'mysql-bin.000031', pos: 5571, type: 'binary' },
    }) as ExecutedRecovery;

  it('recover prints the promoted server; nothing, and well, when there was nothing to recover', async () => {
    expect(
      await answer('-c recover -i 127.0.0.1:10111', { calls: { recover: async () => ok(sampleKey(10113)) } }),
    ).toBe('127.0.0.1:10113\n');
    const nothing = { recover: async () => refused(RECOVERY_NOT_ATTEMPTED, 'Recovery not attempted') };
    expect(await answer('-c recover -i 127.0.0.1:10111', { calls: nothing })).toBe('');
    const failed = { recover: async () => refused(NOBODY_PROMOTED, 'in the words of the API') };
    expect(await answer('-c recover -i 127.0.0.1:10111', { calls: failed })).toBe(
      'FATAL Recovery attempted yet no replica promoted\n',
    );
  });

  it.each([
    ['recover', '{"candidate":{"hostname":"127.0.0.1","port":10114},"skipProcesses":false}'],
    ['recover-lite', '{"candidate":{"hostname":"127.0.0.1","port":10114},"skipProcesses":true}'],
  ])('%s passes on whether hooks run', async (name, options) => {
    const { made } = await run(['-c', name, '-i', '127.0.0.1:10111', '-d', '127.0.0.1:10114']);
    expect(made).toContain(`recover(127.0.0.1:10111, ${options})`);
  });

  it('a takeover prints the promoted server and its coordinates', async () => {
    const calls = { gracefulTakeover: async () => ok(promoted(sampleKey(10113))) };
    expect(await answer('-c graceful-master-takeover --alias demo', { calls })).toBe(
      '127.0.0.1:10113\nmysql-bin.000031:5571\n',
    );
  });

  it.each([
    ['graceful-master-takeover', false],
    ['graceful-master-takeover-auto', true],
  ])('%s passes on cluster and designated server', async (name, auto) => {
    const { made } = await run(['-c', name, '--alias', 'demo', '-d', '127.0.0.1:10113']);
    const designated = { hostname: '127.0.0.1', port: 10113 };
    expect(made).toContain(`gracefulTakeover(${JSON.stringify({ clusterName: '127.0.0.1:10111', designated, auto })})`);
  });

  it('a takeover to an unknown server is not even tried', async () => {
    const { err, made } = await run(['-c', 'graceful-master-takeover', '--alias', 'demo', '-d', '127.0.0.1:1']);
    expect(err).toBe('DATE TIME FATAL Instance not found: 127.0.0.1:1\n');
    expect(made).toEqual(['open graceful-master-takeover', 'stop']);
  });

  it('a takeover that promoted nobody is fatal', async () => {
    const calls = { gracefulTakeover: async () => ok(promoted(null, ['no candidate'])) };
    expect(await answer('-c graceful-master-takeover --alias demo', { calls })).toBe(
      'FATAL GracefulMasterTakeover: Recovery attempted yet no replica promoted; err=no candidate\n',
    );
  });

  it('a forced failover prints the promoted server, and passes on whom a person named', async () => {
    const calls = { forceFailover: async () => ok(promoted(sampleKey(10113))) };
    expect(await answer('-c force-master-failover --alias demo', { calls })).toBe('127.0.0.1:10113\n');
    const designated = { hostname: '127.0.0.1', port: 10113 };
    const { made } = await run(['-c', 'force-master-takeover', '--alias', 'demo', '-d', '127.0.0.1:10113']);
    expect(made).toContain(`forceFailover(${JSON.stringify({ clusterName: '127.0.0.1:10111', designated })})`);
    const { made: best } = await run(['-c', 'force-master-failover', '--alias', 'demo']);
    expect(best).toContain('forceFailover({"clusterName":"127.0.0.1:10111","designated":null})');
  });

  it('a forced takeover wants to know to whom', async () => {
    const { err } = await run(['-c', 'force-master-takeover', '--alias', 'demo']);
    expect(err).toMatch(/^DATE TIME FATAL Cannot deduce destination, the instance to promote/);
    const { err: unknown } = await run(['-c', 'force-master-takeover', '--alias', 'demo', '-d', '127.0.0.1:1']);
    expect(unknown).toBe('DATE TIME FATAL Instance not found: 127.0.0.1:1\n');
  });

  it('a forced failover that promoted nobody is fatal', async () => {
    const text = 'Recovery attempted yet no replica promoted';
    const calls = { forceFailover: async () => refused(NOBODY_PROMOTED, text) };
    expect(await answer('-c force-master-failover --alias demo', { calls })).toBe(`FATAL ${text}\n`);
  });

  it.each([
    ['ack-all-recoveries', '{"kind":"all"}'],
    ['ack-cluster-recoveries --alias demo', '{"kind":"cluster","clusterName":"127.0.0.1:10111"}'],
    ['ack-instance-recoveries -i 127.0.0.1:10113', '{"kind":"instance","key":{"hostname":"127.0.0.1","port":10113}}'],
  ])('%s counts, and wants a reason', async (words, what) => {
    expect(await answer(`-c ${words}`)).toBe('FATAL --reason option required (comment your ack)\n');
    const { out, made } = await run(['-c', ...words.split(' '), '--reason', 'seen it']);
    expect(out).toBe('2 recoveries acknowledged\n');
    expect(made).toContain(`acknowledge(${what}, "ops", "seen it")`);
  });

  it('the global switch answers in sentences', async () => {
    expect(await answer('-c disable-global-recoveries')).toBe('OK: Orchestrator recoveries DISABLED globally\n');
    expect(await answer('-c enable-global-recoveries')).toBe('OK: Orchestrator recoveries ENABLED globally\n');
    expect(await answer('-c check-global-recoveries')).toBe('OK: Global recoveries disabled: false\n');
    const calls = { setRecoveriesDisabled: async () => refused('backend', 'disk is full') };
    expect(await answer('-c disable-global-recoveries', { calls })).toBe(
      'FATAL ERROR: Failed to disable recoveries globally: disk is full\n',
    );
  });
});
