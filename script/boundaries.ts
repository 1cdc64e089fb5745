// The import boundaries of the project, and the check that they are kept. Run by `script/check`.
//
// Data flows one way through the folders of src/ (observe, conclude, plan, act, tell). An import against that way is how
// a pure decision comes to depend on a socket, so it fails the build.

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** What a folder of src/ may import from the others. Its own files are always allowed. */
interface Boundary {
  /** Folders whose values and types it may import; `everything` for the one place that composes. */
  may: readonly string[] | 'everything';
  /** Folders of which it may import types alone; default: `ports`, which it implements. */
  mayTypesOf?: readonly string[] | 'everything';
  /** Pure: no npm package and no built-in module of Node. */
  pure?: true;
}

export const boundaries: Readonly<Record<string, Boundary>> = {
  model: { may: [], mayTypesOf: [], pure: true },
  analysis: { may: ['model'], mayTypesOf: [], pure: true },
  preflight: { may: ['model'], mayTypesOf: [], pure: true },
  planning: { may: ['model', 'analysis'], mayTypesOf: [], pure: true },
  ports: { may: ['model'], mayTypesOf: ['planning', 'analysis'], pure: true },
  execution: { may: ['planning', 'model', 'ports'] },
  operations: { may: ['execution', 'planning', 'analysis', 'model', 'ports'] },
  recovery: { may: ['execution', 'planning', 'analysis', 'model', 'ports'] },
  mysql: { may: ['model'] },
  discovery: { may: ['mysql', 'model', 'ports'] },
  store: { may: ['model'] },
  raft: { may: [], mayTypesOf: [] },
  coordination: { may: ['raft', 'store', 'model'] },
  publish: { may: ['model'] },
  config: { may: [], mayTypesOf: [] },
  service: { may: 'everything' },
  // The doors may use the pure helpers of what they show (docs/decisions/0005).
  http: { may: ['service', 'config', 'model', 'analysis'], mayTypesOf: 'everything' },
  // `orchestrator http` opens the door for programs.
  cli: { may: ['service', 'config', 'model', 'analysis', 'http'], mayTypesOf: 'everything' },
  sim: { may: ['model', 'ports'], mayTypesOf: [], pure: true },
  sandbox: { may: ['mysql', 'model', 'sim'] },
};

/** Packages that a pure folder's tests may use. */
const testPackages = ['vitest', 'fast-check'];

/** One import or re-export of a source file. */
export interface ImportedModule {
  specifier: string;
  typeOnly: boolean;
}

/** The imports of a source text: static, re-exported, and dynamic with a literal name. */
export function importsOf(source: string): ImportedModule[] {
  const statements = source.matchAll(/^\s*(import|export)\b(?!\s*\()([^;'"`]*?)(?:\bfrom\s*)?['"]([^'"]+)['"]/gm);
  const found = [...statements]
    .filter(([whole, keyword]) => keyword === 'import' || /\bfrom\s*['"]/.test(whole))
    .map(([, , clause = '', specifier = '']) => ({ specifier, typeOnly: isTypeOnly(clause) }));
  const dynamic = [...source.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)];
  return [...found, ...dynamic.map(([, specifier = '']) => ({ specifier, typeOnly: false }))];
}

/** `import type …`, or braces in which every name is marked as a type. */
function isTypeOnly(clause: string): boolean {
  if (/^\s*type\b(?!\s*,|\s+from\b)/.test(clause)) return true;
  const names = /^\s*\{([^}]*)\}\s*$/
    .exec(clause)?.[1]
    ?.split(',')
    .map((name) => name.trim());
  return names?.every((name) => name === '' || name.startsWith('type ')) === true && names.some((name) => name !== '');
}

/** Why the imports of a file (path relative to the project's root, `/` between folders) are not allowed, one a line. */
export function violations(file: string, source: string): string[] {
  const found = importsOf(source).map((imported) => violation(file, imported));
  return found.filter((reason) => reason !== null).map((reason) => `${file}: ${reason}`);
}

function violation(file: string, imported: ImportedModule): string | null {
  const { specifier, typeOnly } = imported;
  if (file.startsWith('web/')) return violationOfWeb(file, specifier);
  const folder = folderOf(file);
  const boundary = folder === null ? undefined : boundaries[folder];
  if (folder === null || boundary === undefined) return 'lies in no folder of src/ that script/boundaries.ts knows';
  if (!specifier.startsWith('.')) {
    const isTest = file.endsWith('.test.ts');
    if (boundary.pure !== true || (isTest && testPackages.includes(specifier))) return null;
    return `src/${folder} is pure and may not import ${specifier}`;
  }
  const target = normalize(join(dirname(file), specifier));
  const targetFolder = folderOf(target);
  if (targetFolder === null) return `src/ may not import ${target}`;
  if (targetFolder === folder || allows(boundary.may, targetFolder)) return null;
  if (allows(boundary.mayTypesOf ?? ['ports'], targetFolder)) {
    return typeOnly ? null : `src/${folder} may import only types of src/${targetFolder}, not values of ${target}`;
  }
  return `src/${folder} may not import src/${targetFolder} (${target})`;
}

function violationOfWeb(file: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const target = normalize(join(dirname(file), specifier));
  return target.startsWith('web/') ? null : `web/ may import only itself and packages, not ${target}`;
}

function allows(folders: readonly string[] | 'everything', folder: string): boolean {
  return folders === 'everything' || folders.includes(folder);
}

function folderOf(file: string): string | null {
  return /^src\/([^/]+)\//.exec(file)?.[1] ?? null;
}

if (import.meta.main) {
  const root = dirname(import.meta.dirname);
  const files = globSync(['src/**/*.{ts,tsx}', 'web/**/*.{ts,tsx}'], { cwd: root }).sort();
  const all = files.flatMap((file) => violations(file, readFileSync(join(root, file), 'utf8')));
  for (const line of all) console.error(line);
  process.exitCode = all.length === 0 ? 0 : 1;
}
