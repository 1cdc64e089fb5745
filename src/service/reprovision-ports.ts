/** The world around servers that are provisioned anew: records, hooks, our account at the servers. */
import type { Settings } from '../config/settings.ts';
import type { Picture } from '../discovery/picture.ts';
import type { ReprovisionPorts } from '../operations/reprovision-ports.ts';
import { isResumable } from '../planning/operations/reprovision-facts.ts';
import { runReprovisionHooks } from '../recovery/hook-reprovision.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import { standingSuccessor } from '../recovery/standing-successor.ts';
import type { StoreBackend } from '../store/index.ts';
import { hookEntry } from './policies.ts';

export interface ReprovisionParts {
  readonly picture: Picture;
  readonly backend: StoreBackend;
  readonly ports: RecoveryPorts;
  readonly settings: () => Settings;
  /** A command whose clone runs must not be taken for dead while it lives. */
  readonly keepRegistered: () => Promise<void>;
  readonly readClone: ReprovisionPorts['readClone'];
  readonly tellOfReprovision: ReprovisionPorts['tell'];
}

export function reprovisionPorts(parts: ReprovisionParts): ReprovisionPorts {
  const { picture, backend, ports, settings } = parts;
  const { clock, identity, log, startHook, store } = ports;
  return {
    records: async () => {
      const [all, now] = [await backend.loadReprovisions(), clock.now()];
      // People have seen to what was begun so long ago.
      for (const record of all) if (!isResumable(record, now)) await backend.deleteReprovision(record.key);
      return all.filter((record) => isResumable(record, now));
    },
    note: async (draft) => {
      await parts.keepRegistered();
      await backend.saveReprovision({ ...draft, node: identity, at: clock.now() });
    },
    successorOf: async (key) => (await standingSuccessor(key, { store, known: picture.topology }))?.key ?? null,
    readClone: parts.readClone,
    account: () => ({ user: settings().MySQLTopologyUser, password: settings().MySQLTopologyPassword }),
    hooks: () => settings().ReprovisionProcesses.length,
    runHooks: ({ record, clusterName }, tell) =>
      runReprovisionHooks({
        startHook,
        commands: settings().ReprovisionProcesses.map(hookEntry),
        context: {
          recipient: record.key,
          donor: record.donor,
          primary: record.primary,
          clusterName,
          discarded: record.discarded,
          orchestratorHost: identity.hostname,
        },
        onStep: tell,
        log,
      }),
    tell: parts.tellOfReprovision,
  };
}
