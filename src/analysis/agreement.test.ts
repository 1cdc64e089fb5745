import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreement, agreementText, isSettled, type NodeVote } from './agreement.ts';

const vote = (node: string, kind: NodeVote['kind']): NodeVote => ({ node, kind });
const kinds = ['silent', 'answers', 'unknown', 'no-answer'] as const;
const verdict = (votes: readonly NodeVote['kind'][], needed = 0) =>
  agreement(
    'orc1',
    votes.map((kind, index) => vote(`orc${index + 2}`, kind)),
    needed,
  );

describe('what several nodes see', () => {
  it('nobody is asked where there is nobody', () => {
    expect(verdict([])).toEqual({ kind: 'not-asked' });
  });

  it('A20: the majority of those that can tell decides', () => {
    expect(verdict(['silent', 'answers'])).toEqual({ kind: 'agreed', agreeing: ['orc1', 'orc2'], of: 3 });
    expect(verdict(['answers', 'answers'])).toMatchObject({ kind: 'outvoted', opposing: ['orc2', 'orc3'], needed: 2 });
    expect(verdict(['answers'])).toMatchObject({ kind: 'outvoted', needed: 2 });
    expect(verdict(['silent'])).toMatchObject({ kind: 'agreed' });
  });

  it('who does not know the server does not count', () => {
    expect(verdict(['unknown', 'unknown'])).toMatchObject({ kind: 'agreed', agreeing: ['orc1'] });
    expect(verdict(['unknown', 'answers'])).toMatchObject({ kind: 'outvoted' });
  });

  it('A4, A20: a node that hears less than half of all concludes nothing', () => {
    expect(verdict(['no-answer', 'no-answer'])).toEqual({ kind: 'cut-off', heard: 1, of: 3 });
    expect(verdict(['no-answer', 'no-answer', 'no-answer', 'silent'])).toMatchObject({ kind: 'cut-off', heard: 2 });
    // Half of them is no minority: two nodes, of which one is down, must go on.
    expect(verdict(['no-answer'])).toMatchObject({ kind: 'agreed' });
  });

  it('a number of nodes that must agree is held to', () => {
    expect(verdict(['silent', 'answers'], 3)).toMatchObject({ kind: 'outvoted', needed: 3 });
    expect(verdict(['silent', 'silent'], 3)).toMatchObject({ kind: 'agreed' });
    expect(verdict(['no-answer'], 2)).toMatchObject({ kind: 'outvoted', needed: 2 });
    expect(verdict(['answers', 'answers'], 1)).toMatchObject({ kind: 'agreed' });
  });

  it('is told in a clause', () => {
    const text = (votes: readonly NodeVote['kind'][], needed = 0) => agreementText(verdict(votes, needed));
    expect(text(['silent', 'answers'])).toBe('2 of 3 nodes miss it: orc1, orc2');
    expect(text(['answers', 'unknown'])).toBe('2 nodes must miss it, and only orc1 does, and it answers orc2');
    expect(text(['silent'], 3)).toBe('3 nodes must miss it, and only orc1, orc2 do');
    expect(text(['no-answer', 'no-answer'])).toBe('this node hears 1 of 3 nodes, itself included: it may be cut off');
  });

  it('is settled as soon as those that are missing can change nothing', () => {
    const settled = (votes: readonly NodeVote['kind'][], missing: number, needed = 0) =>
      isSettled(
        'orc1',
        votes.map((kind, index) => vote(`orc${index + 2}`, kind)),
        missing,
        needed,
      );
    expect([settled(['silent'], 1), settled(['answers'], 1), settled([], 2)]).toEqual([true, false, false]);
    expect([settled(['silent', 'silent'], 2), settled(['answers', 'answers', 'answers'], 1)]).toEqual([true, true]);
    expect([settled(['silent'], 1, 3), settled(['answers'], 1, 3), settled(['silent'], 1, 2)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('law: what is settled is what comes of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 6 }),
        fc.nat(7),
        fc.nat(5),
        (votes, needed, first) => {
          const all = votes.map((kind, index) => vote(`orc${index + 2}`, kind));
          const [given, missing] = [all.slice(0, first), Math.max(0, all.length - first)];
          fc.pre(missing > 0 && isSettled('orc1', given, missing, needed));
          const late = all.slice(first).map(({ node }) => vote(node, 'no-answer'));
          expect(agreement('orc1', [...given, ...late], needed).kind).toBe(agreement('orc1', all, needed).kind);
        },
      ),
    );
  });

  it('law: one more node that sees it answer never turns a refusal into an agreement', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 8 }), fc.nat(9), (votes, needed) => {
        const [before, after] = [verdict(votes, needed), verdict([...votes, 'answers'], needed)];
        if (before.kind === 'outvoted') expect(after.kind).toBe('outvoted');
      }),
    );
  });

  it('law: two halves that do not hear each other never both conclude, unless they are equal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }), (one, other) => {
        fc.pre(one !== other);
        const side = (own: number, rest: number) =>
          verdict([...Array<'silent'>(own - 1).fill('silent'), ...Array<'no-answer'>(rest).fill('no-answer')]);
        expect([side(one, other), side(other, one)].filter(({ kind }) => kind === 'agreed')).toHaveLength(1);
      }),
    );
  });
});
