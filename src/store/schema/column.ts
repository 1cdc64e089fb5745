/**
 * A column of the backend as data: its abstract type, whether it may be null, its default. The vocabulary is that of
 * spec/backend-schema.md 1.1 and 1.2; each engine folder turns it into its own words.
 *
 * Each column carries, for the type checker only, what a query reads from it and must write into it, so that the typed
 * query builder and the DDL come from one declaration.
 */
import type { ColumnType as KyselyColumn } from 'kysely';

export type Charset = 'ascii' | 'utf8';

export type AbstractType =
  /** Assigned by the engine; always the whole key. `width` tells INT from BIGINT where that exists. */
  | { readonly kind: 'id'; readonly width: 32 | 64 }
  | { readonly kind: 'integer'; readonly name: 'u8' | 'i8' | 'u16' | 'i32' | 'u32' | 'u64' | 'i64' }
  | { readonly kind: 'string'; readonly length: number; readonly charset: Charset }
  | { readonly kind: 'text'; readonly size: 'tiny' | 'normal'; readonly charset: Charset }
  | { readonly kind: 'binary'; readonly length: number }
  | { readonly kind: 'blob' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'choice'; readonly values: readonly string[] };

export type ColumnDefault =
  | { readonly kind: 'none' }
  /** `req/0`, `req/''`: a default on SQLite only; statements of ours name these columns always. */
  | { readonly kind: 'sqlite-only'; readonly value: number | string }
  | { readonly kind: 'value'; readonly value: number | string }
  /** `now/''`: current time on MySQL, empty text on SQLite; statements of ours name these columns always. */
  | { readonly kind: 'now-or-empty' };

export interface Column<Type = unknown> {
  readonly type: AbstractType;
  readonly nullable: boolean;
  readonly default: ColumnDefault;
  /** Where the contract's SQLite type differs from what the abstract type says. */
  readonly sqliteType?: string;
  /** For the type checker; never set. */
  readonly queryType?: Type;
}

/** Must be named at every insert. */
type Required<Value> = Column<KyselyColumn<Value, Value, Value>>;
/** May be left to its default. */
type Defaulted<Value> = Column<KyselyColumn<Value, Value | undefined, Value>>;
type Nullable<Value> = Column<KyselyColumn<Value | null, Value | null | undefined, Value | null>>;

/** "Never", as the contract writes it. */
export const NEVER_TEXT = '1971-01-01 00:00:00';

interface ValueColumns<Value, Literal extends number | string> {
  readonly req: Required<Value>;
  /** `req/0` or `req/''`. */
  readonly reqOrBlank: Required<Value>;
  readonly null: Nullable<Value>;
  is(value: Literal): Defaulted<Value>;
}

function valueColumns<Value, Literal extends number | string>(
  type: AbstractType,
  blank: Literal,
): ValueColumns<Value, Literal> {
  return {
    req: { type, nullable: false, default: { kind: 'none' } },
    reqOrBlank: { type, nullable: false, default: { kind: 'sqlite-only', value: blank } },
    null: { type, nullable: true, default: { kind: 'none' } },
    is: (value) => ({ type, nullable: false, default: { kind: 'value', value } }),
  };
}

const integer = (name: Extract<AbstractType, { kind: 'integer' }>['name']): ValueColumns<number, number> =>
  valueColumns({ kind: 'integer', name }, 0);

export const bool = integer('u8');
export const u8 = integer('u8');
export const i8 = integer('i8');
export const port = integer('u16');
export const u16 = integer('u16');
export const i32 = integer('i32');
export const u32 = integer('u32');
export const i64 = integer('i64');
/** Beyond 2^53 the value comes as a bigint. */
export const u64 = valueColumns<number | bigint, number>({ kind: 'integer', name: 'u64' }, 0);

export const s = (length: number): ValueColumns<string, string> =>
  valueColumns({ kind: 'string', length, charset: 'ascii' }, '');
export const s8 = (length: number): ValueColumns<string, string> =>
  valueColumns({ kind: 'string', length, charset: 'utf8' }, '');
export const text = valueColumns<string, string>({ kind: 'text', size: 'normal', charset: 'ascii' }, '');
export const text8 = valueColumns<string, string>({ kind: 'text', size: 'normal', charset: 'utf8' }, '');
export const tinyText = valueColumns<string, string>({ kind: 'text', size: 'tiny', charset: 'ascii' }, '');
export const blob = valueColumns<Uint8Array, string>({ kind: 'blob' }, '');
export const binary = (length: number): ValueColumns<Uint8Array, string> =>
  valueColumns({ kind: 'binary', length }, '');

export const id = (width: 32 | 64 = 64): Column<KyselyColumn<number, number | undefined, never>> => ({
  type: { kind: 'id', width },
  nullable: false,
  default: { kind: 'none' },
});

export const choice = (values: readonly string[], value: string): Defaulted<string> => ({
  type: { kind: 'choice', values },
  nullable: false,
  default: { kind: 'value', value },
});

const timestampType: AbstractType = { kind: 'timestamp' };

/** `YYYY-MM-DD HH:MM:SS`, UTC, one-second resolution. */
export const ts = {
  req: { type: timestampType, nullable: false, default: { kind: 'none' } } as Required<string>,
  now: { type: timestampType, nullable: false, default: { kind: 'now-or-empty' } } as Required<string>,
  nullableNow: { type: timestampType, nullable: true, default: { kind: 'now-or-empty' } } as Nullable<string>,
  never: { type: timestampType, nullable: false, default: { kind: 'value', value: NEVER_TEXT } } as Defaulted<string>,
  null: { type: timestampType, nullable: true, default: { kind: 'none' } } as Nullable<string>,
};
