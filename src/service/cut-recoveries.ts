/**
 * At the start of a service: recoveries that a former process left unfinished are finished or reported before anything else is recovered in
 * their clusters.
 */
import type { Discovery } from '../discovery/discovery.ts';
import type { Picture } from '../discovery/picture.ts';
import { millis } from '../model/brand.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { RecoveryRecord } from '../model/recovery-record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { finishCutRecovery } from '../recovery/cut-recovery.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';

export interface CutRecoveriesOptions {
  readonly ports: RecoveryPorts;
  readonly recoveries: Recoveries;
  readonly discovery: Discovery;
  readonly picture: Picture;
  readonly clock: Clock;
  readonly log: Log;
  readonly isStopping: () => boolean;
}

/** Leadership is gained within seconds of the start; this is how often to look. */
const LEADER_LOOK_MILLIS = millis(100);

/** Returns as soon as the clusters of cut recoveries are held, so that nothing new begins in them; the work goes on. */
export async function takeUpCutRecoveries(options: CutRecoveriesOptions): Promise<void> {
  const { ports, log } = options;
  const cut = (await ports.store.unfinishedRecoveries()).filter((record) => record.node.token !== ports.identity.token);
  void finishAll(cut, options).catch((error: unknown) => log.error(`taking up cut recoveries: ${String(error)}`));
}

async function finishAll(cut: readonly RecoveryRecord[], options: CutRecoveriesOptions): Promise<void> {
  const { recoveries, log } = options;
  await Promise.all(
    cut.map(async (record) => {
      log.warning(`recovery ${record.uid} of ${instanceKeyText(record.digest.key)} was cut; taking it up`);
      const { clusterName } = record.digest;
      const end = await recoveries.alone(clusterName, 'finishing a recovery that was cut', () =>
        takeUp(record, options),
      );
      if (end === null) log.error(`recovery ${record.uid} was cut, and its cluster ${clusterName} is busy`);
    }),
  );
}

async function takeUp(record: RecoveryRecord, options: CutRecoveriesOptions): Promise<void> {
  const { ports, discovery, picture, clock, log } = options;
  while (!ports.mayAct()) {
    if (options.isStopping()) return;
    await clock.sleep(LEADER_LOOK_MILLIS);
  }
  const members = picture.topology.cluster(record.digest.clusterName);
  await Promise.all(members.map((instance) => discovery.readAfresh(instance.key)));
  const end = await finishCutRecovery(record, ports);
  const result = end.kind === 'finished' ? `finished: ${instanceKeyText(end.successor)}` : `given up: ${end.reason}`;
  log.warning(`recovery ${record.uid}: ${result}`);
}
