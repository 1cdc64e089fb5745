// Where fetched servers and prepared data directories are kept between runs: outside the repository, per user.

import { homedir } from 'node:os';
import { join } from 'node:path';

/** The cache folder: `$ORCHESTRATOR_CACHE`, else `~/.cache/orchestrator-ts`. It may not exist yet. */
export function cacheFolder(): string {
  const chosen = process.env['ORCHESTRATOR_CACHE'];
  return chosen !== undefined && chosen !== '' ? chosen : join(homedir(), '.cache', 'orchestrator-ts');
}
