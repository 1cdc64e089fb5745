/**
 * Reads the tokens of a packet one after another; what does not fit is a syntax error at that place.
 */
import { sqlError } from '../errors.ts';
import { SqlRefusal } from '../sql-refusal.ts';
import { type Token, tokensOf } from './tokens.ts';

/** What the server's own message quotes at most. */
const QUOTED_CHARS = 80;

export class TokenReader {
  readonly sql: string;
  readonly #product: string;
  readonly #tokens: readonly Token[];
  readonly #readTo: number;
  #at = 0;

  /** `product`: as messages call the server. */
  constructor(sql: string, product: string) {
    this.sql = sql;
    this.#product = product;
    ({ tokens: this.#tokens, readTo: this.#readTo } = tokensOf(sql));
  }

  /** Behind the last token of the packet, and nothing unreadable follows. */
  get isAtEnd(): boolean {
    return this.peek() === null && this.#readTo === this.sql.length;
  }

  /** At the end of a statement: of the packet, or at a semicolon. */
  get isStatementEnd(): boolean {
    return this.isAtEnd || this.peekSymbol(';');
  }

  /** Of the statement that begins here, without what surrounds it. */
  get statementText(): string {
    let end = 0;
    while (this.peek(end) !== null && !this.peekSymbol(';', end)) end += 1;
    return this.sql.slice(this.from, this.peek(end - 1)?.to ?? this.from);
  }

  /** Where the next token begins. */
  get from(): number {
    return this.peek()?.from ?? this.sql.length;
  }

  /** Where the last one ended. */
  get to(): number {
    return this.#tokens[this.#at - 1]?.to ?? 0;
  }

  peek(ahead = 0): Token | null {
    return this.#tokens[this.#at + ahead] ?? null;
  }

  next(): Token {
    const token = this.peek();
    if (token === null) throw this.failure();
    this.#at += 1;
    return token;
  }

  /** The whole rest of the statement is of no interest. */
  skipStatement(): void {
    while (!this.isStatementEnd) this.next();
  }

  peekSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'symbol' && token.text === symbol;
  }

  symbol(symbol: string): boolean {
    const is = this.peekSymbol(symbol);
    if (is) this.#at += 1;
    return is;
  }

  expectSymbol(symbol: string): void {
    if (!this.symbol(symbol)) throw this.failure();
  }

  peekWords(...words: readonly string[]): boolean {
    return words.every((word, ahead) => {
      const token = this.peek(ahead);
      return token?.kind === 'word' && token.upper === word;
    });
  }

  /** All of them, in this order, or none. Upper case. */
  words(...words: readonly string[]): boolean {
    const are = this.peekWords(...words);
    if (are) this.#at += words.length;
    return are;
  }

  expectWords(...words: readonly string[]): void {
    if (this.words(...words)) return;
    // It fits up to the first that is another.
    throw this.failure(words.findIndex((_, index) => !this.peekWords(...words.slice(0, index + 1))));
  }

  /** One of them; null if it is another. */
  oneOf(...words: readonly string[]): string | null {
    return words.find((word) => this.words(word)) ?? null;
  }

  /** An identifier, quoted or not. */
  name(): string {
    const token = this.next();
    if (token.kind !== 'word' && token.kind !== 'quoted-name') throw this.failure(-1);
    return token.text;
  }

  /** Items, separated by commas; at least one. */
  list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.symbol(',')) items.push(item());
    return items;
  }

  /** To throw: it does not go on at the next token, or at the one so many further. */
  failure(ahead = 0): SqlRefusal {
    const from = this.peek(ahead)?.from ?? this.#readTo;
    const near = this.sql.slice(from, from + QUOTED_CHARS);
    const line = this.sql.slice(0, from).split('\n').length;
    const message = `You have an error in your SQL syntax; check the manual that corresponds to your ${this.#product} server version for the right syntax to use near '${near}' at line ${line}`;
    return new SqlRefusal(sqlError(1064, '42000', message));
  }
}
