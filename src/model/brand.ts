/**
 * Brands: values of one primitive type that must not be mixed. A brand exists for the type checker only.
 */
declare const brand: unique symbol;

export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };

/** `server_uuid` of a MySQL server; '' where the server has none (MariaDB) or it is not known. */
export type ServerUuid = Brand<string, 'ServerUuid'>;

/** Name of a cluster: the `host:port` of its primary when it was first seen. */
export type ClusterName = Brand<string, 'ClusterName'>;

/** Wall-clock time, milliseconds since 1970-01-01 UTC. Only ages and display come of it; nothing is ordered by it between hosts. */
export type UnixMillis = Brand<number, 'UnixMillis'>;

/** A duration in milliseconds. */
export type Millis = Brand<number, 'Millis'>;

/** A duration in seconds. */
export type Seconds = Brand<number, 'Seconds'>;

/** Grows with every command that changes a server: what was observed under an older epoch is history. */
export type Epoch = Brand<number, 'Epoch'>;

export const serverUuid = (text: string): ServerUuid => text.toLowerCase() as ServerUuid;
export const clusterName = (text: string): ClusterName => text as ClusterName;
export const unixMillis = (value: number): UnixMillis => value as UnixMillis;
export const millis = (value: number): Millis => value as Millis;
export const seconds = (value: number): Seconds => value as Seconds;
export const epoch = (value: number): Epoch => value as Epoch;
