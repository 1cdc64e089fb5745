// The command `script/build [server] [web]`: bundles the program to dist/orchestrator.js and the pages to dist/web.

import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');
const entry = join(root, 'src/cli/main.ts');
const webConfig = join(root, 'web/vite.config.ts');
const webPage = join(root, 'dist/web/index.html');
const dist = join(root, 'dist');
const program = join(dist, 'orchestrator.js');
const licenses = join(dist, 'THIRD-PARTY-LICENSES.txt');

type Say = (line: string) => void;

/** Bundles the sources with their dependencies: a program that reads hundreds of files of packages starts half as fast. */
async function buildServer(say: Say): Promise<void> {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      target: 'node24',
      outDir: 'dist',
      // dist/web is built on its own.
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        output: { entryFileNames: 'orchestrator.js', chunkFileNames: 'orchestrator-[name]-[hash].js' },
        external: /^node:/,
      },
    },
  });
  removeFormer(built);
  writeFileSync(licenses, licensesOf(modulesIn(built)));
  say('built dist/orchestrator.js');
}

/** Each build names its parts anew; those of former ones would go along into a package. */
function removeFormer(built: Built): void {
  const present = new Set(outputsOf(built).map(({ fileName }) => fileName));
  for (const file of globSync('orchestrator*.js', { cwd: dist })) if (!present.has(file)) rmSync(join(dist, file));
}

type Built = Awaited<ReturnType<typeof build>>;

const outputsOf = (built: Built) => ('on' in built ? [] : [built].flat().flatMap(({ output }) => output));

function modulesIn(built: Built): readonly string[] {
  return outputsOf(built).flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
}

/** What the licences of bundled packages ask for: their texts go along. A package without a file of its own has its licence named. */
function licensesOf(modules: readonly string[]): string {
  const packages = modules.flatMap(
    (id) => /^(?<folder>.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.groups?.['folder'] ?? [],
  );
  const texts = [...new Set(packages)].sort().map((folder) => {
    const about: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const [file] = globSync('{LICENSE,LICENCE,License,license}*', { cwd: folder });
    const text =
      file === undefined ? `License: ${String(about['license'])}` : readFileSync(join(folder, file), 'utf8').trim();
    return `${String(about['name'])} ${String(about['version'])}\n\n${text}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

async function buildWeb(say: Say): Promise<void> {
  await build({ configFile: webConfig, root: join(root, 'web'), logLevel: 'warn' });
  say('built dist/web');
}

/** Builds the pages unless they are newer than everything they are made of. */
export async function buildWebIfStale(say: Say): Promise<void> {
  if (existsSync(webConfig) && isStale(webPage, 'web/**/*.*')) await buildWeb(say);
}

/** Builds the program unless it is newer than everything it is made of. */
export async function buildServerIfStale(say: Say): Promise<void> {
  if (isStale(program, 'src/**/*.*')) await buildServer(say);
}

/** Whether it is missing, or older than one of its sources. */
function isStale(built: string, pattern: string): boolean {
  const sources = [...globSync(pattern, { cwd: root }), 'package-lock.json'].map((file) => join(root, file));
  const builtAt = existsSync(built) ? statSync(built).mtimeMs : 0;
  return sources.some((file) => statSync(file).mtimeMs > builtAt);
}

async function main(words: readonly string[]): Promise<number> {
  const known = ['server', 'web', '--if-stale'];
  if (words.some((word) => !known.includes(word))) {
    console.error('usage: script/build [server] [web [--if-stale]]');
    return 2;
  }
  const all = !words.includes('server') && !words.includes('web');
  if ((all || words.includes('server')) && existsSync(entry)) await buildServer(console.log);
  if (words.includes('--if-stale')) await buildWebIfStale(console.log);
  else if ((all || words.includes('web')) && existsSync(webConfig)) await buildWeb(console.log);
  return 0;
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    // The bundler's message names file and line; its own stack says nothing more.
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
