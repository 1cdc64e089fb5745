// The world's transcript, with what hides the rest left out: hooks that nobody configured, problems that nobody would recover, and what is said twice.

/** `    7.001  orc1 info: text`. */
const SAID = /^(\s*[\d.]+ {2}\S+) (info|warning|error): (.*)$/;

const OF_A_RECOVERY = /^recovery of \S+: /;

export const NO_HOOKS = /^No \w+ hooks to run$/;

const NO_ACTION = /: no action plan for \w+$/;

export function readable(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let before: string | null = null;
  for (const line of lines) {
    const [, who, level = '', text = ''] = SAID.exec(line) ?? [];
    if (who === undefined) {
      kept.push(line);
      before = null;
      continue;
    }
    const step = text.replace(OF_A_RECOVERY, '');
    // Hooks tell the log first, then the recovery.
    const isTwice = step !== text && before === step;
    before = step;
    if (isTwice || NO_HOOKS.test(step) || NO_ACTION.test(step)) continue;
    kept.push(level === 'info' ? `${who}: ${step}` : `${who} ${level}: ${step}`);
  }
  return kept;
}
