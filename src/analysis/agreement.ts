/**
 * Whether enough nodes of orchestrator see what this one sees: a node must not take its own place in the network for the state of the world (A4, A20;
 * architecture section 6). Pure: their answers in, verdict out.
 */

/** What another node says of the accused server. */
export type NodeVote =
  | { readonly node: string; readonly kind: 'silent' | 'answers' }
  /** It could be asked and does not know. */
  | { readonly node: string; readonly kind: 'unknown' }
  | { readonly node: string; readonly kind: 'no-answer' };

export type Agreement =
  /** There are no other nodes, or they are not to be asked. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'agreed'; readonly agreeing: readonly string[]; readonly of: number }
  | {
      readonly kind: 'outvoted';
      readonly agreeing: readonly string[];
      /** Those that see it answer. */
      readonly opposing: readonly string[];
      readonly needed: number;
    }
  /** Most nodes do not answer: this one may be what is cut off. */
  | { readonly kind: 'cut-off'; readonly heard: number; readonly of: number };

/**
 * This node misses the server; do the others? `needed`: how many must, itself included; 0: the majority of those that can tell.
 *
 * A node that hears less than half of them all concludes nothing, whatever it and those few see: the others may have a primary of their own by now.
 */
export function agreement(self: string, votes: readonly NodeVote[], needed: number): Agreement {
  if (votes.length === 0) return { kind: 'not-asked' };
  const of = votes.length + 1;
  const heard = 1 + votes.filter(({ kind }) => kind !== 'no-answer').length;
  if (2 * heard < of) return { kind: 'cut-off', heard, of };
  const named = (wanted: NodeVote['kind']): readonly string[] =>
    votes.filter(({ kind }) => kind === wanted).map(({ node }) => node);
  const agreeing = [self, ...named('silent')];
  const opposing = named('answers');
  const enough = needed > 0 ? needed : Math.floor((agreeing.length + opposing.length) / 2) + 1;
  if (agreeing.length >= enough) return { kind: 'agreed', agreeing, of };
  return { kind: 'outvoted', agreeing, opposing, needed: enough };
}

/** Whether the votes that are missing can change nothing any more, whatever they would be: a failover waits for no node that hangs. */
export function isSettled(self: string, votes: readonly NodeVote[], missing: number, needed: number): boolean {
  const verdicts = (['silent', 'answers', 'no-answer'] as const).map((kind) => {
    const imagined = Array.from({ length: missing }, (_, index): NodeVote => ({ node: `${index}`, kind }));
    return agreement(self, [...votes, ...imagined], needed).kind;
  });
  return verdicts.every((kind) => kind === verdicts[0]);
}

/** One clause for people. */
export function agreementText(verdict: Agreement): string {
  switch (verdict.kind) {
    case 'not-asked':
      return 'no other node is asked';
    case 'agreed':
      return `${verdict.agreeing.length} of ${verdict.of} nodes miss it: ${verdict.agreeing.join(', ')}`;
    case 'outvoted': {
      const { agreeing, opposing, needed } = verdict;
      const against = opposing.length === 0 ? '' : `, and it answers ${opposing.join(', ')}`;
      return `${needed} nodes must miss it, and only ${agreeing.join(', ')} ${agreeing.length === 1 ? 'does' : 'do'}${against}`;
    }
    case 'cut-off':
      return `this node hears ${verdict.heard} of ${verdict.of} nodes, itself included: it may be cut off`;
  }
}
