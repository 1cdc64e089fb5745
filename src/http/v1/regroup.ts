/** What the four regroups answer: who was promoted above the others, and how many of those there are (spec/http-api.md 2.1, 2.3). */
import { instanceKeyText } from '../../model/instance-key.ts';
import { regroupFigures } from '../../service/operation-figures.ts';
import type { Answer } from '../answer.ts';
import { type Done, withErrors, withKey } from './operation.ts';

/** `form`: which numbers are told. */
export function regrouped(form: 'pseudo-gtid' | 'gtid' | 'binlog-servers'): (done: Done) => Answer {
  return (done) => {
    const { report } = done;
    const { promoted } = report.plan;
    const told = (message: string) => withKey(withErrors(message, done), promoted);
    const who = promoted === null ? '' : instanceKeyText(promoted);
    const { lost, trivial, moved } = regroupFigures(report);
    switch (form) {
      case 'pseudo-gtid':
        return told(`promoted replica: ${who}, lost: ${lost}, trivial: ${trivial}, pseudo-gtid: ${moved}`);
      case 'gtid':
        return told(`promoted replica: ${who}, lost: ${lost}, moved: ${moved}`);
      case 'binlog-servers':
        return told(`promoted binlog server: ${who}`);
    }
  };
}
