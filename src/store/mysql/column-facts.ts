/**
 * What a column that exists can hold, as the server itself tells: a database that the reference deployed has other columns than one of ours.
 */

export type ColumnFact =
  | { readonly kind: 'integer'; readonly least: bigint; readonly greatest: bigint }
  | { readonly kind: 'text'; readonly charset: string; readonly limit: TextLimit }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'other' };

export interface TextLimit {
  readonly unit: 'characters' | 'bytes';
  readonly count: number;
}

const INTEGER_BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 };

export interface DescribedColumn {
  /** `bigint` */
  readonly dataType: string;
  /** `bigint(20) unsigned` */
  readonly columnType: string;
  readonly charset: string | null;
  /** Of a VARCHAR in characters. */
  readonly characters: number;
  /** The most bytes it can have. */
  readonly bytes: number;
}

function integerFact(bits: number, isUnsigned: boolean): ColumnFact {
  const half = 2n ** BigInt(bits - 1);
  return isUnsigned
    ? { kind: 'integer', least: 0n, greatest: 2n * half - 1n }
    : { kind: 'integer', least: -half, greatest: half - 1n };
}

export function columnFact({ dataType, columnType, charset, characters, bytes }: DescribedColumn): ColumnFact {
  const type = dataType.toLowerCase();
  const bits = INTEGER_BITS[type];
  if (bits !== undefined) return integerFact(bits, columnType.toLowerCase().includes('unsigned'));
  if (type === 'timestamp') return { kind: 'timestamp' };
  if (charset === null) return { kind: 'other' };
  if (type === 'varchar' || type === 'char') {
    return { kind: 'text', charset, limit: { unit: 'characters', count: characters } };
  }
  return type.endsWith('text') ? { kind: 'text', charset, limit: { unit: 'bytes', count: bytes } } : { kind: 'other' };
}
