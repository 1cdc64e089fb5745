/**
 * The web service as `orchestrator http` opens it. Imported only there: the server is most of what this program loads.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.ts';
import { demandsPassword } from '../http/access.ts';
import { buildAgentsApp } from '../http/agents/agents-app.ts';
import { buildApp } from '../http/app.ts';
import { listen, listenForAgents } from '../http/listen.ts';
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
  /** Where agents are heard; null when they are not served. */
  readonly agentsAddress: string | null;
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
  const agents = hearsAgents(settings, log) ? buildAgentsApp({ calls, prefix: settings.URLPrefix, log }) : null;
  const close = async (): Promise<void> => {
    await Promise.all([app, ...(agents === null ? [] : [agents])].map(closeWithin));
  };
  const listening = await listen(app, settings, { listenAddressGiven });
  if (listening.kind === 'refused') {
    await close();
    return listening;
  }
  const hearing = agents === null ? null : await listenForAgents(agents, settings);
  if (hearing?.kind === 'refused') {
    await close();
    return hearing;
  }
  const isLoopbackByDefault = settings.ListenSocket === '' && !listenAddressGiven && !demandsPassword(settings);
  return {
    kind: 'ok',
    door: { address: listening.address, isLoopbackByDefault, agentsAddress: hearing?.address ?? null, close },
  };
}

async function closeWithin(app: FastifyInstance): Promise<void> {
  const cutting = setTimeout(() => app.server.closeAllConnections(), CLOSING_MILLIS_MAX);
  await app.close();
  clearTimeout(cutting);
}

/** In the clear although somebody wants it encrypted would be worse than not at all; but failovers do not wait for agents. */
function hearsAgents(settings: Settings, log: Log): boolean {
  if (!settings.ServeAgentsHttp) return false;
  const missing = (['AgentsUseSSL', 'AgentsUseMutualTLS'] as const).find((key) => settings[key]);
  if (missing !== undefined) log.error(`agents are not heard: ${missing} is not available yet`);
  return missing === undefined;
}

/** The built pages lie beside the bundle, and in `dist` of a clone. Null: not built. */
function findWebRoot(folder: string): string | null {
  const candidates = [join(folder, 'web'), join(folder, '../../dist/web')];
  return candidates.find((candidate) => existsSync(join(candidate, 'index.html'))) ?? null;
}
