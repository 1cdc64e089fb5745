/** Errant transactions of a server for people: which, since when, and what each way out of them would do. */
import type { UnixMillis } from '../model/brand.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { ErrantReport } from './calls.ts';
import { printable } from './printable.ts';

export function errantLines(report: ErrantReport): readonly string[] {
  return linesOf(report).map(printable);
}

function linesOf({ key, gtidErrant, untold, transactions, ranges, purged, waysOut }: ErrantReport): readonly string[] {
  const server = instanceKeyText(key);
  if (untold !== '') return [`${server}: whether it has errant transactions cannot be told: ${untold}`];
  if (gtidErrant === '') return [`${server} has no errant transactions`];
  return [
    `${server} has ${transactions} errant ${transactions === 1 ? 'transaction' : 'transactions'}:`,
    ...ranges.map(({ gtid, firstSeen }) => `  ${gtid}, ${seenText(firstSeen)}`),
    ...(purged === '' ? [] : ['', `In no binary log of it any more: ${purged}`]),
    ...waysOut.flatMap(wayOutLines),
  ];
}

const seenText = (at: UnixMillis | null): string =>
  at === null
    ? 'since before anybody looked'
    : `first seen ${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const WAYS: Readonly<Record<ErrantReport['waysOut'][number]['kind'], string>> = {
  'inject-empty': 'gtid-errant-inject-empty',
  reset: 'gtid-errant-reset-master',
};

function wayOutLines({ kind, refusal, effects }: ErrantReport['waysOut'][number]): readonly string[] {
  const title = refusal === '' ? `${WAYS[kind]} would:` : `${WAYS[kind]} is refused: ${refusal}`;
  return ['', title, ...effects.map((effect) => `  ${effect}`)];
}
