/** The document of operations tells of every code by which one can be refused. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operationsDocument } from './operations-document.ts';

const ROOT = new URL('..', import.meta.url).pathname;

const PLANNERS = ['src/planning/operations', 'src/operations', 'src/operations/log-search'];
const OTHERS = ['src/planning/can-replicate.ts', 'src/service/inspection-calls.ts'];

/** Told within `cannot-regroup`, and never as a code. */
const INNER: ReadonlySet<string> = new Set(['no-replicas', 'no-binlog-server']);

/** The first text of a call that refuses; `because` and `why` are what planners call theirs. */
const CODE =
  /\b(?:refuse|refused|because|why|wontOperate)\(\s*(?:OPERATION, instance, |operation, instance, )?'([a-z-]+)'/g;

function sources(): readonly string[] {
  const files = PLANNERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  );
  return [...files, ...OTHERS].map((path) => readFileSync(join(ROOT, path), 'utf8'));
}

describe('docs/operations.md', () => {
  it('has every code by which an operation or a question is refused', () => {
    const codes = new Set(sources().flatMap((source) => [...source.matchAll(CODE)].map(([, code = '']) => code)));
    expect(codes.size).toBeGreaterThan(50);
    const text = operationsDocument();
    expect([...codes].filter((code) => !INNER.has(code) && !text.includes(`| \`${code}\` |`))).toEqual([]);
  });
});
