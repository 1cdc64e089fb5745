/** Two servers with a binary log each, in memory, of which the one is looked for in the log of the other. */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { Instance } from '../../model/instance.ts';
import { correlate } from './correlate.ts';
import {
  aSearch,
  aServer,
  at,
  binaryLog,
  endOf,
  type Family,
  type LogMaking,
  PretendLogs,
  type SearchWanted,
  transaction,
  type Written,
} from './testing.ts';

export const OWN = 11;
export const OTHER = 12;

export interface World {
  readonly own: readonly (readonly Written[])[];
  readonly other: readonly (readonly Written[])[];
  readonly ownMaking?: LogMaking;
  readonly otherMaking?: LogMaking;
  readonly change?: Partial<Instance>;
  readonly otherChange?: Partial<Instance>;
  readonly maximum?: BinlogCoordinates;
  readonly search?: SearchWanted;
}

export function theWorld({ own, other, ownMaking, otherMaking }: World) {
  const logs = new PretendLogs();
  const ownLog = binaryLog(own, { serverId: OWN, ...ownMaking });
  const otherLog = binaryLog(other, { serverId: OTHER, salt: 11, firstFile: 40, ...otherMaking });
  logs.set(at(OWN), { binary: ownLog });
  logs.set(at(OTHER), { binary: otherLog });
  return { logs, ownLog, otherLog };
}

export async function correlated(world: World) {
  const { logs, ownLog, otherLog } = theWorld(world);
  const result = await correlate(aSearch(logs, world.search), {
    own: aServer(OWN, { selfCoordinates: endOf(ownLog), ...world.change }),
    maximum: world.maximum ?? null,
    other: aServer(OTHER, world.otherChange),
  });
  return { result, logs, ownLog, otherLog };
}

export const t = (number: number, own = number, family: Family = 'mysql') => transaction(number, family, 1, own);
