import { describe, expect, it } from 'vitest';
import { clusterName, unixMillis } from '../src/model/brand.ts';
import { DemoStory } from './demo-story.ts';

const key = { hostname: '127.0.0.1', port: 1001 };
const cluster = clusterName('127.0.0.1:1001');

describe('the story of a demo', () => {
  it('counts time from the first sign of an incident', () => {
    const story = new DemoStory();
    expect(story.ofEvent({ kind: 'wire-broken', at: unixMillis(5_000), key, reason: 'closed by the server' })).toEqual([
      '',
      '  +0.000 s  127.0.0.1:1001  connection broke: closed by the server',
    ]);
    const step = {
      kind: 'recovery-step',
      at: unixMillis(5_120),
      clusterName: cluster,
      uid: 'u',
      message: 'go',
    } as const;
    expect(story.ofEvent(step)).toEqual(['  +0.120 s    go']);
    const before = { sequence: 1, port: 1001, atMillis: 0, gtid: '' };
    const gap = { millis: 187.4, before, after: { ...before, sequence: 2, port: 1002 } };
    expect(story.ofWriter({ kind: 'writes-again', port: 1002, gap }, 5_190)).toEqual([
      '  +0.190 s  writer: 1002 takes my rows; I could not write for 187 ms',
    ]);
  });

  it('starts anew after a quiet time', () => {
    const story = new DemoStory();
    story.ofWriter({ kind: 'lost', port: 1001, reason: 'gone' }, 1_000);
    expect(story.ofWriter({ kind: 'lost', port: 1002, reason: 'gone' }, 60_000)).toEqual([
      '',
      '  +0.000 s  writer: lost 1002: gone',
    ]);
  });

  it('starts anew with the next loss once it is recovered', () => {
    const story = new DemoStory();
    const ended = { kind: 'recovery-ended', at: unixMillis(1_200), clusterName: cluster, uid: 'u' } as const;
    story.ofWriter({ kind: 'lost', port: 1001, reason: 'gone' }, 1_000);
    expect(story.ofEvent({ ...ended, isSuccessful: true, successor: key })[0]).toContain('+0.200 s');
    expect(story.ofWriter({ kind: 'lost', port: 1002, reason: 'gone' }, 3_000)[1]).toContain('+0.000 s');
    expect(story.ofEvent({ kind: 'wire-broken', at: unixMillis(3_010), key, reason: 'x' })[0]).toContain('+0.010 s');
  });

  it('says who is primary now, or that nobody is', () => {
    const story = new DemoStory();
    const ended = { kind: 'recovery-ended', at: unixMillis(1), clusterName: cluster, uid: 'u' } as const;
    expect(story.ofEvent({ ...ended, isSuccessful: true, successor: key }).at(-1)).toContain(
      '1001  is the primary now',
    );
    expect(story.ofEvent({ ...ended, isSuccessful: false, successor: null }).at(-1)).toContain('nobody was promoted');
  });

  it('leaves out what only pages need', () => {
    expect(new DemoStory().ofEvent({ kind: 'cluster-changed', at: unixMillis(1), clusterName: cluster })).toEqual([]);
  });
});
