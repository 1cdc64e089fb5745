/**
 * The steps of a failover in which what was received and not applied is dropped, by name, because people want a primary rather than that (`AcceptLossIfSQLThreadNotUpToDate`). Appliers stand still when
 * it is planned: how far each has come is known, and stays so. By GTID alone: places do not say what is between them. Pure.
 */
import { instanceKeyText } from '../model/instance-key.ts';
import { acceptedLossText } from './accepted-loss.ts';
import { STATEMENT_MILLIS } from './deadlines.ts';
import type { RelayLogRule } from './deferred-command.ts';
import { failoverByGtid } from './failover-by-gtid.ts';
import type { FailoverWay } from './failover-way.ts';
import type { GtidProgress } from './gtid-progress.ts';
import { drainStepId } from './plan.ts';

/** `discards`: all that any of them has received and the chosen one has not applied. */
export function failoverWithLoss(discards: string): FailoverWay<GtidProgress> {
  return {
    prepare: ({ instance: { key } }) => [
      {
        id: drainStepId(key),
        server: key,
        commands: [],
        dependsOn: [],
        precondition: { kind: 'none' },
        postcondition: { kind: 'threads', receiver: 'stopped', applier: 'stopped' },
        deadlineMillis: STATEMENT_MILLIS,
        patienceMillis: 0,
        undo: [],
        onFailure: 'abort',
        effect: acceptedLossText(discards),
      },
    ],

    forget: ({ instance }) => ({
      kind: 'forget-source-when-safe',
      relayLog: { kind: 'executed-or-discarded', server: instance.key, discards },
    }),

    followRefusal: (replica, chosen, policy) => failoverByGtid.followRefusal(replica, chosen, policy, null),

    follow(replica, chosen, policy, after) {
      const relayLog: RelayLogRule = { kind: 'executed-or-discarded', server: chosen.instance.key, discards };
      return failoverByGtid.follow(replica, chosen, policy, after, null).map((step) => ({
        ...step,
        commands: [
          {
            kind: 'follow-when-safe',
            source: chosen.instance.key,
            at: { kind: 'gtid' },
            relayLog,
            credentials: null,
            securedAs: null,
            unlessThere: false,
            name: { kind: 'own' },
          },
          { kind: 'start-replication' },
        ],
        effect: `it replicates from ${instanceKeyText(chosen.instance.key)}`,
      }));
    },

    // D4: what is in the relay log of one that cannot follow is perhaps all that is left of it.
    detach: () => [],
  };
}
