/**
 * The backend as the memory of when errant transactions were first seen (`orc_errant_gtid`). Times are kept in milliseconds.
 */
import type { ErrantSighting } from '../model/errant-sightings.ts';
import type { InstanceKey } from '../model/instance-key.ts';

export interface ErrantSightingOf extends ErrantSighting {
  readonly key: InstanceKey;
}

export interface ErrantSightingStore {
  /** All that is remembered of the server, in one transaction; without any, nothing is. No two may overlap. */
  replaceErrantSightings(key: InstanceKey, sightings: readonly ErrantSighting[]): Promise<void>;
  /** Of one server or of all; by host, port, UUID, tag, first transaction. */
  loadErrantSightings(key?: InstanceKey): Promise<readonly ErrantSightingOf[]>;
}
