// The small HTTP control of a pretended fleet: who is there, and what becomes of them. Loopback only.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ControlledServer {
  readonly port: number;
  readonly cluster: number;
  readonly state: 'runs' | 'hangs' | 'dead';
  readonly source: number | null;
  readonly isWritable: boolean;
}

/** What the control may do. Each returns null when it is done, or why not. */
export interface ControlledFleet {
  servers(): readonly ControlledServer[];
  kill(port: number): string | null;
  hang(port: number): string | null;
  resume(port: number): string | null;
  revive(port: number): string | null;
  /** So many milliseconds for each transaction that it applies. */
  lag(port: number, applyMillis: number): string | null;
  /** No replica hears this server any more, though clients do. */
  cut(port: number): string | null;
  heal(port: number): string | null;
}

export const CONTROL_HELP = `GET  /servers            all servers as JSON
POST /kill/PORT          kill -9
POST /hang/PORT          SIGSTOP
POST /resume/PORT        SIGCONT
POST /revive/PORT        start what was killed
POST /lag/PORT/MILLIS    each transaction takes so long to apply
POST /cut/PORT           replicas do not hear it any more
POST /heal/PORT          they do again
`;

/** Resolves once it listens. */
export function serveControl(fleet: ControlledFleet, port: number): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((request, response) => answer(fleet, request, response));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve({ port: portOf(server), close: () => server.close() });
    });
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return address.port;
}

function answer(fleet: ControlledFleet, request: IncomingMessage, response: ServerResponse): void {
  const [, verb = '', port = '', amount = ''] = (request.url ?? '').split('/');
  const say = (status: number, text: string, type = 'text/plain'): void => {
    response.writeHead(status, { 'content-type': type });
    response.end(text);
  };
  if (request.method === 'GET' && verb === 'servers') {
    say(200, JSON.stringify(fleet.servers()), 'application/json');
    return;
  }
  const order = request.method === 'POST' ? orderOf(fleet, verb, Number(port), Number(amount)) : null;
  if (order === null) say(404, CONTROL_HELP);
  else {
    const refused = order();
    say(refused === null ? 200 : 409, `${refused ?? 'done'}\n`);
  }
}

/** Null: there is no such order, or its numbers are none. */
function orderOf(fleet: ControlledFleet, verb: string, port: number, amount: number): (() => string | null) | null {
  if (!Number.isInteger(port)) return null;
  switch (verb) {
    case 'kill':
    case 'hang':
    case 'resume':
    case 'revive':
    case 'cut':
    case 'heal':
      return () => fleet[verb](port);
    case 'lag':
      return Number.isFinite(amount) && amount >= 0 ? () => fleet.lag(port, amount) : null;
    default:
      return null;
  }
}
