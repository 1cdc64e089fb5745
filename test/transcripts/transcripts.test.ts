// Every script of this folder has exactly the output that is checked in. `script/test simulation transcripts --update` writes them anew.

import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { runScript } from './support/run-script.ts';

const folder = join(import.meta.dirname, 'scripts');

it.each(
  globSync(join(folder, '*.txt'))
    .sort()
    .map((file) => [basename(file, '.txt'), file]),
)('%s', async (_, file) => {
  const text = readFileSync(file, 'utf8');
  await expect(await runScript(text)).toMatchFileSnapshot(file);
});
