/** Everything that can refuse a planned switchover, looked at before anything is changed (spec/recovery.md 5, checks 3 to 7; I2). */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import {
  chooseSuccessor,
  LAG_IS_PUBLISHED_MILLIS,
  LIVE_READ_MILLIS,
  MAY_BE_STALE_LAG,
  type SwitchoverChoice,
} from './switchover.ts';

export interface TakeoverWish {
  readonly primary: Instance;
  readonly designated: InstanceKey | null;
  /** The successor may be chosen, and the old primary is to replicate afterwards. */
  readonly auto: boolean;
  readonly isDowntimed: (key: InstanceKey) => boolean;
}

export type LookBeforeTakeover =
  | {
      readonly kind: 'looked';
      readonly primary: Instance;
      readonly choice: SwitchoverChoice;
      /** For a primary that has none of its own; null: it has, or they are not to be had. */
      readonly credentials: ReplicationCredentials | null;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string };

const refused = (code: string, text: string): LookBeforeTakeover => ({ kind: 'refused', code, text });

/** Reads the primary and its replicas; changes nothing. Lag may be a thing of the past when it is read: who is refused for it is looked at once more. */
export async function lookBeforeTakeover(wish: TakeoverWish, ports: RecoveryPorts): Promise<LookBeforeTakeover> {
  const looked = await lookOnce(wish, ports);
  if (looked.kind === 'looked' || !MAY_BE_STALE_LAG.has(looked.code)) return looked;
  await ports.clock.sleep(LAG_IS_PUBLISHED_MILLIS);
  return lookOnce(wish, ports);
}

/** Everything is read anew before it is judged: polled facts are of different moments. */
async function lookOnce(wish: TakeoverWish, ports: RecoveryPorts): Promise<LookBeforeTakeover> {
  const { servers, known } = ports;
  const master = instanceKeyText(wish.primary.key);
  const keys = known.replicasOf(wish.primary.key).map((replica) => replica.key);
  const [seen, ...reads] = await Promise.all(
    [wish.primary.key, ...keys].map((key) => servers.observe(key, LIVE_READ_MILLIS)),
  );
  if (seen === undefined || seen.kind === 'failed') {
    const text = seen?.kind === 'failed' ? seen.failure.text : '';
    return refused('primary-unreachable', `GracefulMasterTakeover: cannot read the master: ${text}`);
  }
  const primary = seen.instance;
  if (primary.readOnly)
    return refused('primary-read-only', `GracefulMasterTakeover: the master ${master} is read-only`);
  const replicas = reads.flatMap((read) => (read.kind === 'observed' ? [read.instance] : []));
  const unreachable = keys.filter((_, index) => reads[index]?.kind === 'failed');
  const result = chooseSuccessor({ ...wish, primary, replicas, unreachable }, ports);
  if (result.kind === 'refused') return result;
  const { choice } = result;
  const credentials = primary.hasReplicationCredentials
    ? null
    : await servers.replicationCredentials(choice.successor.key);
  if (wish.auto && credentials === null && !primary.hasReplicationCredentials) {
    // I4: the old primary is to follow the new one; without an account it could not, and that is better known before the switch.
    const text = `GracefulMasterTakeover: no replication credentials for ${master} could be read from ${instanceKeyText(choice.successor.key)}; set ReplicationCredentialsQuery. Aborting`;
    return refused('no-credentials', text);
  }
  return { kind: 'looked', primary, choice, credentials };
}
