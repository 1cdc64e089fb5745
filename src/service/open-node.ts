/**
 * Opens a node: the only place that knows the concrete classes behind the ports.
 */
import type { Settings } from '../config/settings.ts';
import type { Log } from '../ports/log.ts';
import type { OrchestratorCalls } from './calls.ts';

export interface NodeOptions {
  readonly settings: Settings;
  /** `service`: polls, analyses, recovers. `command`: loads the picture from the backend and waits to be asked. */
  readonly mode: 'service' | 'command';
  /** The command's name, for `node_health`; '' in a service. */
  readonly command: string;
  readonly version: string;
  readonly log: Log;
  /** `--discovery=false`: the service answers, and looks at nothing. */
  readonly discovery: boolean;
  readonly grabElection: boolean;
  /** `--noop`: hooks are skipped and commands that change a server are refused. */
  readonly noop: boolean;
}

export interface OrchestratorNode {
  readonly calls: OrchestratorCalls;
  /** Begins to poll, analyse and recover (service mode only). */
  start(): Promise<void>;
  /** Ends timers and connections, writes what is queued, closes the backend. Running recoveries are awaited up to a limit. */
  stop(): Promise<void>;
}

export type OpenNodeResult =
  | { readonly kind: 'ok'; readonly node: OrchestratorNode }
  /** One clear line. */
  | { readonly kind: 'refused'; readonly message: string };

export async function openNode(_options: NodeOptions): Promise<OpenNodeResult> {
  return { kind: 'refused', message: 'not built yet' };
}
