/**
 * What an entry of a list of hooks says of itself, in a comment at its end: `/path/to/hook {failedHost} # orchestrator: advisory, timeout=30s`. To a shell, and to the reference, it is a comment; so a
 * configuration file with marks still serves both.
 */

export interface HookMarks {
  /** The entry without its marks. */
  readonly command: string;
  /** Whether its failure counts: stops its list, and vetoes where the list can. Null: as its list has it. */
  readonly isRequired: boolean | null;
  /** It is ended by force after so long, seconds; null: it may take what time it takes. */
  readonly timeoutSeconds: number | null;
  /** Words that mean nothing. */
  readonly unknown: readonly string[];
}

const MARKS = /(?:^|\s)#\s*orchestrator:([^\n]*)$/;
const TIMEOUT = /^timeout=(\d{1,6})s$/;

export function hookMarks(entry: string): HookMarks {
  const found = MARKS.exec(entry);
  const command = found === null ? entry : entry.slice(0, found.index).trimEnd();
  const words = (found?.[1] ?? '').split(',').map((word) => word.trim());
  let [isRequired, timeoutSeconds]: [boolean | null, number | null] = [null, null];
  const unknown: string[] = [];
  for (const word of words) {
    const seconds = Number(TIMEOUT.exec(word)?.[1] ?? 0);
    if (word === 'required') isRequired = true;
    else if (word === 'advisory') isRequired = false;
    else if (seconds > 0) timeoutSeconds = seconds;
    else if (word !== '') unknown.push(word);
  }
  return { command, isRequired, timeoutSeconds, unknown };
}
