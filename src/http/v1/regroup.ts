/** What the four regroups answer: who was promoted above the others, and how many of those there are (spec/http-api.md 2.1, 2.3). */
import { instanceKeyText } from '../../model/instance-key.ts';
import { regroupFigures } from '../../service/operation-figures.ts';
import type { Answer } from '../answer.ts';
import { type Done, withKey } from './operation.ts';

/** `form`: which numbers are told. */
export function regrouped(form: 'pseudo-gtid' | 'gtid' | 'binlog-servers'): (done: Done) => Answer {
  return ({ report }) => {
    const { promoted } = report.plan;
    const who = promoted === null ? '' : instanceKeyText(promoted);
    const { lost, trivial, moved } = regroupFigures(report);
    switch (form) {
      case 'pseudo-gtid':
        return withKey(`promoted replica: ${who}, lost: ${lost}, trivial: ${trivial}, pseudo-gtid: ${moved}`, promoted);
      case 'gtid':
        return withKey(`promoted replica: ${who}, lost: ${lost}, moved: ${moved}`, promoted);
      case 'binlog-servers':
        return withKey(`promoted binlog server: ${who}`, promoted);
    }
  };
}
