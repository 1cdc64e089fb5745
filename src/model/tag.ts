/**
 * Tags of servers and the small language that selects by them (spec/topology-operations.md 1.8, spec/cli.md 5.1).
 */
import { compareKeys, type InstanceKey, type KeyId, keyId } from './instance-key.ts';

/** One a server and name. Outlives the server: a tag may be about one that nobody knows (yet, or any more). */
export interface InstanceTag {
  readonly key: InstanceKey;
  readonly name: string;
  /** '' for a tag that is there and says no more. */
  readonly value: string;
}

/** One tag as people write it, `[~]name[=value]`. */
export interface TagExpression {
  readonly name: string;
  /** Null: none was given, which is not the same as an empty one. */
  readonly value: string | null;
  readonly isNegated: boolean;
}

/** All of it must hold. Never empty. */
export type TagSelector = readonly TagExpression[];

export type TagParse<Parsed> =
  | { readonly kind: 'ok'; readonly parsed: Parsed }
  /** `reason` is the contract's text. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What the columns hold (spec/backend-schema.md, `database_instance_tags`). */
const CHARACTERS_MAX = 128;

const FORM = /^(~?)([^=]+?)(?:=(.*))?$/;

/** Tags are drawn and listed a line each: a line break in one would let it pass for several, or for another server. */
const CONTROL_CHARACTER = /\p{Cc}/u;

const EMPTY_NAME = 'NewTag: empty tag name';

/** Reads one tag. `!` is `~` wherever it stands, also in a value (contract). */
export function parseTag(text: string): TagParse<TagExpression> {
  const tag = text.replaceAll('!', '~').trim();
  const match = CONTROL_CHARACTER.test(tag) ? null : FORM.exec(tag);
  if (match === null) return { kind: 'refused', reason: `Unable to parse tag: ${tag}` };
  const [, sign, name = '', value] = match;
  return { kind: 'ok', parsed: { name, value: value ?? null, isNegated: sign === '~' } };
}

/** A tag whose name and value come apart, as in the path of a request: taken literally. */
export function tagOf(name: string, value: string | null): TagParse<TagExpression> {
  if (name === '') return { kind: 'refused', reason: EMPTY_NAME };
  const isReadable = !name.includes('=') && !CONTROL_CHARACTER.test(name + (value ?? ''));
  if (!isReadable) return { kind: 'refused', reason: `Unable to parse tag: ${name}` };
  return { kind: 'ok', parsed: { name, value, isNegated: false } };
}

/** Reads a comma list of tags. One that cannot be read, also an empty one, spoils the list. */
export function parseTagSelector(text: string): TagParse<TagSelector> {
  const parsed: TagExpression[] = [];
  for (const part of text.split(',')) {
    const tag = parseTag(part);
    if (tag.kind === 'refused') return tag;
    parsed.push(tag.parsed);
  }
  return { kind: 'ok', parsed };
}

/** Why a tag cannot be kept, or null. Some backends would cut it, others not. */
export function unstorableTag({ name, value }: TagExpression): string | null {
  const isShort = (text: string): boolean => [...text].length <= CHARACTERS_MAX;
  if (!isShort(name)) return `the name of a tag has at most ${CHARACTERS_MAX} characters`;
  return isShort(value ?? '') ? null : `the value of a tag has at most ${CHARACTERS_MAX} characters`;
}

/** `name=value`, also where the value is empty (contract). */
export const tagText = ({ name, value }: { readonly name: string; readonly value: string | null }): string =>
  `${name}=${value ?? ''}`;

/** By server, then name; the same on every backend, whatever its collation. */
export function compareTags(one: InstanceTag, other: InstanceTag): number {
  const byKey = compareKeys(one.key, other.key);
  if (byKey !== 0 || one.name === other.name) return byKey;
  return one.name < other.name ? -1 : 1;
}

/** Servers that the selector means, by host, port. One without any tag is never among them, also where absence is asked for (contract). */
export function selectByTags(selector: TagSelector, tags: Iterable<InstanceTag>): InstanceKey[] {
  return [...tagsByServer(tags).values()]
    .filter((own) => selector.every((wanted) => holds(wanted, own)))
    .flatMap(([first]) => (first === undefined ? [] : [first.key]))
    .sort(compareKeys);
}

export function tagsByServer(tags: Iterable<InstanceTag>): Map<KeyId, InstanceTag[]> {
  const byServer = new Map<KeyId, InstanceTag[]>();
  for (const tag of tags) {
    const own = byServer.get(keyId(tag.key));
    if (own === undefined) byServer.set(keyId(tag.key), [tag]);
    else own.push(tag);
  }
  return byServer;
}

/** `~name` is absence, but `~name=value` is presence with another value (contract). */
function holds(wanted: TagExpression, own: readonly InstanceTag[]): boolean {
  const found = own.find((tag) => tag.name === wanted.name);
  if (wanted.value === null) return (found !== undefined) !== wanted.isNegated;
  return found !== undefined && (found.value === wanted.value) !== wanted.isNegated;
}
