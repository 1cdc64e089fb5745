/** One link a server, made on first use. */
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import { type LinkOptions, ServerLink } from '../mysql/server-link.ts';

export class ServerLinks {
  readonly #options: LinkOptions;
  readonly #links = new Map<KeyId, ServerLink>();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get(key: InstanceKey): ServerLink {
    const known = this.#links.get(keyId(key));
    if (known !== undefined) return known;
    const link = new ServerLink(key, this.#options);
    this.#links.set(keyId(key), link);
    return link;
  }

  close(key: InstanceKey): void {
    this.#links.get(keyId(key))?.close();
    this.#links.delete(keyId(key));
  }

  closeAll(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }
}
