/** Answers of several nodes, without waiting for those that cannot change anything any more. */
import type { NodeAnswer } from '../ports/other-nodes.ts';

/** `late`: what counts for a node that has not answered when it is enough. Null among the answers: the node is none that counts. */
export function answersInTime<Node>(
  nodes: readonly Node[],
  ask: (node: Node) => Promise<NodeAnswer | null>,
  late: (node: Node) => NodeAnswer,
  suffices: (answers: readonly NodeAnswer[], missing: number) => boolean,
): Promise<readonly NodeAnswer[]> {
  const { promise, resolve } = Promise.withResolvers<readonly NodeAnswer[]>();
  const given = new Map<Node, NodeAnswer | null>();
  const look = (): void => {
    const answers = [...given.values()].filter((answer) => answer !== null);
    const missing = nodes.filter((node) => !given.has(node));
    if (missing.length > 0 && !suffices(answers, missing.length)) return;
    resolve(nodes.flatMap((node) => (given.has(node) ? (given.get(node) ?? []) : late(node))));
  };
  for (const node of nodes) {
    void ask(node).then((answer) => {
      given.set(node, answer);
      look();
    });
  }
  if (nodes.length === 0) resolve([]);
  return promise;
}
