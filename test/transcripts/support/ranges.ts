/** 1,2,3,5 → `1-3,5`. */
export function ranges(numbers: readonly number[]): string {
  const pieces: [number, number][] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const last = pieces.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else pieces.push([number, number]);
  }
  return pieces.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
