/** For tests of what a backend keeps: servers as they were seen, recoveries, nodes. */
import { blankInstance } from '../model/blank-instance.ts';
import type { Instance } from '../model/instance.ts';
import type { RecoveryOutcome } from '../model/recovery-record.ts';
import type { StoreBackend } from './backend.ts';
import { digest, key, node, noon, uid } from './temporary-backend.ts';

/** A server that answered at noon. */
export const seenInstance = (hostname: string, change: Partial<Instance> = {}): Instance => ({
  ...blankInstance(key(hostname)),
  version: '8.4.3',
  lastChecked: noon(),
  lastAttemptedCheck: noon(),
  lastSeen: noon(),
  ...change,
});

export const storedInstanceOf = async (backend: Pick<StoreBackend, 'loadInstances'>, hostname: string) =>
  (await backend.loadInstances()).find((found) => found.key.hostname === hostname);

/** A recovery of the server's death, so long after noon. */
export const registerRecoveryOf = (
  backend: Pick<StoreBackend, 'registerRecovery'>,
  hostname: string,
  atSeconds = 0,
  id = `${atSeconds}:${hostname}`,
) => backend.registerRecovery(uid(id), digest(hostname), node('t'), noon(atSeconds));

export const SUCCESS: RecoveryOutcome = {
  successorKey: key('replica1'),
  successorAlias: 'r1',
  successorCoordinates: null,
  lostReplicas: [key('z'), key('replica2')],
  participants: [key('replica1')],
  errors: ['one', 'two'],
};

export const FAILURE: RecoveryOutcome = {
  successorKey: null,
  successorAlias: '',
  successorCoordinates: null,
  lostReplicas: [],
  participants: [],
  errors: [],
};

export const registerNode = (backend: StoreBackend, token: string, atSeconds: number) =>
  backend.registerNode({
    identity: node(token),
    lastSeenActive: noon(atSeconds),
    extraInfo: 'HttpMode',
    command: '',
    appVersion: '1.0.0',
    dbBackend: backend.name,
  });
