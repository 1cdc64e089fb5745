/**
 * Arithmetic of sorted intervals of transaction numbers: what a GTID set is made of for each originator.
 *
 * Bounds are one flat list `first, last, first, last, …`, both inclusive, ascending, at least one number missing between two
 * intervals. Each operation is one walk along both lists, so a set of 1 MB of text takes milliseconds.
 */

/** Flat, inclusive, ascending, disjoint and not touching. */
export type Bounds = readonly number[];

/** Any list of pairs in any order, overlapping, touching, or empty (`first > last`), as normal bounds. */
export function normaliseBounds(pairs: readonly number[]): Bounds {
  return isNormal(pairs) ? pairs : mergeInOrder(sortPairs(pairs));
}

export function unionBounds(one: Bounds, other: Bounds): Bounds {
  const merged: number[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    if (j >= other.length || firstAt(one, i) <= firstAt(other, j)) {
      append(merged, firstAt(one, i), lastAt(one, i));
      i += 2;
    } else {
      append(merged, firstAt(other, j), lastAt(other, j));
      j += 2;
    }
  }
  return merged;
}

/** What is in `one` and not in `other`. */
export function subtractBounds(one: Bounds, other: Bounds): Bounds {
  const rest: number[] = [];
  let j = 0;
  for (let i = 0; i < one.length; i += 2) {
    const last = lastAt(one, i);
    let first = firstAt(one, i);
    while (j < other.length && lastAt(other, j) < first) j += 2;
    // With a cursor of its own: the interval of `other` that reaches beyond `last` may also cut our next one.
    for (let k = j; k < other.length && firstAt(other, k) <= last; k += 2) {
      if (firstAt(other, k) > first) rest.push(first, firstAt(other, k) - 1);
      first = lastAt(other, k) + 1;
    }
    if (first <= last) rest.push(first, last);
  }
  return rest;
}

export function intersectBounds(one: Bounds, other: Bounds): Bounds {
  const common: number[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length && j < other.length) {
    const first = Math.max(firstAt(one, i), firstAt(other, j));
    const last = Math.min(lastAt(one, i), lastAt(other, j));
    if (first <= last) common.push(first, last);
    if (lastAt(one, i) < lastAt(other, j)) i += 2;
    else j += 2;
  }
  return common;
}

/** Every number of `inner` is in `outer`. As nothing touches, each inner interval must lie within one outer interval. */
export function containsBounds(outer: Bounds, inner: Bounds): boolean {
  let i = 0;
  for (let j = 0; j < inner.length; j += 2) {
    while (i < outer.length && lastAt(outer, i) < firstAt(inner, j)) i += 2;
    if (i >= outer.length || firstAt(outer, i) > firstAt(inner, j) || lastAt(outer, i) < lastAt(inner, j)) return false;
  }
  return true;
}

/** How many numbers; exact up to 2^53. */
export function countBounds(bounds: Bounds): number {
  let count = 0;
  for (let i = 0; i < bounds.length; i += 2) count += lastAt(bounds, i) - firstAt(bounds, i) + 1;
  return count;
}

export function equalBounds(one: Bounds, other: Bounds): boolean {
  return one.length === other.length && one.every((bound, i) => bound === other[i]);
}

function firstAt(bounds: Bounds, index: number): number {
  return bounds[index] ?? Number.POSITIVE_INFINITY;
}

function lastAt(bounds: Bounds, index: number): number {
  return bounds[index + 1] ?? Number.POSITIVE_INFINITY;
}

/** Adds an interval that begins not before the last one of `bounds`. */
function append(bounds: number[], first: number, last: number): void {
  const end = bounds.length - 1;
  const reach = bounds[end];
  if (reach !== undefined && first <= reach + 1) bounds[end] = Math.max(reach, last);
  else bounds.push(first, last);
}

/** What a server prints is normal already: one look saves the sorting. */
function isNormal(pairs: readonly number[]): boolean {
  let reach = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < pairs.length; i += 2) {
    if (firstAt(pairs, i) <= reach + 1 || firstAt(pairs, i) > lastAt(pairs, i)) return false;
    reach = lastAt(pairs, i);
  }
  return true;
}

function sortPairs(pairs: readonly number[]): [number, number][] {
  const sorted: [number, number][] = [];
  for (let i = 0; i < pairs.length; i += 2) sorted.push([firstAt(pairs, i), lastAt(pairs, i)]);
  return sorted.sort(([one], [other]) => one - other);
}

function mergeInOrder(pairs: readonly [number, number][]): Bounds {
  const bounds: number[] = [];
  for (const [first, last] of pairs) if (first <= last) append(bounds, first, last);
  return bounds;
}
