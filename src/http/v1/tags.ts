/**
 * Tags of servers (spec/http-api.md 2.9, 4.7). Putting and removing them is authorised like every other change, which the reference forgot.
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import { parseTag, parseTagSelector, type TagExpression, type TagParse, tagOf, tagText } from '../../model/tag.ts';
import { type Answer, bareAnswer, errorAnswer, okAnswer, refusedAnswer } from '../answer.ts';
import { keyJson, keysJson } from './json/scalars.ts';
import type { ApiRequest, Handler } from './request.ts';
import { instanceTarget } from './targets.ts';

/** Keys of servers that satisfy all expressions of the query `tag`. */
export const tagged: Handler = async (request, calls) => {
  const selector = parseTagSelector(request.query('tag'));
  if (selector.kind === 'refused') return errorAnswer(selector.reason);
  return bareAnswer(keysJson(await calls.tagged(selector.parsed)));
};

/** `name=value` each, by name; an empty list for a server without any, known or not. */
export const tags: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  return bareAnswer((await calls.tags(target.value)).map(tagText));
};

/** Looks at the name alone. */
export const tagValue: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const tag = tagOfRequest(request);
  if (tag.kind === 'refused') return errorAnswer(tag.reason);
  const { name } = tag.parsed;
  const found = (await calls.tags(target.value)).find((own) => own.name === name);
  if (found === undefined) return errorAnswer(`tag ${name} not found for ${instanceKeyText(target.value)}`);
  return bareAnswer(found.value);
};

export const tag: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const wanted = tagOfRequest(request);
  if (wanted.kind === 'refused') return errorAnswer(wanted.reason);
  const outcome = await calls.tag(target.value, wanted.parsed);
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(`${instanceKeyText(target.value)} tagged with ${tagText(wanted.parsed)}`, keyJson(target.value));
};

export const untag: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const wanted = tagOfRequest(request);
  if (wanted.kind === 'refused') return errorAnswer(wanted.reason);
  return untagged(wanted.parsed, await calls.untag(wanted.parsed, target.value));
};

/** A tag without a value would go from every server that has it: refused. */
export const untagAll: Handler = async (request, calls) => {
  const wanted = tagOfRequest(request);
  if (wanted.kind === 'refused') return errorAnswer(wanted.reason);
  return untagged(wanted.parsed, await calls.untag(wanted.parsed, null));
};

function untagged({ name }: TagExpression, outcome: Awaited<ReturnType<Parameters<Handler>[1]['untag']>>): Answer {
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(`${name} removed from ${outcome.value.length} instances`, keysJson(outcome.value));
}

/** The query `tag`, which is read as people write it; else the parts of the path, which are taken literally. */
function tagOfRequest(request: ApiRequest): TagParse<TagExpression> {
  const text = request.query('tag');
  return text === '' ? tagOf(request.param('tagName'), request.param('tagValue') || null) : parseTag(text);
}
