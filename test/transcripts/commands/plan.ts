// `plan db1`: what would be done if that server died now, and why.
import { instanceKeyText, sameKey } from '../../../src/model/instance-key.ts';
import { frozenReplica } from '../../../src/planning/candidates.ts';
import { planFailover } from '../../../src/planning/failover-plan.ts';
import { stepCommandText } from '../../../src/planning/step-command-text.ts';
import { recoveryPolicy } from '../../../src/service/policies.ts';
import { type Command, wordAt } from '../support/command.ts';

export const plan: Command = ({ node }, command) => {
  const { calls } = node;
  const failed = calls.instance({ hostname: wordAt(command, 0), port: 3306 })?.instance;
  if (failed === undefined) return ['it is not known'];
  const views = calls.replicasOf(failed.key);
  const replicas = views.map(({ instance }) => instance);
  const ruleOf = (key: typeof failed.key) =>
    views.find(({ instance }) => sameKey(instance.key, key))?.candidate?.rule ?? 'neutral';
  const frozen = replicas.flatMap((replica) => frozenReplica(replica) ?? []);
  const isOther = ({ isBinlogServer }: (typeof replicas)[number]): boolean => !isBinlogServer;
  const withoutGtid = replicas.filter((replica) => frozenReplica(replica) === null && isOther(replica));
  const binlogServers = replicas
    .filter((replica) => !isOther(replica))
    .map((instance) => ({ instance, answers: true }));
  const request = {
    clusterName: failed.clusterName,
    failed,
    designated: null,
    keepsSource: null,
    mayLive: false,
    excluded: [],
    failedDonors: [],
    undrained: [],
    acceptsLoss: false,
    dyingDataCenters: new Set<string>(),
    replicas: frozen,
    unreachable: [],
    withoutGtid,
    withSeveralSources: [],
    binlogServers,
  };
  const result = planFailover(request, recoveryPolicy(calls.settings(), ruleOf, false).promotion);
  if (result.kind === 'refused') return [`refused: ${result.text}`];
  return [
    ...result.choice.refused.map(({ key, refusal }) => `not ${instanceKeyText(key)}: ${refusal.text}`),
    ...result.plan.steps.map(
      ({ id, commands, effect }) => `${id}: ${commands.map(stepCommandText).join(', ') || 'nothing'} (${effect})`,
    ),
    ...result.plan.prediction.lost.map(({ key, reason }) => `lost: ${instanceKeyText(key)}: ${reason}`),
  ];
};
