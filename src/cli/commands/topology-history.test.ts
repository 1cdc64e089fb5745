import { describe, expect, it } from 'vitest';
import { type UnixMillis, unixMillis } from '../../model/brand.ts';
import { SAMPLE_NOW } from '../../model/topology-samples.ts';
import { ok, refused } from '../../service/calls.ts';
import { DEMO } from '../testing/fake-calls.ts';
import { run } from '../testing/run-in-world.ts';

const HOUR = 3_600_000;
const times = [3, 2, 1].map((hours) => unixMillis(SAMPLE_NOW - hours * HOUR));
const unixTime = (at: UnixMillis | undefined): string => String((at ?? 0) / 1000);

/** Runs the command; what it asked for, how it ended. */
async function runIn(...words: readonly string[]) {
  const asked: string[] = [];
  const { status, out, err } = await run(words, {
    calls: {
      snapshotTimes: async () => times,
      topologyAt: async (hint, at, form) => {
        asked.push(`${hint} ${(SAMPLE_NOW - at) / HOUR}h ${form}`);
        if (hint === 'nosuch') return refused('not-in-snapshot', 'No cluster nosuch');
        return ok({ clusterName: DEMO, takenAt: at, text: '127.0.0.1:10111\n- 127.0.0.1:10113' });
      },
    },
  });
  return { status, out, err: err.replace(/^DATE TIME /, ''), asked };
}

const TREE = '127.0.0.1:10111\n- 127.0.0.1:10113\n';

describe('topology-history', () => {
  it('draws the cluster of an alias, or of an instance, as it was', async () => {
    const byAlias = await runIn('-c', 'topology-history', '--alias', 'demo', '--at', '2h');
    expect(byAlias).toEqual({ status: 0, out: TREE, err: '', asked: ['demo 2h plain'] });
    const byInstance = await runIn('-c', 'topology-history', '-i', '127.0.0.1:10113', '--at', unixTime(times[0]));
    expect(byInstance).toMatchObject({ status: 0, out: TREE, asked: ['127.0.0.1:10113 3h plain'] });
  });

  it('says of when the picture is, if asked to say more', async () => {
    const { err } = await runIn('--verbose', '-c', 'topology-history', '--alias', 'demo', '--at', '2h');
    expect(err).toMatch(/NOTICE cluster 127\.0\.0\.1:10111 as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n/);
  });

  it.each([
    [[], /^FATAL No time was said/],
    [['--at', 'tuesday'], /^FATAL Cannot read the time tuesday: give/],
    [['--at', '2999-01-01'], /^FATAL The time 2999-01-01 is in the future/],
  ])('ends when the time is none: %j', async (words, message) => {
    const { status, out, err, asked } = await runIn('-c', 'topology-history', '--alias', 'demo', ...words);
    expect([status, out, asked]).toEqual([1, '', []]);
    expect(err).toMatch(message);
  });

  it('puts no other cluster in the place of one that is unknown', async () => {
    const { status, err, asked } = await runIn('-c', 'topology-history', '--alias', 'nosuch', '--at', '1h');
    expect([status, err, asked]).toEqual([1, 'FATAL No cluster nosuch\n', ['nosuch 1h plain']]);
  });
});

describe('topology --pattern', () => {
  it('draws the newest snapshot whose Unix time matches', async () => {
    const exact = await runIn('-c', 'topology', '--alias', 'demo', '--pattern', `^${unixTime(times[1])}$`);
    expect(exact).toMatchObject({ status: 0, out: TREE, asked: [`${DEMO} 2h plain`] });
    const several = await runIn('-c', 'topology-tabulated', '--alias', 'demo', '--pattern', '.');
    expect(several.asked).toEqual([`${DEMO} 1h tabulated`]);
  });

  it('ends when none matches, or when it is no pattern', async () => {
    const none = await runIn('-c', 'topology-tags', '--alias', 'demo', '--pattern', '^9$');
    expect([none.status, none.err]).toEqual([
      1,
      'FATAL No snapshot of the topology has a Unix time that matches ^9$\n',
    ]);
    expect((await runIn('-c', 'topology', '--alias', 'demo', '--pattern', '(')).err).toMatch(
      /^FATAL Cannot read the pattern/,
    );
  });
});

it('snapshot-topologies writes a snapshot and prints nothing', async () => {
  const { status, out, made } = await run(['-c', 'snapshot-topologies']);
  expect([status, out]).toEqual([0, '']);
  expect(made).toContain('snapshotTopologies()');
});
