/** What questions that change nothing answer about the sample worlds: by the very functions that answer them. */
import type { Instance } from '../../src/model/instance.ts';
import { instanceKeyText } from '../../src/model/instance-key.ts';
import { replicationRefusal } from '../../src/planning/can-replicate.ts';
import { errantReport } from '../../src/planning/operations/errant-report.ts';
import { gtidRefusal } from '../../src/planning/operations/move-rules.ts';
import { chooseReplica } from '../../src/planning/replica-order.ts';
import { errantLines } from '../../src/service/errant-text.ts';
import { at, factsOf, type World } from './sample-world.ts';

const known = (name: string, world: World): Instance => {
  const instance = factsOf(world).topology.get(at(name));
  if (instance === undefined) throw new Error(`${name} is not in the sample world`);
  return instance;
};

export const errantLinesOf = (name: string, world: World): readonly string[] =>
  errantLines(errantReport(known(name, world), factsOf(world)));

export function candidateOf(name: string, world: World): readonly string[] {
  const { topology, rules } = factsOf(world);
  const result = chooseReplica(topology.replicasOf(at(name)), '', rules.promotion);
  return result.kind === 'chosen' ? [instanceKeyText(result.choice.chosen.key)] : [];
}

/** The destination, or why not. */
export function canReplicate(name: string, other: string, world: World, byGtid: boolean): string {
  const { rules } = factsOf(world);
  const [instance, source] = [known(name, world), known(other, world)];
  const rule = replicationRefusal(instance, source, rules.promotion);
  if (rule !== null) return rule.text;
  const gtid = byGtid ? gtidRefusal(instance, source) : null;
  return gtid === null ? instanceKeyText(source.key) : gtid.text;
}
