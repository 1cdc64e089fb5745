/** Moves of binlog servers, by GTID and by pseudo-GTID (spec/http-api.md 2.3). */
import { coordinatesText } from '../../model/binlog-coordinates.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { commonSourceOf, placeFoundFor } from '../../service/operation-figures.ts';
import {
  type Done,
  errorsText,
  movedCount,
  onServer,
  onTwoServers,
  operation,
  withInstance,
  withKey,
} from './operation.ts';
import { regrouped } from './regroup.ts';

export const regroupBinlogServers = operation(
  onServer((key) => ({ kind: 'regroup-replicas', key, method: 'binlog-servers' })),
  regrouped('binlog-servers'),
);

export const moveBelowByGtid = operation(
  onTwoServers((key, below) => ({ kind: 'move-below-gtid', key, below })),
  withInstance(({ server, other }) => `Instance ${server} moved below ${instanceKeyText(other)} via GTID`),
);

export const moveReplicasByGtid = operation(
  onTwoServers((key, below, pattern) => ({ kind: 'move-replicas-gtid', key, below, pattern })),
  (done) =>
    withKey(
      `Moved ${movedCount(done)} replicas of ${done.server} below ${instanceKeyText(done.other)} via GTID; ${errorsText(done)}`,
      done.other,
    ),
);

export const regroupByGtid = operation(
  onServer((key) => ({ kind: 'regroup-replicas', key, method: 'gtid' })),
  regrouped('gtid'),
);

/** `file:pos` in the new source's binary logs; '' for a server that had not to be matched. */
function placeText({ report, key }: Done): string {
  const place = placeFoundFor(report, key);
  return place === null ? '' : coordinatesText(place);
}

export const match = operation(
  onTwoServers((key, below) => ({ kind: 'match-below', key, below })),
  withInstance((done) => `Instance ${done.server} matched below ${instanceKeyText(done.other)} at ${placeText(done)}`),
);

export const matchUp = operation(
  onServer((key) => ({ kind: 'match-up', key })),
  withInstance((done) => `Instance ${done.server} matched up at ${placeText(done)}`),
);

const matchedText = (verb: string, done: Done, source: InstanceKey | null): string =>
  `${verb} ${movedCount(done)} replicas of ${done.server} below ${source === null ? '' : instanceKeyText(source)}; ${errorsText(done)}`;

export const matchReplicas = operation(
  onTwoServers((key, below, pattern) => ({ kind: 'match-replicas', key, below, pattern })),
  (done) => withKey(matchedText('Matched', done, done.other), done.other),
);

export const matchUpReplicas = operation(
  onServer((key, pattern) => ({ kind: 'match-up-replicas', key, pattern })),
  (done) => {
    const source = commonSourceOf(done.report) ?? done.calls.instance(done.key)?.instance.sourceKey ?? null;
    return withKey(matchedText('Matched up', done, source), source);
  },
);

export const regroupByPseudoGtid = operation(
  onServer((key) => ({ kind: 'regroup-replicas', key, method: 'pseudo-gtid' })),
  regrouped('pseudo-gtid'),
);

export const makePrimary = operation(
  onServer((key) => ({ kind: 'make-master', key })),
  withInstance(({ server }) => `Instance ${server} now made master`),
);

export const makeLocalPrimary = operation(
  onServer((key) => ({ kind: 'make-local-master', key })),
  withInstance(({ server }) => `Instance ${server} now made local master`),
);
