/**
 * Tags of instances (spec/cli.md 2.3, "tags": the heading is in lower case).
 */
import { type CommandGroup, notBuilt } from '../command.ts';

export const tags: CommandGroup = {
  heading: 'tags',
  rows: [
    notBuilt('tags', 'Print the tags of an instance', ['instance?']),
    notBuilt('tag-value', 'Print the value of one tag of an instance', ['instance?', 'tag']),
    notBuilt('tagged', 'Print the instances that satisfy an expression of tags', ['tag']),
    notBuilt('tag', 'Add a tag to an instance', ['instance?', 'tag']),
    notBuilt('untag', 'Remove a tag from an instance', ['instance?', 'tag']),
    notBuilt('untag-all', 'Remove a tag with its value from all instances', ['tag']),
  ],
};
