/** Titles after spec/topology-operations.md 3.11 O72, 5.7. */
import { describe, expect, it } from 'vitest';
import { clusterName } from '../model/brand.ts';
import { parseTag, parseTagSelector, type TagParse, tagText } from '../model/tag.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { aNode } from './testing.ts';

function understood<Parsed>(parse: TagParse<Parsed>): Parsed {
  if (parse.kind === 'refused') throw new Error(parse.reason);
  return parse.parsed;
}

const tag = (text: string) => understood(parseTag(text));

/** The five servers of the specification's cases; nobody has ever seen them. */
async function tagged() {
  const node = await aNode();
  const put = [
    [93, 'role=backup'],
    [94, 'role=delayed'],
    [95, 'role'],
    [96, 'role=backup'],
    [96, 'candidate'],
    [97, 'candidate'],
  ] as const;
  for (const [port, text] of put) await node.calls.tag(sampleKey(port), tag(text));
  const portsOf = async (selector: string) =>
    (await node.calls.tagged(understood(parseTagSelector(selector)))).map(({ port }) => port);
  const audits = async () =>
    (await node.backend.audit({ page: 0 })).map(({ type, key, message }) => [type, key?.port ?? null, message]);
  return { ...node, portsOf, audits };
}

const ports = (outcome: Awaited<ReturnType<Awaited<ReturnType<typeof tagged>>['calls']['untag']>>) =>
  outcome.kind === 'ok' ? outcome.value.map(({ port }) => port) : outcome.refusal.message;

describe('tags', () => {
  it('O72: select servers, whether the rows of one name were read or all', async () => {
    const { portsOf } = await tagged();
    expect(await portsOf('role')).toEqual([93, 94, 95, 96]);
    expect(await portsOf('~role')).toEqual([97]);
    expect(await portsOf('~role=backup')).toEqual([94, 95]);
    expect(await portsOf('role,~candidate')).toEqual([93, 94, 95]);
  });

  it('O72: of a server come by name; a later value replaces the former', async () => {
    const { calls } = await tagged();
    await calls.tag(sampleKey(96), tag('~role=a=b'));
    expect((await calls.tags(sampleKey(96))).map(tagText)).toEqual(['candidate=', 'role=a=b']);
    expect(await calls.tags(sampleKey(1))).toEqual([]);
  });

  it('O72: that do not fit are refused, and nothing changes', async () => {
    const { calls } = await tagged();
    expect(await calls.tag(sampleKey(93), tag(`role=${'x'.repeat(129)}`))).toMatchObject({ kind: 'refused' });
    expect((await calls.tags(sampleKey(93))).map(tagText)).toEqual(['role=backup']);
  });

  it('O72: go from one server if the value is that; it is audited when something went', async () => {
    const { calls, audits } = await tagged();
    expect(ports(await calls.untag(tag('role=delayed'), sampleKey(93)))).toEqual([]);
    expect(ports(await calls.untag(tag('role='), sampleKey(93)))).toEqual([]);
    expect(await audits()).toEqual([]);
    expect(ports(await calls.untag(tag('role=backup'), sampleKey(93)))).toEqual([93]);
    expect(ports(await calls.untag(tag('role'), sampleKey(94)))).toEqual([94]);
    expect(await audits()).toEqual([
      ['delete-instance-tag', 94, 'role='],
      ['delete-instance-tag', 93, 'role=backup'],
    ]);
  });

  it('O72: go from all servers only with a value', async () => {
    const { calls, portsOf, audits } = await tagged();
    expect(ports(await calls.untag(tag('role=delayed'), null))).toEqual([94]);
    expect(ports(await calls.untag(tag('role='), null))).toEqual([95]);
    expect(ports(await calls.untag(tag('candidate'), null))).toMatch(
      /^Untag: either indicate an instance or a tag value/,
    );
    expect(ports(await calls.untag(tag('role=backup'), null))).toEqual([93, 96]);
    expect(await portsOf('candidate')).toEqual([96, 97]);
    expect((await audits())[0]).toEqual(['delete-instance-tag', null, 'role=backup']);
  });

  it.each(['~role', '~role=backup'])('%s cannot be removed', async (text) => {
    const { calls, portsOf } = await tagged();
    for (const key of [sampleKey(93), null]) {
      expect(ports(await calls.untag(tag(text), key))).toBe('Untag: does not support negation');
    }
    expect(await portsOf('role')).toEqual([93, 94, 95, 96]);
  });

  it('are drawn behind each server of a topology', async () => {
    const name = clusterName('127.0.0.1:1');
    const servers = [
      sampleServer(1, { clusterName: name }),
      sampleReplica(2, 1, { clusterName: name, replicationDepth: 1 }),
    ];
    const { calls } = await aNode({ servers });
    await calls.tag(sampleKey(2), tag('role=backup'));
    await calls.tag(sampleKey(2), tag('old'));
    const lines = (await calls.topologyText(name, 'tags')).split('\n');
    expect(lines.map((line) => /\] (\[.*\])$/.exec(line)?.[1])).toEqual(['[]', '[old,role=backup]']);
  });
});
