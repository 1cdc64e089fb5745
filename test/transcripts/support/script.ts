// Transcripts: text files of commands, each with the full output that it must have. Lines before `----` are the command, lines after it up to the next
// empty line are its output; `#` begins a comment. Run with `--update` the files are written anew.

export interface ScriptCommand {
  /** Comments and empty lines before it, as they stand. */
  readonly before: readonly string[];
  readonly line: string;
  readonly name: string;
  readonly words: readonly string[];
  /** `name=value` words. */
  readonly options: ReadonlyMap<string, string>;
}

const SEPARATOR = '----';

export function parseScript(text: string): {
  readonly commands: readonly ScriptCommand[];
  readonly after: readonly string[];
} {
  const commands: ScriptCommand[] = [];
  let before: string[] = [];
  let isOutput = false;
  for (const line of text.split('\n')) {
    if (line === SEPARATOR) isOutput = true;
    else if (isOutput && line !== '') continue;
    else if (isOutput) {
      isOutput = false;
      before = [''];
    } else if (line === '' || line.startsWith('#')) before.push(line);
    else {
      commands.push(commandOf(line, before));
      before = [];
    }
  }
  return { commands, after: before };
}

function commandOf(line: string, before: readonly string[]): ScriptCommand {
  const [name = '', ...rest] = line.split(/\s+/);
  const options = new Map(
    rest.flatMap((word): [string, string][] => {
      const at = word.indexOf('=');
      return at < 0 ? [] : [[word.slice(0, at), word.slice(at + 1)]];
    }),
  );
  return { before, line, name, words: rest.filter((word) => !word.includes('=')), options };
}

/** The whole file, with the outputs that the commands really had. */
export function renderScript(
  commands: readonly ScriptCommand[],
  outputs: readonly (readonly string[])[],
  after: readonly string[],
): string {
  const parts = commands.flatMap(({ before, line }, index) => [
    ...before,
    line,
    SEPARATOR,
    // An empty line would end the output.
    ...(outputs[index] ?? []).map((text) => (text === '' ? ' ' : text.trimEnd())),
  ]);
  const tail = after.length === 0 || after[0] !== '' ? ['', ...after] : after;
  return `${[...parts, ...tail].join('\n').trimEnd()}\n`;
}
