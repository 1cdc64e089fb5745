/**
 * `GET {prefix}/api/v2/instances/{host}/{port}/errant-gtid`: the errant transactions of a server as it is read now, when each was first seen, and what each way out
 * of them would do. `?format=text`: for people.
 */
import type { FastifyInstance } from 'fastify';
import type { ErrantReport, OrchestratorCalls } from '../../service/calls.ts';
import { errantLines } from '../../service/errant-text.ts';
import type { JsonObject } from '../v1/json/json.ts';
import { keyJson } from './key-json.ts';
import { registerServerReport } from './server-report.ts';

export function registerErrantGtid(app: FastifyInstance, calls: OrchestratorCalls, prefix: string): void {
  registerServerReport(app, calls, prefix, {
    name: 'errant-gtid',
    read: (key) => calls.errantGtid(key),
    refused: 409,
    json: errantJson,
    lines: errantLines,
  });
}

const errantJson = ({ key, gtidErrant, untold, transactions, ranges, purged, waysOut }: ErrantReport): JsonObject => ({
  server: keyJson(key),
  gtidErrant,
  untold: untold === '' ? null : untold,
  transactions,
  ranges: ranges.map(({ gtid, firstSeen }) => ({
    gtid,
    firstSeen: firstSeen === null ? null : new Date(firstSeen).toISOString(),
  })),
  purged,
  waysOut: waysOut.map(({ kind, refusal, effects }) => ({
    kind,
    refusal: refusal === '' ? null : refusal,
    effects,
  })),
});
