/** The pattern of `LIKE` as a regular expression; without regard to case, as the servers' usual collations compare. */
export function likePattern(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (character === '%') source += '[\\s\\S]*';
    else if (character === '_') source += '[\\s\\S]';
    else {
      if (character === '\\' && at + 1 < pattern.length) at += 1;
      source += (pattern[at] ?? '').replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
    }
  }
  return new RegExp(`^${source}$`, 'i');
}
