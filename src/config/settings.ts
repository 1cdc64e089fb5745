/** All configuration keys in one table, and the type of the settings object that follows from it. */
import type { KeyDeclaration, KeyValues, SettingValue } from './key-declaration.ts';
import { agentsKeys } from './keys/agents.ts';
import { auditKeys } from './keys/audit.ts';
import { authenticationKeys } from './keys/authentication.ts';
import { backendDatabaseKeys } from './keys/backend-database.ts';
import { classificationKeys } from './keys/classification.ts';
import { discoveryKeys } from './keys/discovery.ts';
import { failureDetectionKeys } from './keys/failure-detection.ts';
import { graphiteKeys } from './keys/graphite.ts';
import { hooksKeys } from './keys/hooks.ts';
import { hostnameResolvingKeys } from './keys/hostname-resolving.ts';
import { keyValueStoresKeys } from './keys/key-value-stores.ts';
import { ownKeys } from './keys/own.ts';
import { promotionKeys } from './keys/promotion.ts';
import { pseudoGtidKeys } from './keys/pseudo-gtid.ts';
import { raftKeys } from './keys/raft.ts';
import { recoveryKeys } from './keys/recovery.ts';
import { replicationOperationsKeys } from './keys/replication-operations.ts';
import { serviceHttpKeys } from './keys/service-http.ts';
import { topologyConnectionsKeys } from './keys/topology-connections.ts';
import { webTlsKeys } from './keys/web-tls.ts';

/** The groups of the specification (section 2), in its order; documentation and tests walk them. */
export const KEY_GROUPS = {
  'service-http': serviceHttpKeys,
  authentication: authenticationKeys,
  'web-tls': webTlsKeys,
  'backend-database': backendDatabaseKeys,
  'topology-connections': topologyConnectionsKeys,
  discovery: discoveryKeys,
  'replication-operations': replicationOperationsKeys,
  'hostname-resolving': hostnameResolvingKeys,
  classification: classificationKeys,
  'pseudo-gtid': pseudoGtidKeys,
  'failure-detection': failureDetectionKeys,
  recovery: recoveryKeys,
  promotion: promotionKeys,
  hooks: hooksKeys,
  'key-value-stores': keyValueStoresKeys,
  raft: raftKeys,
  agents: agentsKeys,
  graphite: graphiteKeys,
  audit: auditKeys,
} as const;

export const KEYS = {
  ...serviceHttpKeys,
  ...authenticationKeys,
  ...webTlsKeys,
  ...backendDatabaseKeys,
  ...topologyConnectionsKeys,
  ...discoveryKeys,
  ...replicationOperationsKeys,
  ...hostnameResolvingKeys,
  ...classificationKeys,
  ...pseudoGtidKeys,
  ...failureDetectionKeys,
  ...recoveryKeys,
  ...promotionKeys,
  ...hooksKeys,
  ...keyValueStoresKeys,
  ...raftKeys,
  ...agentsKeys,
  ...graphiteKeys,
  ...auditKeys,
  ...ownKeys,
};

export type KeyName = keyof typeof KEYS;

/** One value for every key, after the adjustments of spec 1.6. Frozen; a reload makes a new object. */
export type Settings = { readonly [K in KeyName]: KeyValues[(typeof KEYS)[K]['type']] };

/** Settings while they are being derived; never leaves this folder. */
export type MutableSettings = { -readonly [K in KeyName]: Settings[K] };

export const KEY_NAMES: readonly KeyName[] = Object.keys(KEYS) as KeyName[];

export function declarationOf(name: KeyName): KeyDeclaration {
  return KEYS[name];
}

/** Builds settings by asking `choose` for every key. The value must be of the key's declared type. */
export function settingsFrom(choose: (name: KeyName) => SettingValue): MutableSettings {
  return Object.fromEntries(KEY_NAMES.map((name) => [name, choose(name)])) as MutableSettings;
}
