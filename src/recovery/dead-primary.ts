/**
 * Recovery of a dead primary, from its registration to the last hook (spec/recovery.md 3.1; targets: writable again in a third of a second).
 */
import { instanceKeyText } from '../model/instance-key.ts';
import { afterPromotion } from './after-promotion.ts';
import { fenceForced, unfence } from './forced-fence.ts';
import { promoteSuccessor } from './promote.ts';
import { nobody } from './recovery-end.ts';
import { type Attempt, hooksObject } from './run-recovery.ts';
import { notKnown, signOfLife, stillAlive } from './sign-of-life.ts';

const NAME = 'RecoverDeadMaster';

export const recoverDeadPrimary: Attempt = async (run, incident, { designated, forced, trusted = false }) => {
  const { entry } = incident;
  const objection = await hooksObject(run, incident);
  if (objection !== null) return nobody(objection);
  const failed = run.ports.known.get(entry.key);
  if (failed === undefined) return notKnown(entry);
  const alive = trusted ? null : await signOfLife(run, entry, forced);
  if (alive !== null) return stillAlive(run, entry, alive);
  run.say(`${NAME}: will recover ${instanceKeyText(entry.key)}`);
  const fenced = trusted ? await fenceForced(run, failed, designated) : null;
  const madeReadOnly = fenced?.isReadOnly ?? false;
  const wish = { designated, keepsSource: null, mayLive: trusted, madeReadOnly };
  const result = await promoteSuccessor(run, failed, incident, wish);
  if (result.kind === 'alive') return stillAlive(run, entry, result.reason);
  if (result.kind === 'nobody') {
    run.say('Failure: no replica promoted.');
    if (fenced !== null) await unfence(run, failed.key, fenced);
    return nobody(result.reason);
  }
  return afterPromotion(run, { failed, promoted: result, name: NAME, renamesCluster: true }, incident);
};
