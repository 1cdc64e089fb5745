// Our own program as a child process with a configuration of its own, as a user runs it: started, asked over HTTP, stopped.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OrchestratorApi } from './orchestrator-api.ts';
import { startProcess, waitUntilReady } from './server-process.ts';

const launcher = join(import.meta.dirname, '../../bin/orchestrator');

/** How long it may take to end in order before it is killed. */
const stopDeadlineMillis = 10_000;

export interface OrchestratorOptions {
  /** An existing folder for configuration, log and backend database; the caller removes it. */
  readonly folder: string;
  /** Free port on 127.0.0.1 for the web service. */
  readonly port: number;
  /** Keys of the configuration file, beyond where to listen and the SQLite backend. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Flags before `http`. */
  readonly flags?: readonly string[];
  /** A command that runs the program, e.g. `taskset --cpu-list 0`. Default: none. */
  readonly enter?: readonly string[];
}

export interface OrchestratorProcess {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  readonly configurationFile: string;
  readonly api: OrchestratorApi;
  isRunning(): boolean;
  /** Ends it in order, by force when that takes too long. May be called twice. */
  stop(patienceMillis?: number): Promise<void>;
}

/** Starts it and waits until its web service answers. Throws with the end of its log when it does not. */
export async function startOrchestrator(options: OrchestratorOptions): Promise<OrchestratorProcess> {
  const { folder, port, configuration, flags = [], enter = [] } = options;
  const configurationFile = join(folder, 'orchestrator.conf.json');
  const logFile = join(folder, 'orchestrator.log');
  const keys = {
    ListenAddress: `127.0.0.1:${port}`,
    BackendDB: 'sqlite',
    SQLite3DataFile: join(folder, 'orchestrator.sqlite3'),
    ...configuration,
  };
  // It holds passwords.
  writeFileSync(configurationFile, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  const url = `http://127.0.0.1:${port}`;
  const api = new OrchestratorApi(url);
  const started = startProcess(
    [...enter, launcher, `--config=${configurationFile}`, '--verbose', ...flags, 'http'],
    folder,
    logFile,
  );
  await waitUntilReady(started, logFile, () => api.isServing());
  return {
    url,
    pid: started.pid,
    logFile,
    configurationFile,
    api,
    isRunning: started.isRunning,
    async stop(patienceMillis = stopDeadlineMillis) {
      started.kill('SIGTERM');
      const patience = new AbortController();
      await Promise.race([started.exited, pause(patienceMillis, undefined, { signal: patience.signal })]);
      patience.abort();
      started.kill('SIGKILL');
      await started.exited;
    },
  };
}
