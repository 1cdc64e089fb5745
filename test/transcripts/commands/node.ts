// `kill-node` (or `kill-node orc2`), `start-node`, `hang-node`, `resume-node`, `break-store`, `heal-store`: what becomes of orchestrator itself.
import type { PretendNode } from '../../simulation/support/pretend-node.ts';
import type { Command } from '../support/command.ts';
import { NODE } from '../support/stage.ts';

const onNode =
  (work: (node: PretendNode) => void): Command =>
  async (stage, { words: [place = NODE] }) => {
    work(stage.nodeNamed(place));
    await stage.run.settle();
    return stage.news();
  };

export const killNode = onNode((node) => node.kill());
export const startNode = onNode((node) => node.start());
export const hangNode = onNode((node) => node.hang());
export const resumeNode = onNode((node) => node.resume());
export const breakStore = onNode((node) => node.breakStore(true));
export const healStore = onNode((node) => node.breakStore(false));
