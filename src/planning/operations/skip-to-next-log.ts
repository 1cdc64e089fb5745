/**
 * A binlog server goes on at the next binary log of its source, which has been brought to where the former source ended (spec/topology-operations.md 3.4, O15; 4.6).
 */
import { type BinlogCoordinates, isInEarlierFile, nextFile } from '../../model/binlog-coordinates.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { planned } from './draft-plan.ts';
import { notAReplica, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, refuse } from './operation-plan.ts';
import type { MoveRequest } from './operation-request.ts';
import { follow, inOrder, start, stop } from './steps.ts';

/** Where the first event of a binary log begins. */
const FIRST_POSITION = 4;

export function planSkipToNextLog(
  request: Extract<MoveRequest, { kind: 'skip-to-next-log' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const refusal = notAReplica(instance) ?? skipRefusal(instance, facts);
  if (refusal !== null || instance.sourceKey === null) return refusal ?? unknown(request.key);
  const following = nextFile(instance.selfCoordinates);
  if (following.kind === 'refused') return refuse('no-next-log', following.reason);
  const next: BinlogCoordinates = { ...following.coordinates, pos: FIRST_POSITION };
  // What it has is in its own binary logs, which it keeps.
  const source = instance.sourceKey;
  const relayLog = { kind: 'logged-by', server: source } as const;
  const key = instanceKeyText(instance.key);
  return planned(request, instance, facts, {
    method: 'file-position',
    because: `${instanceKeyText(source)} begins ${next.file} where its predecessor's logs ended`,
    lanes: [
      {
        server: instance.key,
        effect: `it goes on at ${next.file}`,
        steps: inOrder([
          stop(instance),
          follow({
            instance,
            source,
            at: { kind: 'place', place: { kind: 'known', coordinates: next } },
            relayLog,
            back: { at: { kind: 'place', place: { kind: 'known', coordinates: instance.selfCoordinates } }, relayLog },
          }),
          start(instance, source),
        ]),
      },
    ],
    audits: [
      { type: 'skip-binlog', key: instance.key, message: `replica ${key} skipped to next binlog: ${next.file}` },
    ],
  });
}

/** Only behind a source that has gone on to a later log: of a log that still grows everything to come would be passed over. */
function skipRefusal(instance: Instance, facts: OperationFacts): OperationRefusal | null {
  const key = instanceKeyText(instance.key);
  if (!instance.isBinlogServer) return refuse('no-binlog-server', `${key} is no binlog server`);
  const source = instance.sourceKey === null ? undefined : facts.topology.get(instance.sourceKey);
  if (source === undefined || facts.read(source.key) !== 'read') {
    return refuse('source-unknown', `it is not known which binary log the source of ${key} writes`);
  }
  if (isInEarlierFile(instance.selfCoordinates, source.selfCoordinates)) return null;
  const text = `${instanceKeyText(source.key)} writes ${source.selfCoordinates.file}, and ${key} has come to ${instance.selfCoordinates.file}: there is no next log`;
  return refuse('no-next-log', text);
}
