/**
 * Opens a node in the real world: the only place that knows the concrete classes behind the ports.
 */
import { randomBytes } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import type { Settings } from '../config/settings.ts';
import { nodesOverHttp } from '../coordination/nodes-over-http.ts';
import { demandsPassword } from '../http/access.ts';
import { dialServer } from '../mysql/server-connection.ts';
import { hooksIn } from '../recovery/hook-script.ts';
import { composeNode, type NodeOptions, type OrchestratorNode } from './compose-node.ts';
import { openBackend } from './open-backend.ts';
import { systemClock } from './system-clock.ts';
import { systemNameService } from './system-name-service.ts';
import { tlsFiles } from './tls-files.ts';

export type OpenNodeResult =
  | { readonly kind: 'ok'; readonly node: OrchestratorNode }
  /** One clear line. */
  | { readonly kind: 'refused'; readonly message: string };

/** All nodes have one configuration, and with it one account. Null: no password is asked for. */
const accountOf = (settings: Settings) =>
  demandsPassword(settings) ? { user: settings.HTTPAuthUser, password: settings.HTTPAuthPassword } : null;

export async function openNode(options: NodeOptions): Promise<OpenNodeResult> {
  const { settings } = options;
  const opened = await openBackend(settings, options.version);
  if (opened.kind === 'refused') return { kind: 'refused', message: opened.reason };
  const node = await composeNode(options, {
    backend: opened.backend,
    clock: systemClock,
    dial: dialServer,
    nameService: systemNameService,
    tlsFiles: tlsFiles(),
    otherNodes: (ownId) =>
      nodesOverHttp({
        ownId,
        urls: () => settings.FailureAnalysisPeers,
        ownUrl: () => settings.HTTPAdvertise,
        credentials: () => accountOf(settings),
      }),
    startHook: hooksIn(() => ({
      shell: settings.ProcessesShellCommand,
      environment: process.env,
      tmpDir: tmpdir(),
    })),
    hostname: hostname(),
    random: Math.random,
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  });
  return { kind: 'ok', node };
}
