/**
 * K12: the process died when one of the servers below a dead primary's binlog servers had been made the primary, or was about to be, and had not brought them along. Its log goes on with the file that the
 * journal names: whoever has come furthest goes on there, and the others through that one.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, sameKey } from '../model/instance-key.ts';
import { gather, goOn } from '../planning/binlog-server-steps.ts';
import { NOTHING_PREDICTED } from '../planning/plan.ts';
import { LOOK_MILLIS, tell } from './cut-recovery-looks.ts';
import type { JournaledWork } from './journaled-work.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** Those that follow somebody else by now, or do not answer, stay as they are. */
export async function finishBinlogServers(
  run: RecoveryRun,
  { continued, moved }: JournaledWork,
  failed: Instance | undefined,
  successor: InstanceKey,
): Promise<void> {
  if (continued === null || failed === undefined || !sameKey(continued.source, successor)) return;
  const { servers } = run.ports;
  const look = async (key: InstanceKey): Promise<readonly Instance[]> => {
    const seen = await servers.observe(key, LOOK_MILLIS);
    return seen.kind === 'observed' ? [seen.instance] : [];
  };
  const [leader] = await look(continued.server);
  if (leader === undefined) return;
  const keys = run.ports.known.replicasOf(failed.key).filter(({ isBinlogServer }) => isBinlogServer);
  const rest = (await Promise.all(keys.map(({ key }) => look(key)))).flat();
  const left = rest.filter(({ key, sourceKey }) => sameKey(sourceKey, failed.key) && !sameKey(key, leader.key));
  const steps = left.flatMap((server) => gather(server, { failed, leader }));
  if (sameKey(leader.sourceKey, failed.key)) {
    steps.push(goOn({ leader, chosen: { key: successor }, next: continued.next, failed }, []));
  }
  if (steps.length > 0) {
    const { clusterName } = run.record.digest;
    const intent = { kind: 'relocate', below: successor } as const;
    const { results } = await (await run.run({ intent, clusterName, steps, prediction: NOTHING_PREDICTED })).ended;
    for (const { id } of steps) {
      const result = results.get(id);
      if (result?.kind === 'failed') run.fail(`${id}: ${result.reason}`);
    }
  }
  // Caught while it stood still on its way from the one that had come furthest.
  const gathered = moved.filter(({ source }) => sameKey(source, leader.key)).map(({ replica }) => replica);
  for (const server of (await Promise.all(gathered.map(look))).flat()) {
    if (!sameKey(server.sourceKey, leader.key) || server.receiverState !== 'stopped') continue;
    const refused = await tell(run, server.key, [{ kind: 'start-replication' }]);
    if (refused !== null) run.fail(refused);
  }
}
