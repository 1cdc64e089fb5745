/** Of several replicas that are to be moved: who can be, and who is left out and why. */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { type LeftOut, type OperationRefusal, refuse } from './operation-plan.ts';

/** Who can be moved, and who is left out, by name. */
export function parted(
  replicas: readonly Instance[],
  refusalOf: (replica: Instance) => OperationRefusal | null,
): { readonly movable: readonly Instance[]; readonly leftOut: readonly LeftOut[] } {
  const judged = replicas.map((replica) => ({ replica, refusal: refusalOf(replica) }));
  return {
    movable: judged.filter(({ refusal }) => refusal === null).map(({ replica }) => replica),
    leftOut: judged.flatMap(({ replica: { key }, refusal }) =>
      refusal === null ? [] : [{ key, code: refusal.code, reason: refusal.text }],
    ),
  };
}

/** Null: something can be moved, or there is nothing to move. `beginning`: of the contract's text. */
export function noneMovable(
  beginning: string,
  { movable, leftOut }: ReturnType<typeof parted>,
  source: Instance,
): OperationRefusal | null {
  if (movable.length > 0 || leftOut.length === 0) return null;
  const errors = leftOut.map(({ reason }) => reason).join('; ');
  const text = `${beginning} 0 out of ${leftOut.length} replicas of ${instanceKeyText(source.key)}; error is: ${errors}`;
  return refuse('none-movable', text);
}
