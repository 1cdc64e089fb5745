// `analyse`: what the node says is wrong.
import { instanceKeyText } from '../../../src/model/instance-key.ts';
import type { Command } from '../support/command.ts';

export const analyse: Command = ({ node }) => {
  const entries = node.calls.replicationAnalysis({ includeDowntimed: true });
  const lines = entries.map((entry) => {
    const warnings = entry.structureWarnings.length === 0 ? '' : ` (${entry.structureWarnings.join(', ')})`;
    return `${instanceKeyText(entry.key)}: ${entry.code}${warnings}${entry.isDowntimed ? ', downtimed' : ''}`;
  });
  return lines.length === 0 ? ['nothing'] : lines;
};
