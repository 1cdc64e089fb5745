/**
 * Writes the documents that are derived from the code. With `--check` it writes nothing and fails when one is out of date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { operationsDocument } from './operations-document.ts';
import { statementsDocument } from './statements-document.ts';

const documents: Readonly<Record<string, () => string>> = {
  'docs/operations.md': operationsDocument,
  'docs/statements.md': statementsDocument,
};

function main(words: readonly string[]): number {
  const check = words.includes('--check');
  const stale = Object.entries(documents).filter(([path, make]) => {
    const file = new URL(`../${path}`, import.meta.url);
    const text = make();
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
    if (!check) writeFileSync(file, text);
    return true;
  });
  for (const [path] of stale) console.error(check ? `${path} is out of date: run script/generate` : `wrote ${path}`);
  return check && stale.length > 0 ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
