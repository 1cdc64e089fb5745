/** A pretend machine for the tests of this folder: files and environment variables, no disk. */
import { type ConfigurationLoading, type LoadedConfiguration, loadConfiguration } from './load.ts';
import type { Environment, ReadFile } from './read-file.ts';
import type { Settings } from './settings.ts';

export const CONFIG_FILE = '/srv/one.conf.json';

/** Reads from `files`; a path that is not there is absent, a `null` one may not be opened. */
export function readerOf(files: Readonly<Record<string, string | Uint8Array | null>>): ReadFile {
  return (path) => {
    const content = files[path];
    if (content === undefined) return { kind: 'unreadable', code: 'ENOENT', reason: 'no such file or directory' };
    if (content === null) return { kind: 'unreadable', code: 'EACCES', reason: 'permission denied' };
    return { kind: 'read', bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content };
  };
}

/** Loads `text`, or an object written as JSON, as the file named by `--config`. */
export function load(
  content: string | Uint8Array | object,
  env: Environment = {},
  otherFiles: Readonly<Record<string, string | null>> = {},
): ConfigurationLoading {
  const text = typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);
  return loadConfiguration({
    configFile: CONFIG_FILE,
    env,
    readFile: readerOf({ ...otherFiles, [CONFIG_FILE]: text }),
  });
}

/** Loads and insists that it worked. */
export function loaded(...world: Parameters<typeof load>): LoadedConfiguration {
  return insistOk(load(...world));
}

export function settingsOf(...world: Parameters<typeof load>): Settings {
  return loaded(...world).settings;
}

/** The refusal, or a text that no refusal has. */
export function refusalOf(...world: Parameters<typeof load>): string {
  const loading = load(...world);
  return loading.kind === 'refused' ? loading.message : 'not refused';
}

export function insistOk(loading: ConfigurationLoading): LoadedConfiguration {
  if (loading.kind === 'refused') throw new Error(loading.message);
  return loading;
}
