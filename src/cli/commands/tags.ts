/**
 * Tags of instances (spec/cli.md 2.3, "tags": the heading is in lower case).
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import { parseTag, parseTagSelector, type TagExpression, tagText } from '../../model/tag.ts';
import {
  type CommandContext,
  type CommandGroup,
  type CommandResult,
  command,
  done,
  echoInstance,
  fatal,
  linesOf,
} from '../command.ts';

async function list({ calls, instance }: CommandContext): Promise<CommandResult> {
  return done(...(await calls.tags(instance)).map(tagText));
}

/** Runs with the tag of `--tag`. */
async function withTag(
  { flags }: CommandContext,
  run: (tag: TagExpression) => Promise<CommandResult>,
): Promise<CommandResult> {
  const tag = parseTag(flags.tag);
  return tag.kind === 'refused' ? fatal(tag.reason) : run(tag.parsed);
}

/** An absent tag is no output, an empty value an empty line (contract). */
function value(context: CommandContext): Promise<CommandResult> {
  return withTag(context, async ({ name }) => {
    const own = await context.calls.tags(context.instance);
    return done(...own.filter((tag) => tag.name === name).map((tag) => tag.value));
  });
}

/** In plain order of `host:port`: another one than that of the API (contract). */
async function tagged({ calls, flags }: CommandContext): Promise<CommandResult> {
  const selector = parseTagSelector(flags.tag);
  if (selector.kind === 'refused') return fatal(selector.reason);
  return done(...(await calls.tagged(selector.parsed)).map(instanceKeyText).sort());
}

function put(context: CommandContext): Promise<CommandResult> {
  return withTag(context, async (tag) => echoInstance(await context.calls.tag(context.instance, tag), context));
}

function remove(context: CommandContext): Promise<CommandResult> {
  return withTag(context, async (tag) =>
    linesOf(await context.calls.untag(tag, context.instance), (keys) => keys.map(instanceKeyText)),
  );
}

function removeEverywhere(context: CommandContext): Promise<CommandResult> {
  return withTag(context, async (tag) =>
    linesOf(await context.calls.untag(tag, null), (keys) => keys.map(instanceKeyText)),
  );
}

export const tags: CommandGroup = {
  heading: 'tags',
  rows: [
    command('tags', 'Print the tags of an instance', ['instance?'], list),
    command('tag-value', 'Print the value of one tag of an instance', ['instance?', 'tag'], value),
    command(
      'tagged',
      'Print the instances that satisfy an expression of tags',
      ['tag'],
      tagged,
      'Tags separated by commas must all hold: role has that tag, role=backup with that value, ~role has other tags but not that one, ~role=backup has it with another value.',
    ),
    command('tag', 'Add a tag to an instance', ['instance?', 'tag'], put),
    command('untag', 'Remove a tag from an instance', ['instance?', 'tag'], remove),
    command('untag-all', 'Remove a tag with its value from all instances', ['tag'], removeEverywhere),
  ],
};
