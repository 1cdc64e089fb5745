/** The document of operations tells of every code by which one can be refused. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCommand } from '../src/cli/command-table.ts';
import { readFlags } from '../src/cli/flags.ts';
import { fakeCalls } from '../src/http/testing/fake-calls.ts';
import { requestReader } from '../src/http/v2/operation-request.ts';
import { clusterName } from '../src/model/brand.ts';
import { parseInstanceKey } from '../src/model/instance-key.ts';
import { ok, refused } from '../src/service/calls.ts';
import { requestJson } from './operations-document/planned-text.ts';
import { ENTRIES, operationsDocument } from './operations-document.ts';

const ROOT = new URL('..', import.meta.url).pathname;

const PLANNERS = ['src/planning/operations', 'src/operations', 'src/operations/log-search'];
const OTHERS = ['src/planning/can-replicate.ts', 'src/service/inspection-calls.ts'];

/** Told within `cannot-regroup`, and never as a code. */
const INNER: ReadonlySet<string> = new Set(['no-replicas', 'no-binlog-server']);

/** The first text of a call that refuses; `because` and `why` are what planners call theirs. */
const CODE =
  /\b(?:refuse|refused|because|why|wontOperate|wontReprovision)\(\s*(?:OPERATION, instance, |operation, instance, |instance, |recipient, )?'([a-z\d-]+)'/g;

function sources(): readonly string[] {
  const files = PLANNERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  );
  return [...files, ...OTHERS].map((path) => readFileSync(join(ROOT, path), 'utf8'));
}

/** Reads requests of API v2, and resolves no name. */
const read = requestReader(
  fakeCalls({
    resolveKeyText: (text) => {
      const parse = parseInstanceKey(text, 3306);
      return parse.kind === 'ok' ? ok(parse.key) : refused('bad-key', parse.reason);
    },
    clusterByAlias: (alias) => clusterName(alias),
  }),
);

describe('docs/operations.md', () => {
  it('shows requests as API v2 reads them', () => {
    const requests = ENTRIES.flatMap(({ examples = [] }) => examples.map(({ request }) => request));
    expect(requests.length).toBeGreaterThan(40);
    for (const request of requests) {
      expect(read(JSON.parse(requestJson(request)))).toEqual({ kind: 'ok', request });
    }
  });

  it('shows commands that there are, with flags that there are', () => {
    const shown = [...operationsDocument().matchAll(/^\$ orchestrator (-c .*)$/gm)].map(([, words = '']) => words);
    expect(shown.length).toBeGreaterThan(50);
    for (const line of shown) {
      const parsed = readFlags(line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? []);
      if (parsed.kind !== 'parsed') throw new Error(`${line} cannot be read`);
      const row = findCommand(parsed.flags.c);
      expect({ line, work: row?.work.kind, dry: parsed.flags['dry-run'] && row?.canDryRun !== true }).toEqual({
        line,
        work: 'backend',
        dry: false,
      });
      expect(parsed.words).toEqual([]);
    }
  });

  it('has every code by which an operation or a question is refused', () => {
    const codes = new Set(sources().flatMap((source) => [...source.matchAll(CODE)].map(([, code = '']) => code)));
    expect(codes.size).toBeGreaterThan(50);
    const text = operationsDocument();
    expect([...codes].filter((code) => !INNER.has(code) && !text.includes(`| \`${code}\` |`))).toEqual([]);
  });
});
