/** Do a primary and its former one go by places alone? Then their GTID sets prove nothing. */
import type { Instance } from '../model/instance.ts';
import { usesGtid } from '../model/instance-status.ts';
import { isMariaDb, parseServerVersion } from '../model/server-version.ts';

/** `replicas`: of theirs, as far as any are known. */
export function goesByPlace(primaries: readonly Instance[], replicas: readonly Instance[] = []): boolean {
  const isOff = primaries.some((one) => isOracle(one) && !one.supportsOracleGtid);
  return isOff || (replicas.length > 0 && !replicas.some(usesGtid));
}

const isOracle = ({ version, versionComment }: Instance): boolean =>
  !isMariaDb(parseServerVersion(version, versionComment));
