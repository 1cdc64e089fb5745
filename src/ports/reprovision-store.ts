/**
 * The backend as the memory of servers that are being provisioned anew (`orc_reprovision`): written before their data are touched, deleted once they have joined their
 * cluster again. A clone goes on in the server when the process dies that has begun it; whoever asks for it again finds here what was begun.
 */
import type { InstanceKey } from '../model/instance-key.ts';
import type { ReprovisionRecord } from '../model/reprovision-record.ts';

/** Times are kept in milliseconds. */
export interface ReprovisionStore {
  /** One row a server; a later one overrides. */
  saveReprovision(record: ReprovisionRecord): Promise<void>;
  /** False: there was none. */
  deleteReprovision(key: InstanceKey): Promise<boolean>;
  /** By host, port. */
  loadReprovisions(): Promise<readonly ReprovisionRecord[]>;
}
