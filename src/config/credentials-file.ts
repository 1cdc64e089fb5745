/**
 * Reads `user` and `password` from section `[client]` of an INI-style file, in the git-config dialect of the reference
 * (spec 1.5). Other sections and entries are skipped, so that a MySQL client's own file can be used. Pure.
 */

export type CredentialsReading =
  | { readonly kind: 'read'; readonly user: string; readonly password: string }
  | { readonly kind: 'malformed'; readonly reason: string };

const SECTION = /^\[\s*([A-Za-z][A-Za-z0-9-]*)\s*\]\s*(?:[;#].*)?$/;
const ENTRY = /^([A-Za-z][A-Za-z0-9_-]*)\s*(?:=\s*(.*))?$/s;
const QUOTED_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n', t: '\t' };

/** An entry that is missing gives an empty text, which then replaces what the JSON file said (spec 1.5). */
export function readCredentials(bytes: Uint8Array): CredentialsReading {
  const text = new TextDecoder('utf-8').decode(bytes);
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const found = { user: '', password: '' };
  let section: string | null = null;
  for (let index = 0; index < lines.length; index++) {
    const lineNumber = index + 1;
    const line = (lines[index] ?? '').trimStart();
    if (line === '' || line.startsWith(';') || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      // A section we cannot read, `[client "x"]` for example, is somebody else's.
      section = SECTION.exec(line.trimEnd())?.[1]?.toLowerCase() ?? '';
      continue;
    }
    const entry = ENTRY.exec(line);
    const name = entry?.[1]?.toLowerCase();
    if (section === null) return malformed(lineNumber, 'an entry stands before any section');
    if (section !== 'client' || (name !== 'user' && name !== 'password')) continue;
    // An entry without "=" asks a MySQL client to prompt; taking it as empty would log in without a password.
    if (entry?.[2] === undefined) return malformed(lineNumber, `${name} has no value`);
    const value = readValue([entry[2], ...lines.slice(lineNumber)].join('\n'));
    if (value.kind === 'malformed') return malformed(lineNumber, `${name} ${value.reason}`);
    found[name] = value.text;
    index += value.continuationLines;
  }
  return { kind: 'read', ...found };
}

type ValueReading =
  | { readonly kind: 'value'; readonly text: string; readonly continuationLines: number }
  | { readonly kind: 'malformed'; readonly reason: string };

/** The parts of a value; each matches at the current place only. What none of them matches is malformed. */
const QUOTED_PART = /"((?:[^"\\\n]|\\["\\nt])*)"/y;
const PLAIN_PART = /[^"\\;#\n \t]+/y;
const BLANKS_PART = /[ \t]+/y;
const ESCAPED_QUOTE = /\\"/y;
const CONTINUATION = /\\\n/y;
const END_OF_VALUE = /[;#\n]|$/y;

/** Reads the value at the start of `text`, which goes on to the end of the file. Blanks at its end count only when quoted. */
function readValue(text: string): ValueReading {
  let at = 0;
  let value = '';
  let pendingBlanks = '';
  let continuationLines = 0;
  const take = (part: RegExp): RegExpExecArray | null => {
    part.lastIndex = at;
    const found = part.exec(text);
    at += found?.[0].length ?? 0;
    return found;
  };
  while (take(END_OF_VALUE) === null) {
    const blanks = take(BLANKS_PART);
    if (blanks !== null) {
      pendingBlanks += blanks[0];
      continue;
    }
    if (take(CONTINUATION) !== null) {
      continuationLines++;
      continue;
    }
    const content = take(PLAIN_PART)?.[0] ?? unescaped(take(QUOTED_PART)?.[1]) ?? (take(ESCAPED_QUOTE) ? '"' : null);
    if (content === null) return { kind: 'malformed', reason: complaintAbout(text.slice(at)) };
    value += pendingBlanks + content;
    pendingBlanks = '';
  }
  return { kind: 'value', text: value, continuationLines };
}

function unescaped(quoted: string | undefined): string | null {
  return quoted?.replace(/\\(.)/g, (_, char: string) => QUOTED_ESCAPES[char] ?? char) ?? null;
}

function complaintAbout(rest: string): string {
  return /^"[^"\\\n]*(?:\n|$)/.test(rest) ? 'has no closing quote' : 'contains a backslash that escapes nothing';
}

function malformed(lineNumber: number, reason: string): CredentialsReading {
  return { kind: 'malformed', reason: `line ${lineNumber}: ${reason}` };
}
