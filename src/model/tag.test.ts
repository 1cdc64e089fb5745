/** Titles after spec/topology-operations.md 5.7. */
import { describe, expect, it } from 'vitest';
import { type InstanceTag, parseTag, parseTagSelector, selectByTags, tagOf, tagText, unstorableTag } from './tag.ts';

const tag = (name: string, value: string | null = null, isNegated = false) => ({ name, value, isNegated });

describe('one tag', () => {
  it.each(['', ' ', '=', '=backup', '  =backup', 'a\nb', 'role=a\nb', 'role=\u0000'])('%j is none', (text) =>
    expect(parseTag(text)).toMatchObject({ kind: 'refused' }),
  );

  it('that cannot be read shows in the message as it was understood', () => {
    expect(parseTag(' =!x ')).toEqual({ kind: 'refused', reason: 'Unable to parse tag: =~x' });
  });

  it.each([
    ['role', tag('role')],
    ['role=', tag('role', '')],
    ['role=backup', tag('role', 'backup')],
    ['!role', tag('role', null, true)],
    ['~role=backup', tag('role', 'backup', true)],
    [' role=backup\n', tag('role', 'backup')],
    ['role=a=b', tag('role', 'a=b')],
    ['o\'brien"; drop=é/雪,\\%_', tag('o\'brien"; drop', 'é/雪,\\%_')],
    ['role=wow!', tag('role', 'wow~')],
    ['~~role', tag('~role', null, true)],
    // A sign before nothing is a name (contract).
    ['!', tag('~')],
    ['~=x', tag('~', 'x')],
  ])('%j', (text, parsed) => expect(parseTag(text)).toEqual({ kind: 'ok', parsed }));

  it('always shows with an equals sign', () => {
    expect([tag('role'), tag('role', ''), tag('role', 'backup')].map(tagText)).toEqual([
      'role=',
      'role=',
      'role=backup',
    ]);
  });

  it('in parts is taken literally, but a name with an equals sign would be another one when listed', () => {
    expect(tagOf('!role', 'a=b')).toEqual({ kind: 'ok', parsed: tag('!role', 'a=b') });
    expect(tagOf('', 'x')).toEqual({ kind: 'refused', reason: 'NewTag: empty tag name' });
    expect(tagOf('a=b', 'c')).toEqual({ kind: 'refused', reason: 'Unable to parse tag: a=b' });
    expect(tagOf('a', 'b\nc')).toEqual({ kind: 'refused', reason: 'Unable to parse tag: a' });
  });

  it('fits its columns, counted in characters, or is not kept', () => {
    expect(unstorableTag(tag('雪'.repeat(128), '😀'.repeat(128)))).toBeNull();
    expect(unstorableTag(tag('n'.repeat(129)))).toContain('name');
    expect(unstorableTag(tag('n', 'v'.repeat(129)))).toContain('value');
  });
});

describe('a selector', () => {
  it.each(['', ',', ',,,', 'role,', 'role,=x'])('%j is none', (text) =>
    expect(parseTagSelector(text)).toMatchObject({ kind: 'refused' }),
  );

  it('is a list of tags', () => {
    expect(parseTagSelector('role=backup, !dc=ny')).toEqual({
      kind: 'ok',
      parsed: [tag('role', 'backup'), tag('dc', 'ny', true)],
    });
  });

  const of = (port: number, name: string, value: string): InstanceTag => ({
    key: { hostname: 'h', port },
    name,
    value,
  });
  const tags = [
    of(97, 'candidate', ''),
    of(96, 'role', 'backup'),
    of(96, 'candidate', ''),
    of(93, 'role', 'backup'),
    of(94, 'role', 'delayed'),
    of(95, 'role', ''),
  ];

  it.each([
    ['role', [93, 94, 95, 96]],
    ['role=backup', [93, 96]],
    ['candidate', [96, 97]],
    ['role=', [95]],
    ['~role', [97]],
    ['role,candidate', [96]],
    ['role,~candidate', [93, 94, 95]],
    ['role=backup,candidate', [96]],
    ['role=delayed,candidate', []],
    ['~role=backup', [94, 95]],
    ['ROLE', []],
    ['__proto__', []],
    ['~nothing', [93, 94, 95, 96, 97]],
  ])('%s', (text, ports) => {
    const selector = parseTagSelector(text);
    if (selector.kind === 'refused') throw new Error(selector.reason);
    expect(selectByTags(selector.parsed, tags).map(({ port }) => port)).toEqual(ports);
  });
});
