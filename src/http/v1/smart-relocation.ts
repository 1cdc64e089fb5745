/** Moves by whatever method fits (spec/http-api.md 2.1). */
import { instanceKeyText } from '../../model/instance-key.ts';
import { okAnswer } from '../answer.ts';
import { errorsText, movedCount, movedDetails, onServer, onTwoServers, operation, withInstance } from './operation.ts';
import { regrouped } from './regroup.ts';
import { loggedMessage } from './targets.ts';

export const relocate = operation(
  onTwoServers((key, below) => ({ kind: 'relocate', key, below })),
  withInstance(({ server, other }) => `Instance ${server} relocated below ${instanceKeyText(other)}`),
  { failure: loggedMessage },
);

export const relocateReplicas = operation(
  onTwoServers((key, below, pattern) => ({ kind: 'relocate-replicas', key, below, pattern })),
  (done) =>
    okAnswer(
      `Relocated ${movedCount(done)} replicas of ${done.server} below ${instanceKeyText(done.other)}; ${errorsText(done)}`,
      movedDetails(done),
    ),
);

export const regroupReplicas = operation(
  onServer((key) => ({ kind: 'regroup-replicas', key, method: 'any' })),
  regrouped('pseudo-gtid'),
);
