/** The configuration as the rest of the program sees it. */

export { dumpConfiguration, maskSecrets } from './dump.ts';
export {
  type ClusterIdentity,
  matchesAnyClusterFilter,
  matchesAnyHostFilter,
  matchesAnyPattern,
  matchesClusterFilter,
  matchesHostFilter,
} from './filters.ts';
export type { KeyDeclaration, KeyEffect, KeyType, ReloadRule } from './key-declaration.ts';
export {
  type ConfigurationLoading,
  type LoadedConfiguration,
  type LoadRequest,
  loadConfiguration,
  reloadConfiguration,
  SEARCHED_FILES,
} from './load.ts';
export { type Environment, type FileContent, type ReadFile, readFileFromDisk } from './read-file.ts';
export { compileRegularExpression, findsMatch, type RegularExpression } from './regular-expression.ts';
export { KEY_GROUPS, KEYS, type KeyName, type Settings } from './settings.ts';
export type { ConfigurationWarning, WarningCode } from './warnings.ts';
