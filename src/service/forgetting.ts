/**
 * Servers that nobody wants to know of any more: by order, because they have not been seen for long, or because they are known under another name
 * (spec/discovery.md 20).
 */
import type { Discovery } from '../discovery/discovery.ts';
import type { HostnameResolver } from '../discovery/hostname-resolver.ts';
import type { Picture } from '../discovery/picture.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { Clock } from '../ports/clock.ts';
import type { AuditStore } from '../ports/decision-store.ts';
import type { ObservationStore } from '../ports/observation-store.ts';
import type { NodeEvent } from './events.ts';

export interface ForgettingOptions {
  readonly discovery: Pick<Discovery, 'forget'>;
  readonly picture: Picture;
  readonly resolver: Pick<HostnameResolver, 'known'>;
  readonly store: Pick<ObservationStore, 'forget'> & AuditStore;
  readonly clock: Clock;
  readonly emit: (event: NodeEvent) => void;
  readonly unseenMillis: () => number;
}

export class Forgetting {
  readonly #options: ForgettingOptions;

  constructor(options: ForgettingOptions) {
    this.#options = options;
  }

  /** False: nobody knew it. */
  async forget(key: InstanceKey): Promise<boolean> {
    const { discovery, picture, store, clock, emit } = this.#options;
    const existed = picture.topology.has(key);
    discovery.forget(key);
    const deleted = await store.forget(key);
    if (existed || deleted) emit({ kind: 'instance-forgotten', at: clock.now(), key });
    return existed || deleted;
  }

  /** What time has made worthless; each is audited. */
  async forgetOld(): Promise<void> {
    const { picture, resolver, clock, unseenMillis } = this.#options;
    const unseenSince = clock.now() - unseenMillis();
    for (const instance of [...picture.topology.all()]) {
      const { key, lastSeen } = instance;
      // Whoever answered its last check is there, whatever the clock says: it may have jumped by a year.
      if (isLastCheckValid(instance)) continue;
      // One that was never seen at all is somebody's wish (a seed), and stays.
      if (lastSeen !== null && lastSeen < unseenSince) await this.#forgetAs('forget-unseen', instance, '');
      else if (resolver.known(key.hostname) !== key.hostname) {
        const other = `${resolver.known(key.hostname)}:${key.port}`;
        await this.#forgetAs('forget-unseen-differently-resolved', instance, `known as ${other}`);
      }
    }
  }

  async #forgetAs(type: string, { key, clusterName }: Instance, why: string): Promise<void> {
    const { store, clock } = this.#options;
    await this.forget(key);
    const message = why === '' ? instanceKeyText(key) : `${instanceKeyText(key)}: ${why}`;
    await store.appendAudit({ at: clock.now(), type, key, clusterName, message });
  }
}
