// `topology`: the clusters as the node draws them.
import type { Command } from '../support/command.ts';

export const topology: Command = async ({ node }) => {
  const { calls } = node;
  const texts = await Promise.all(calls.clusters().map(({ clusterName }) => calls.topologyText(clusterName, 'plain')));
  return texts.flatMap((text) => text.split('\n'));
};
