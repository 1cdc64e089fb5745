// Nodes of orchestrator that ask each other what they see, through the pretended network: as over HTTP, without the HTTP.

import { answersInTime } from '../../../src/coordination/answers-in-time.ts';
import { millis } from '../../../src/model/brand.ts';
import type { InstanceKey } from '../../../src/model/instance-key.ts';
import type { ServerSight } from '../../../src/model/server-sight.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { LookOf, NodeAnswer, OtherNodes } from '../../../src/ports/other-nodes.ts';
import type { Listener, Network, Place, StreamEnd } from '../../../src/sim/network.ts';

export interface Question {
  readonly keys: readonly InstanceKey[];
  readonly look: LookOf;
}

export type QuestionListener = Listener<Question, readonly ServerSight[]>;

export interface QuestionWorld {
  readonly network: Network;
  readonly from: Place;
  readonly clock: Clock;
  readonly others: () => readonly QuestionListener[];
  /** Something reaches the node that has asked. */
  readonly heard: (work: () => void) => void;
}

export function questionsThrough(world: QuestionWorld): OtherNodes {
  return {
    isAlone: () => world.others().length === 0,
    ask: (keys, look, deadlineMillis, suffices = () => false) =>
      answersInTime(
        world.others(),
        (other) => ask(world, other, { keys, look }, deadlineMillis),
        ({ place: node }) => ({ node, kind: 'no-answer', reason: 'not waited for' }),
        suffices,
      ),
  };
}

function ask(world: QuestionWorld, other: QuestionListener, question: Question, deadlineMillis: number) {
  const { network, from, clock, heard } = world;
  const node = other.place;
  const none = (reason: string): NodeAnswer => ({ node, kind: 'no-answer', reason });
  return new Promise<NodeAnswer>((done) => {
    const late = clock.after(millis(deadlineMillis), () => end(none(`no answer within ${deadlineMillis} ms`)));
    const stream: StreamEnd<Question> = network.dial(from, other, {
      onOpen: () => heard(() => stream.send(question)),
      onRefused: () => heard(() => end(none('connection refused'))),
      onMessage: (sights) => heard(() => end({ node, kind: 'seen', sights })),
      onClosed: () => heard(() => end(none('connection closed'))),
    });
    const end = (answer: NodeAnswer): void => {
      late.cancel();
      stream.close();
      done(answer);
    };
  });
}
