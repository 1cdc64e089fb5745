/** A loss that was accepted, as the journal tells it: whoever takes the recovery up after a death must know of what it was. */
const PREFIX = 'it applies no more; accepted as lost: ';
const NOTHING = 'nothing';

export const acceptedLossText = (gtids: string): string => `${PREFIX}${gtids === '' ? NOTHING : gtids}`;

/** '' where nothing was; null: the line tells of none. */
export function acceptedLoss(detail: string): string | null {
  if (!detail.startsWith(PREFIX)) return null;
  const gtids = detail.slice(PREFIX.length);
  return gtids === NOTHING ? '' : gtids;
}
