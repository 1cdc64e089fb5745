/**
 * JSON as the contract writes it (spec/http-api.md 1.7): compact, integers exact beyond 2^53, `<`, `>`, `&`, U+2028 and U+2029 escaped.
 */
const rawIntegerBrand: unique symbol = Symbol('exact integer');

/** An integer too wide for a JavaScript number, to be written digit by digit. */
interface RawInteger {
  readonly [rawIntegerBrand]?: never;
  readonly rawJSON: string;
}

export type Json = null | boolean | number | string | RawInteger | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [field: string]: Json;
}

/** `JSON.rawJSON` is in the runtime (V8 11.4) but not yet in the compiler's libraries. */
const { rawJSON } = JSON as JSON & { rawJSON(text: string): RawInteger };

/** A 64-bit integer without loss: a number while that is exact, else its digits as they are. */
export function exactInteger(value: bigint): number | RawInteger {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : rawJSON(value.toString());
}

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * The wire form. The escaped characters can occur inside strings only, so replacing them in the finished text is safe; unescaped, a
 * server's error text with `<script>` in it would run in a page that shows an answer as HTML.
 */
export function writeJson(value: Json): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character);
}
