// One command of transcripts: its words, the stage, and the lines that it prints.

import type { ScriptCommand } from './script.ts';
import type { Stage } from './stage.ts';

export type Command = (stage: Stage, command: ScriptCommand) => readonly string[] | Promise<readonly string[]>;

/** The word at that place. Throws where the script forgot it. */
export function wordAt(command: ScriptCommand, index: number): string {
  const word = command.words[index];
  if (word === undefined) throw new Error(`"${command.line}" lacks word ${index + 1}`);
  return word;
}

/** `1500ms`, `5s`, `2m`, in milliseconds. */
export function durationOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (match === null) throw new Error(`not a duration: ${text}`);
  return Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'];
}
