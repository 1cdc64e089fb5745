/**
 * `GET {prefix}/api/v2/instances/{host}/{port}/reprovision`: how far a server is that is being provisioned anew, as the server itself tells now. `?format=text`: for people.
 * To have it done: `POST {prefix}/api/v2/operations` with the kind `reprovision`.
 */
import type { FastifyInstance } from 'fastify';
import { type CloneRun, copiedOf } from '../../model/clone-run.ts';
import type { ReprovisionRecord } from '../../model/reprovision-record.ts';
import type { OrchestratorCalls, ReprovisionStatus } from '../../service/calls.ts';
import { reprovisionLines } from '../../service/reprovision-text.ts';
import type { JsonObject } from '../v1/json/json.ts';
import { keyJson } from './key-json.ts';
import { registerServerReport } from './server-report.ts';

export function registerReprovision(app: FastifyInstance, calls: OrchestratorCalls, prefix: string): void {
  registerServerReport(app, calls, prefix, {
    name: 'reprovision',
    read: (key) => calls.reprovisionStatus(key),
    refused: 404,
    json: statusJson,
    lines: reprovisionLines,
  });
}

const statusJson = ({ key, record, progress, clone, untold }: ReprovisionStatus): JsonObject => ({
  server: keyJson(key),
  begun: record === null ? null : recordJson(record),
  progress,
  clone: clone === null ? null : cloneJson(clone),
  untold: untold === '' ? null : untold,
});

const recordJson = ({ donor, primary, method, phase, discarded, at }: ReprovisionRecord): JsonObject => ({
  donor: keyJson(donor),
  primary: keyJson(primary),
  method,
  phase,
  discarded: discarded === '' ? null : discarded,
  since: new Date(at).toISOString(),
});

function cloneJson({ state, donor, beganAt, errorNumber, errorText, stages }: CloneRun): JsonObject {
  const { copied, estimated, percent } = copiedOf(stages);
  return {
    state,
    donor,
    beganAt,
    stage: stages.at(-1)?.name ?? null,
    percent,
    copiedBytes: copied,
    estimatedBytes: estimated,
    error: errorNumber === 0 ? null : { number: errorNumber, message: errorText },
    stages: stages.map((stage) => ({ ...stage })),
  };
}
