/** Finds the known name a misspelled one was probably meant to be. Pure. */

/** More edits than this share of the name's length is another word, not a typing error. */
const MAX_EDITS_SHARE = 0.25;
/** Names longer than this are not compared: no key comes near, and the cost grows with the square. */
const MAX_NAME_CHARS = 100;

/** The candidate with the fewest edits to `name`, ignoring case, or null when none is near. */
export function nearestName(name: string, candidates: readonly string[]): string | null {
  if (name.length > MAX_NAME_CHARS) return null;
  let nearest: string | null = null;
  let fewest = Math.floor(name.length * MAX_EDITS_SHARE) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue;
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest;
}

/** Levenshtein distance: single-character insertions, deletions and replacements. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const removed = (previous[column] ?? 0) + 1;
      const inserted = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, removed, inserted));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
