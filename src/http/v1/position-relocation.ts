/** Moves by file and position (spec/http-api.md 2.2). */
import { instanceKeyText } from '../../model/instance-key.ts';
import { commonSourceOf } from '../../service/operation-figures.ts';
import { errorAnswer, okAnswer } from '../answer.ts';
import { coordinatesJson, keyJson } from './json/scalars.ts';
import {
  type Done,
  errorsText,
  movedCount,
  movedDetails,
  onServer,
  onTwoServers,
  operation,
  withErrors,
  withInstance,
} from './operation.ts';
import { requiredInteger } from './parameters.ts';
import type { Handler } from './request.ts';
import { instanceTarget } from './targets.ts';

export const moveUp = operation(
  onServer((key) => ({ kind: 'move-up', key })),
  withInstance(({ server }) => `Instance ${server} moved up`),
);

/** With no replica to move the new source is the one that they would have got. */
function newSourceText({ report, calls, key }: Done): string {
  const source = commonSourceOf(report) ?? calls.instance(key)?.instance.sourceKey ?? null;
  return source === null ? '' : instanceKeyText(source);
}

export const moveUpReplicas = operation(
  onServer((key, pattern) => ({ kind: 'move-up-replicas', key, pattern })),
  (done) =>
    okAnswer(
      `Moved up ${movedCount(done)} replicas of ${done.server} below ${newSourceText(done)}; ${errorsText(done)}`,
      movedDetails(done),
    ),
  { partlyIsDone: true },
);

export const moveBelow = operation(
  onTwoServers((key, below) => ({ kind: 'move-below', key, below }), 'sibling'),
  withInstance(({ server, other }) => `Instance ${server} moved below ${instanceKeyText(other)}`),
);

export const moveEquivalent = operation(
  onTwoServers((key, below) => ({ kind: 'move-equivalent', key, below })),
  withInstance(
    ({ server, other }) => `Instance ${server} relocated via equivalence coordinates below ${instanceKeyText(other)}`,
  ),
);

export const repoint = operation(
  onTwoServers((key, below) => ({ kind: 'repoint', key, below })),
  withInstance(({ server, other }) => `Instance ${server} repointed below ${instanceKeyText(other)}`),
);

export const repointReplicas = operation(
  onServer((key, pattern) => ({ kind: 'repoint-replicas', key, below: null, pattern })),
  (done) => okAnswer(withErrors(`Repointed ${movedCount(done)} replicas of ${done.server}`, done), movedDetails(done)),
  { partlyIsDone: true },
);

export const makeCoPrimary = operation(
  onServer((key) => ({ kind: 'make-co-master', key })),
  withInstance(({ server }) => `Instance made co-master: ${server}`),
);

export const takeSiblings = operation(
  onServer((key) => ({ kind: 'take-siblings', key })),
  withInstance((done) => `Took ${movedCount(done)} siblings of ${done.server}`),
);

export const takePrimary = operation(
  onServer((key) => ({ kind: 'take-master', key })),
  withInstance(({ server }) => `${server} took its master`),
);

/** Places on other servers that former moves have shown to be the same. */
export const equivalents: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const text = request.param('logPos');
  const pos = requiredInteger(text);
  if (pos.kind === 'refused') return errorAnswer(`Invalid logPos: ${text}`);
  const coordinates = { file: request.param('logFile'), pos: pos.value, type: 'binary' } as const;
  const found = await calls.equivalentsOf(target.value, coordinates);
  const details = found.map((one) => ({ Key: keyJson(one.source), Coordinates: coordinatesJson(one.coordinates) }));
  return okAnswer(`Found ${found.length} equivalent coordinates`, details.length === 0 ? null : details);
};
