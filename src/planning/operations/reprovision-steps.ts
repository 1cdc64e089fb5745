/** The steps of which a reprovision is made. */
import type { Instance } from '../../model/instance.ts';
import { detachKey, type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { isSourceDetached, usesGtid } from '../../model/instance-status.ts';
import type { ReplicationCredentials } from '../../model/server-command.ts';
import { BEGIN_CLONE_MILLIS, CLONE_MILLIS, FOLLOW_MILLIS, JOIN_MILLIS, PROMOTE_MILLIS } from '../deadlines.ts';
import type { OrderedLoss, SourceOptions, StepCommand } from '../deferred-command.ts';
import { movingStepId, stepId } from '../plan.ts';
import type { OperationStep } from './operation-plan.ts';
import { follow, inOrder, single, start, step, stop } from './steps.ts';
import { byOwnName } from './virtual-names.ts';

/** Installing writes to a table: a server that is super-read-only refuses it, and stays read-only meanwhile. */
export function installPlugin(server: Instance): OperationStep {
  const key = instanceKeyText(server.key);
  const commands: readonly StepCommand[] = server.superReadOnly
    ? [SUPER_OFF, { kind: 'install-clone-plugin' }, SUPER_ON]
    : [{ kind: 'install-clone-plugin' }];
  return {
    ...single(`install the CLONE plugin on ${key}`, server, commands, { kind: 'none' }, 'it has the CLONE plugin'),
    undo: server.superReadOnly ? [SUPER_ON] : [],
  };
}

const SUPER_ON = { kind: 'set-super-read-only', enabled: true } as const;
const SUPER_OFF = { kind: 'set-super-read-only', enabled: false } as const;

export interface CloneParts extends OrderedLoss {
  readonly recipient: Instance;
  readonly donor: InstanceKey;
  readonly credentials: ReplicationCredentials;
  /** `clone_valid_donor_list` as it is. */
  readonly validDonors: string;
}

/** From standing still on; each but the last is undone where the clone does not begin. */
export function cloneSteps(parts: CloneParts): readonly OperationStep[] {
  const { recipient, donor, credentials, origin, discards, validDonors } = parts;
  const [key, from] = [instanceKeyText(recipient.key), instanceKeyText(donor)];
  const allow: OperationStep = {
    ...single(
      `allow ${from} as the donor of ${key}`,
      recipient,
      [{ kind: 'set-clone-donors', donors: from }],
      { kind: 'none' },
      `it may be cloned from ${from}`,
    ),
    undo: [{ kind: 'set-clone-donors', donors: validDonors }],
  };
  const unlock: OperationStep = {
    ...single(
      `let ${key} be read-only alone`,
      recipient,
      [SUPER_OFF],
      { kind: 'read-only', readOnly: true },
      'it is read-only, and not super-read-only, which refuses a clone',
    ),
    undo: [SUPER_ON],
  };
  const begin = step({
    id: stepId(`clone ${from} to ${key}`),
    server: recipient.key,
    commands: [{ kind: 'clone-when-safe', donor, credentials, origin, discards }],
    precondition: { kind: 'read-only', readOnly: true },
    deadlineMillis: BEGIN_CLONE_MILLIS,
    effect: `its data are deleted, and those of ${from} are copied`,
  });
  return inOrder([
    allow,
    ...standingStill(recipient, { origin, discards }),
    ...(recipient.superReadOnly ? [unlock] : []),
    begin,
  ]);
}

/**
 * Its threads stop, and its source's address is one that nobody can reach: a server that dies while its data are being deleted would else replicate again when it is back,
 * with a part of them, and look like any other replica.
 */
function standingStill(recipient: Instance, { origin, discards }: OrderedLoss): readonly OperationStep[] {
  const { sourceKey } = recipient;
  if (sourceKey === null) return [];
  if (isSourceDetached(recipient)) return [stop(recipient)];
  const relayLog = { kind: 'executed-or-discarded', server: origin, discards } as const;
  const at = { kind: 'own-place' } as const;
  const away = follow({ instance: recipient, source: detachKey(sourceKey), at, relayLog, back: { at, relayLog } });
  return [stop(recipient), byOwnName({ ...away, effect: 'it replicates from nobody, whatever happens' })];
}

/** Before hooks replace its data: it stands still, so that what it has is known. */
export const beforeHooks = (recipient: Instance, loss: OrderedLoss): readonly OperationStep[] =>
  inOrder([
    ...(recipient.sourceKey === null ? [] : [stop(recipient)]),
    step({
      id: stepId(`see what ${instanceKeyText(recipient.key)} alone has`),
      server: recipient.key,
      commands: [{ kind: 'check-loss', ...loss }],
      precondition: { kind: 'read-only', readOnly: true },
      effect: 'nothing is lost but what was ordered to be',
    }),
  ]);

/** Told to people; whoever runs the operation waits. */
export function awaited(kind: 'clone' | 'hooks', recipient: InstanceKey, donor: InstanceKey): OperationStep {
  const key = instanceKeyText(recipient);
  return step({
    id: stepId(kind === 'clone' ? `wait for the clone of ${key}` : `run the hooks that provision ${key}`),
    server: recipient,
    commands: [{ kind: kind === 'clone' ? 'await-clone' : 'provision-by-hooks', donor }],
    deadlineMillis: CLONE_MILLIS,
    effect: `it has the data of ${instanceKeyText(donor)}, and answers again`,
  });
}

export interface JoinParts {
  readonly recipient: Instance;
  readonly primary: Instance;
  readonly superReadOnly: boolean;
  /** How to log in at the primary; null: as the new data have it. */
  readonly credentials: ReplicationCredentials | null;
  /** A replica whose way to the primary is taken; null: as the new data have it. */
  readonly securedAs: InstanceKey | null;
  readonly like: SourceOptions | null;
  /** How far it is to stay behind. */
  readonly delaySeconds: number;
}

/** With its new data it is read-only, replicates from the primary, and is seen to. Nothing is undone: it is right as far as it has come. */
export function joinSteps(parts: JoinParts): readonly OperationStep[] {
  const { recipient, primary, superReadOnly, credentials, securedAs, like, delaySeconds } = parts;
  const [key, top] = [instanceKeyText(recipient.key), instanceKeyText(primary.key)];
  const readOnly: OperationStep = {
    ...single(
      `make ${key} read-only`,
      recipient,
      [{ kind: 'set-read-only', readOnly: true, superReadOnly }],
      { kind: 'read-only', readOnly: true },
      'it is read-only, whatever its configuration says',
    ),
    deadlineMillis: PROMOTE_MILLIS,
  };
  const points = step({
    id: movingStepId(recipient.key, primary.key),
    server: recipient.key,
    commands: [
      {
        kind: 'follow-when-safe',
        source: primary.key,
        at: { kind: 'gtid' },
        relayLog: { kind: 'executed-by', server: primary.key },
        credentials,
        securedAs,
        ...(like === null ? {} : { like }),
        // Its new data may have brought it there.
        unlessThere: true,
      },
    ],
    postcondition: { kind: 'replicates-from', source: primary.key, running: false },
    deadlineMillis: FOLLOW_MILLIS,
    effect: `its source is ${top}`,
  });
  const delay = single(
    `delay ${key} again`,
    recipient,
    [{ kind: 'stop-applier' }, { kind: 'set-delay', delaySeconds }],
    { kind: 'delayed-by', delaySeconds },
    `it stays ${delaySeconds} seconds behind, as before`,
  );
  const starts: OperationStep = { ...start(recipient, primary.key), patienceMillis: JOIN_MILLIS, undo: [] };
  return inOrder([readOnly, points, ...(delaySeconds > 0 ? [delay] : []), starts]);
}

/** Where the new data say nothing of a source, or of one that is not by GTID. */
export const needsAccount = (instance: Instance): boolean => !instance.hasReplicationCredentials || !usesGtid(instance);
