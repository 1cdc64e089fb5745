/**
 * The web service as `orchestrator http` opens it. Imported only there: the server is most of what this program loads.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { demandsPassword } from '../http/access.ts';
import { buildApp } from '../http/app.ts';
import { listen } from '../http/listen.ts';
import type { Log } from '../ports/log.ts';
import type { OrchestratorCalls } from '../service/calls.ts';

export interface HttpDoorOptions {
  readonly calls: OrchestratorCalls;
  readonly settings: Settings;
  readonly log: Log;
  /** Somebody chose ListenAddress; else, and without a password, only this machine is served. */
  readonly listenAddressGiven: boolean;
}

export interface HttpDoor {
  /** For people: `http://127.0.0.1:3000`. */
  readonly address: string;
  /** Nobody chose an address or asks for a password, so the program serves this machine only. */
  readonly isLoopbackByDefault: boolean;
  /** Ends within a limit, although streams of events never end by themselves. */
  close(): Promise<void>;
}

export type OpenHttpDoorResult =
  | { readonly kind: 'ok'; readonly door: HttpDoor }
  /** One clear line. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Answers under way may end within this time; then their connections are cut. */
const CLOSING_MILLIS_MAX = 2000;

export async function openHttpDoor({
  calls,
  settings,
  log,
  listenAddressGiven,
}: HttpDoorOptions): Promise<OpenHttpDoorResult> {
  const webRoot = findWebRoot(import.meta.dirname);
  const app = await buildApp({ calls, settings, log, ...(webRoot === null ? {} : { webRoot }) });
  const close = async (): Promise<void> => {
    const cutting = setTimeout(() => app.server.closeAllConnections(), CLOSING_MILLIS_MAX);
    await app.close();
    clearTimeout(cutting);
  };
  const listening = await listen(app, settings, { listenAddressGiven });
  if (listening.kind === 'refused') {
    await close();
    return listening;
  }
  const isLoopbackByDefault = settings.ListenSocket === '' && !listenAddressGiven && !demandsPassword(settings);
  return { kind: 'ok', door: { address: listening.address, isLoopbackByDefault, close } };
}

/** The built pages lie beside the bundle, and in `dist` of a clone. Null: not built. */
function findWebRoot(folder: string): string | null {
  const candidates = [join(folder, 'web'), join(folder, '../../dist/web')];
  return candidates.find((candidate) => existsSync(join(candidate, 'index.html'))) ?? null;
}
