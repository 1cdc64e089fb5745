/**
 * Regular expressions as the configuration writes them (RE2 syntax, spec 1.9), run in linear time where Node can:
 * a pattern from a file or a request must not be able to stop the event loop while a primary is dying.
 */
import v8 from 'node:v8';
import { translateRe2 } from './re2-translation.ts';

export interface RegularExpression {
  /** Searches anywhere in `text`. */
  readonly finds: (text: string) => boolean;
  /**
   * The text of each group of the first match, without the whole match at the front; null without a match.
   * A group that took no part is an empty text.
   */
  readonly groups: (text: string) => readonly string[] | null;
  readonly engine: 'linear' | 'backtracking';
}

export type Compilation =
  | { readonly kind: 'compiled'; readonly expression: RegularExpression }
  | { readonly kind: 'refused'; readonly reason: string };

/** Configurations hold a handful of patterns; requests may bring any number, so the memory of them is bounded. */
const REMEMBERED_PATTERNS_MAX = 500;
const remembered = new Map<string, Compilation>();

/** Compiles a pattern in RE2 syntax. Refused with the reason when it is not one; never throws. */
export function compileRegularExpression(pattern: string): Compilation {
  const known = remembered.get(pattern);
  if (known !== undefined) return known;
  const compilation = compile(pattern);
  const oldest = remembered.keys().next();
  if (remembered.size >= REMEMBERED_PATTERNS_MAX && oldest.done === false) remembered.delete(oldest.value);
  remembered.set(pattern, compilation);
  return compilation;
}

/** Whether `pattern` is found anywhere in `text`; false when it does not compile (spec 1.9). */
export function findsMatch(pattern: string, text: string): boolean {
  const compilation = compileRegularExpression(pattern);
  return compilation.kind === 'compiled' && compilation.expression.finds(text);
}

function compile(pattern: string): Compilation {
  const translation = translateRe2(pattern);
  if (translation.kind === 'refused') return translation;
  const linear = LINEAR_ENGINE ? build(translation.source, LINEAR_FLAG) : null;
  const expression = linear ?? build(translation.source, '');
  return expression === null ? { kind: 'refused', reason: 'too large' } : { kind: 'compiled', expression };
}

/** Null when the engine cannot run this source: the linear one refuses large counted repetitions, for example. */
function build(source: string, flags: string): RegularExpression | null {
  let regExp: RegExp;
  try {
    regExp = new RegExp(source, flags);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return {
    finds: (text) => regExp.test(text),
    groups: (text) => regExp.exec(text)?.slice(1).map(textOrEmpty) ?? null,
    engine: flags === LINEAR_FLAG ? 'linear' : 'backtracking',
  };
}

function textOrEmpty(group: string | undefined): string {
  return group ?? '';
}

/** Not in a literal: parsers know only the standard flags. */
const LINEAR_FLAG: string = 'l';

/** V8's linear engine is behind a flag that only adds the RegExp flag `l`; other expressions are not affected. */
const LINEAR_ENGINE = ((): boolean => {
  try {
    v8.setFlagsFromString('--enable-experimental-regexp-engine');
    return new RegExp('a', LINEAR_FLAG).test('a');
  } catch {
    return false;
  }
})();
