/** Tags, pools and the instance of a domain name on the command line: what is asked for, what is printed. */
import { describe, expect, it } from 'vitest';
import { sampleKey, sampleReplica } from '../../model/topology-samples.ts';
import { ok, refused } from '../../service/calls.ts';
import { DEMO } from '../testing/fake-calls.ts';
import { type PretendWorld, run } from '../testing/run-in-world.ts';

const ON = ['-i', '127.0.0.1:10113'];

const tagged: PretendWorld = {
  calls: {
    tags: async (key) => [
      { key, name: 'dc', value: '' },
      { key, name: 'role', value: 'backup' },
    ],
  },
};

describe('tags', () => {
  it('are printed a line each, with an equals sign throughout', async () => {
    expect((await run(['-c', 'tags', ...ON], tagged)).out).toBe('dc=\nrole=backup\n');
  });

  it.each([
    ['role', 'backup\n'],
    ['~role=other', 'backup\n'],
    ['dc', '\n'],
    ['none', ''],
  ])('tag-value of %s is %j', async (tag, out) => {
    expect(await run(['-c', 'tag-value', ...ON, '--tag', tag], tagged)).toMatchObject({ status: 0, out });
  });

  it('tagged prints keys in the plain order of their texts, whatever -i says', async () => {
    const keys = [
      { hostname: 'a', port: 9 },
      { hostname: 'a', port: 10 },
    ];
    const asked: unknown[] = [];
    const calls = {
      tagged: async (selector: unknown) => {
        asked.push(selector);
        return keys;
      },
    };
    expect((await run(['-c', 'tagged', '--tag', "tier=1,!o'brien"], { calls })).out).toBe('a:10\na:9\n');
    expect(asked).toEqual([
      [
        { name: 'tier', value: '1', isNegated: false },
        { name: "o'brien", value: null, isNegated: true },
      ],
    ]);
  });

  it.each([
    [
      ['tag', ...ON, '--tag', 'role=a,"b"/é'],
      'tag(127.0.0.1:10113, {"name":"role","value":"a,\\"b\\"/é","isNegated":false})',
      '127.0.0.1:10113\n',
    ],
    [['untag', ...ON, '--tag', 'role'], 'untag({"name":"role","value":null,"isNegated":false}, 127.0.0.1:10113)', ''],
    [['untag-all', '--tag', 'role='], 'untag({"name":"role","value":"","isNegated":false}, null)', ''],
  ])('%j', async (words, call, out) => {
    const { made, ...printed } = await run(['-c', ...words]);
    expect(printed).toMatchObject({ status: 0, out });
    expect(made[1]).toBe(call);
  });

  it('untag and untag-all print who had it', async () => {
    const calls = { untag: async () => ok([sampleKey(10113), sampleKey(10114)]) };
    for (const name of ['untag', 'untag-all']) {
      expect((await run(['-c', name, ...ON, '--tag', 'role=x'], { calls })).out).toBe(
        '127.0.0.1:10113\n127.0.0.1:10114\n',
      );
    }
  });

  it.each(['tag-value', 'tagged', 'tag', 'untag', 'untag-all'])('%s wants a tag that can be read', async (name) => {
    for (const [tag, said] of [
      ['', ''],
      ['=!x', '=~x'],
      ['a\nb', 'a\nb'],
    ] as const) {
      const { status, err, made } = await run(['-c', name, ...ON, '--tag', tag]);
      expect([status, err]).toEqual([1, `DATE TIME FATAL Unable to parse tag: ${said}\n`]);
      expect(made).toEqual([`open ${name}`, 'stop']);
    }
  });
});

describe('pools', () => {
  it('are submitted with the whole of -i, once and in silence', async () => {
    const words = ['-c', 'submit-pool-instances', '--pool', 'readers', '-i', 'a:1, b,[::1]:3'];
    expect(await run(words)).toEqual({
      status: 0,
      out: '',
      err: '',
      made: ['open submit-pool-instances', 'submitPool("readers", "a:1, b,[::1]:3")', 'stop'],
    });
    expect((await run(['-c', 'submit-pool-instances', '--pool', 'readers'])).made[1]).toBe('submitPool("readers", "")');
  });

  it('need a name, and items that can be read', async () => {
    expect(await run(['-c', 'submit-pool-instances', '-i', 'a'])).toMatchObject({
      status: 1,
      err: 'DATE TIME FATAL Please submit --pool\n',
    });
    const calls = { submitPool: async () => refused('bad-address', 'Cannot parse address: a:b:x') };
    expect(await run(['-c', 'submit-pool-instances', '--pool', 'p', '-i', 'a:b:x'], { calls })).toMatchObject({
      status: 1,
      err: 'DATE TIME FATAL Cannot parse address: a:b:x\n',
    });
  });

  it('cluster-pool-instances prints four columns; the name where there is no alias', async () => {
    const member = (pool: string, clusterAlias: string) => ({
      pool,
      key: sampleKey(10113),
      clusterName: DEMO,
      clusterAlias,
    });
    const calls = { pooledInstances: async () => [member('a', 'demo'), member('b', '')] };
    expect((await run(['-c', 'cluster-pool-instances'], { calls })).out).toBe(
      `${DEMO}\tdemo\ta\t127.0.0.1:10113\n${DEMO}\t${DEMO}\tb\t127.0.0.1:10113\n`,
    );
  });

  it('which-heuristic-cluster-pool-instances prints keys; of no cluster, none', async () => {
    const asked: unknown[] = [];
    const view = { instance: sampleReplica(10113, 10111), downtime: null, candidate: null };
    const calls = {
      heuristicPoolInstances: async (...words: readonly unknown[]) => {
        asked.push(words);
        return [view];
      },
    };
    const name = 'which-heuristic-cluster-pool-instances';
    expect((await run(['-c', name, '--alias', 'demo'], { calls })).out).toBe('127.0.0.1:10113\n');
    expect((await run(['-c', name, '--alias', 'demo', '--pool', 'readers'], { calls })).out).toBe('127.0.0.1:10113\n');
    expect(asked).toEqual([
      [DEMO, undefined],
      [DEMO, 'readers'],
    ]);
    expect(await run(['-c', name, '--alias', 'nosuch'], { calls })).toMatchObject({ status: 0, out: '' });
  });
});

describe('the instance under the domain name of a cluster', () => {
  it('is printed when it is looked up and when it is stored', async () => {
    const calls = { domainInstance: async () => ok('h:1'), setDomainInstance: async () => ok('h:2') };
    expect((await run(['-c', 'which-heuristic-domain-instance', '--alias', 'demo'], { calls })).out).toBe('h:1\n');
    expect((await run(['-c', 'set-heuristic-domain-instance', '--alias', 'demo'], { calls })).out).toBe('h:2\n');
  });

  it.each(['which-heuristic-domain-instance', 'set-heuristic-domain-instance'])(
    '%s ends cleanly without domain or cluster',
    async (name) => {
      const refusal = async () => refused('no-domain', `Cannot find domain name for cluster ${DEMO}`);
      const calls = { domainInstance: refusal, setDomainInstance: refusal };
      expect(await run(['-c', name, '--alias', 'demo'], { calls })).toMatchObject({
        status: 1,
        err: `DATE TIME FATAL Cannot find domain name for cluster ${DEMO}\n`,
      });
      expect((await run(['-c', name, '--alias', 'nosuch'], { servers: [], calls })).err).toMatch(
        /FATAL No cluster info found for \n$/,
      );
    },
  );
});
