// `recoveries`: the records, the newest first, with their steps (`steps`; `!`: an error); `downtimed`: who is downtimed, and why; `blocked`.
import { instanceKeyText } from '../../../src/model/instance-key.ts';
import type { Command } from '../support/command.ts';
import { NO_HOOKS } from '../support/readable.ts';

export const recoveries: Command = async ({ node }, { words }) => {
  const { calls } = node;
  const lines: string[] = [];
  for (const record of await calls.recoveries({})) {
    const { digest, successorKey, isSuccessful, end, lostReplicas, errors } = record;
    const result = end === null ? 'not ended' : isSuccessful ? 'successful' : 'failed';
    const to = successorKey === null ? '' : ` to ${instanceKeyText(successorKey)}`;
    const lost = lostReplicas.length === 0 ? '' : `, lost ${lostReplicas.map(instanceKeyText).join(' ')}`;
    lines.push(`${digest.code} of ${instanceKeyText(digest.key)}: ${result}${to}${lost}`);
    const steps = words.includes('steps') ? await calls.recoverySteps(record.uid) : [];
    const messages = steps.map(({ message }) => message).filter((message) => !NO_HOOKS.test(message));
    const unsaid = errors.filter((error) => error !== '' && !messages.includes(error));
    lines.push(...unsaid.map((error) => `  error: ${error}`));
    lines.push(...messages.map((message) => `${errors.includes(message) ? '!' : ' '} ${message}`));
  }
  return lines.length === 0 ? ['none'] : lines;
};

export const downtimed: Command = ({ node }) => {
  const lines = node.calls.downtimed().map(({ instance, downtime }) => {
    return `${instanceKeyText(instance.key)}: ${downtime?.reason ?? ''}`;
  });
  return lines.length === 0 ? ['nobody'] : lines;
};

export const blocked: Command = async ({ node }) => {
  const lines = (await node.calls.blockedRecoveries()).map(({ key, code }) => `${code} of ${instanceKeyText(key)}`);
  return lines.length === 0 ? ['none'] : lines;
};
