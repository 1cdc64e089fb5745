/**
 * Variables that a server is to have as a primary, or as a replica of its successor (`PrimaryVariables`, `ReplicaVariables`; E4): the event scheduler, what a commit waits for on disk, how long binary logs are kept.
 */
import type { ServerCommand } from '../model/server-command.ts';

/** Values by names of global variables, both checked where the configuration is read. */
export type RoleVariables = ReadonlyMap<string, string>;

export const NO_VARIABLES: RoleVariables = new Map();

/** In the order of the configuration. A primary is sent them before it is made writable: its first writes would else be lost with the power of its host. */
export const variableCommands = (variables: RoleVariables): readonly ServerCommand[] =>
  [...variables].map(([name, value]) => ({ kind: 'set-variable', name, value }));
