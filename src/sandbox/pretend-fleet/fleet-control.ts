// The small HTTP control of a pretended fleet: who is there, and what becomes of them. Loopback only.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fleetHost } from './cluster-servers.ts';
import { type ControlledFleet, orderOf } from './fleet-order.ts';

export const controlHelp = `GET  /servers            all servers as JSON
GET  /servers/CLUSTER    those of one cluster (1, 2, …)
POST /kill/PORT          kill -9
POST /hang/PORT          SIGSTOP
POST /resume/PORT        SIGCONT
POST /revive/PORT        start what was killed
POST /lag/PORT/MILLIS    each transaction takes so long to apply
POST /cut/PORT           replicas do not hear it any more
POST /heal/PORT          they do again
`;

export interface FleetControl {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly url: string;
  close(): void;
}

/** Resolves once it listens; `port` 0 takes a free one. Rejects when the port is taken. */
export function serveControl(fleet: ControlledFleet, port: number): Promise<FleetControl> {
  const server = createServer((request, response) => {
    answer(fleet, request, response).catch((error: unknown) => say(response, 500, `${String(error)}\n`));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, fleetHost, () => {
      resolve({
        url: `http://${fleetHost}:${portOf(server)}`,
        close() {
          server.close();
          // A browser that keeps its connection open would keep the whole program from ending.
          server.closeAllConnections();
        },
      });
    });
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return address.port;
}

async function answer(fleet: ControlledFleet, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, verb = '', port = '', amount = ''] = (request.url ?? '').split('/');
  if (request.method === 'GET' && verb === 'servers') {
    say(
      response,
      200,
      `${JSON.stringify(await (port === '' ? fleet.servers() : fleet.serversOf(Number(port))))}\n`,
      'application/json',
    );
    return;
  }
  // An empty text would be the number 0.
  const isComplete = request.method === 'POST' && port !== '' && (verb !== 'lag' || amount !== '');
  const order = isComplete ? orderOf(verb, Number(port), Number(amount)) : null;
  if (order === null) {
    say(response, 404, controlHelp);
    return;
  }
  const refused = await fleet.order(order);
  say(response, refused === null ? 200 : 409, `${refused ?? 'done'}\n`);
}

function say(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
}
