/**
 * The managed servers as planning's executors see them: read one, tell one to do something. Real ones are behind `src/mysql`,
 * pretended ones in the simulated world.
 */
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { ReplicationCredentials, ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';

export type ObserveResult =
  | { readonly kind: 'observed'; readonly instance: Instance }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

export type CommandResult =
  /** `refused`: commands that the server would not execute and that need not be (`mayBeRefused`), in its words. */
  | { readonly kind: 'done'; readonly instance: Instance | null; readonly refused: readonly ServerFailure[] }
  /**
   * `completed`: how many of the commands are known to have taken effect. On a timeout or a lost connection the next one may have, too (D12);
   * `mayStillLand`: and it is not known that it will not do so later.
   */
  | {
      readonly kind: 'failed';
      readonly failure: ServerFailure;
      readonly completed: number;
      readonly mayStillLand: boolean;
    };

export type ClaimResult =
  /** Until it is given back, or our connection to the server ends. Never rejects. */
  | {
      readonly kind: 'claimed';
      /** In that moment. */
      readonly isReadOnly: boolean;
      /** When it was claimed last, somebody else had it: what is known of it is of before. */
      readonly wasTaken: boolean;
      readonly release: () => Promise<void>;
    }
  /** By somebody who is not this process. */
  | { readonly kind: 'taken'; readonly by: string }
  /** It did not answer, or cannot be claimed. */
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

export interface TopologyServers {
  /**
   * Live read within the deadline; what it sees becomes the picture. A read that began so lately, and after the last command, is as good as a new one: while somebody waits for
   * a primary, twenty replicas are not asked again what they have just said. Default: none is.
   */
  observe(key: InstanceKey, deadlineMillis: number, maxAgeMillis?: number): Promise<ObserveResult>;
  /**
   * Sends the commands in order, one packet a command, and reads the server again afterwards. Observations that began before are void from
   * now on (architecture rule 4). `mayGoOn` is asked before each command: a process that was stopped between two of them may have been replaced.
   */
  execute(
    key: InstanceKey,
    commands: readonly ServerCommand[],
    deadlineMillis: number,
    mayGoOn?: () => boolean,
  ): Promise<CommandResult>;
  /** So that no other orchestrator, one that shares nothing with this one, changes the server meanwhile (J5). Counted: as often as it was claimed it must be given back. */
  claim(key: InstanceKey, deadlineMillis: number): Promise<ClaimResult>;
  /** The account a replica uses towards its source, as far as it can be read; null when it cannot. Never logged. */
  replicationCredentials(key: InstanceKey): Promise<ReplicationCredentials | null>;
}
