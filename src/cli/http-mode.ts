/**
 * Service mode, `orchestrator http`: opens the node, the web service, then begins to work; ends in order when told to.
 */
import type { Settings } from '../config/settings.ts';
import type { OrchestratorNode } from '../service/compose-node.ts';
import type { Flags } from './flags.ts';
import type { HttpDoor } from './http-door.ts';
import type { ProgramLog } from './log.ts';
import type { StopSignal, Surroundings } from './surroundings.ts';

export interface HttpRequest {
  readonly flags: Flags;
  readonly settings: Settings;
  readonly listenAddressGiven: boolean;
  readonly log: ProgramLog;
  readonly surroundings: Surroundings;
}

/** What a shell reports of a process that a signal ended: 128 and the signal's number. */
const SIGNAL_STATUS = { SIGTERM: 143, SIGINT: 130 } as const;

/** Serves until told to stop; the exit status. */
export async function serveHttp(request: HttpRequest): Promise<number> {
  const { settings, log, surroundings } = request;
  if (settings.RaftEnabled) {
    log.fatal('raft is not available yet: remove "RaftEnabled": true from the configuration');
    return 1;
  }
  const stopped = stopSignal(log, surroundings);
  const opening = await openService(request);
  if (opening.kind === 'refused') {
    log.fatal(opening.message);
    return 1;
  }
  const { node } = opening;
  try {
    return await serveNode(node, stopped, request);
  } finally {
    await node.stop();
  }
}

function openService({ flags, settings, log, surroundings }: HttpRequest): ReturnType<Surroundings['openNode']> {
  return surroundings.openNode({
    settings,
    mode: 'service',
    command: '',
    version: surroundings.version().version,
    log,
    discovery: flags.discovery,
    grabElection: flags['grab-election'],
    noop: flags.noop,
    skipBinlogSearch: flags['skip-binlog-search'],
    skipUnresolve: flags['skip-unresolve'],
    skipUnresolveCheck: flags['skip-unresolve-check'],
    registers: true,
  });
}

/** Listens first: a second orchestrator started by mistake on the same port must not get to recover anything. */
async function serveNode(node: OrchestratorNode, stopped: Promise<StopSignal>, request: HttpRequest): Promise<number> {
  const { settings, log, surroundings, listenAddressGiven } = request;
  const opening = await surroundings.openHttpDoor({ calls: node.calls, settings, log, listenAddressGiven });
  if (opening.kind === 'refused') {
    log.fatal(opening.reason);
    return 1;
  }
  const { door } = opening;
  try {
    announce(door, log);
    await node.start();
    log.notice(`stopping, as told by ${await stopped}`);
    return 0;
  } finally {
    await door.close();
  }
}

function announce({ address, isLoopbackByDefault, agentsAddress }: HttpDoor, log: ProgramLog): void {
  const only = isLoopbackByDefault
    ? ', for this machine only: neither ListenAddress nor AuthenticationMethod is configured'
    : '';
  log.notice(`listening on ${address}${only}`);
  if (agentsAddress !== null) {
    log.notice(
      `listening to agents on ${agentsAddress}: they can set and ask for attributes of hosts, and no more yet`,
    );
  }
}

/** The first signal to stop; one more ends the process at once, for whoever does not want to wait for an orderly end. */
function stopSignal(log: ProgramLog, surroundings: Surroundings): Promise<StopSignal> {
  surroundings.onSignal('SIGHUP', () =>
    log.warning('SIGHUP is ignored: reading the configuration again is not available yet; restart instead'),
  );
  return new Promise((resolve) => {
    let signals = 0;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      surroundings.onSignal(signal, () => {
        signals += 1;
        if (signals > 1) surroundings.exit(SIGNAL_STATUS[signal]);
        resolve(signal);
      });
    }
  });
}
