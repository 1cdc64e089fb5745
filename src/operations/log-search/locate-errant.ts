/**
 * Which binary logs of a server have its errant transactions (spec/topology-operations.md O34).
 *
 * Each file begins with the set of all that was logged before it, so a few of these tell where everything is: the files are halved, and each half is looked at only
 * where something is to be found in it.
 */

import { type GtidSet, intersect, isEmpty, subtract } from '../../model/gtid-set.ts';
import { gtidSetText, parseGtidSet } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import type { LogSearch } from './log-search.ts';
import { found, refuse, type Search } from './search-refusal.ts';

/** The set is among so many first events. */
const FIRST_EVENTS = 5;

const PREVIOUS_GTIDS = 'Previous_gtids';

/** Names of binary logs, the oldest first. Refused where nothing is errant, or a part of it is in no log any more. */
export async function locateErrant(
  search: LogSearch,
  { key, gtidErrant, gtidPurged }: Pick<Instance, 'key' | 'gtidErrant' | 'gtidPurged'>,
): Promise<Search<readonly string[]>> {
  const name = instanceKeyText(key);
  const [errant, purged] = [parseGtidSet(gtidErrant), parseGtidSet(gtidPurged)];
  if (errant.kind === 'refused') return refuse('gtid-unknown', `${name}: ${errant.reason}`);
  if (purged.kind === 'refused') return refuse('gtid-unknown', `${name}: ${purged.reason}`);
  if (isEmpty(errant.set)) return refuse('nothing-errant', `no errant GTIDs found on ${name}`);
  const gone = intersect(errant.set, purged.set);
  if (!isEmpty(gone)) return purgedRefusal(key, gone);
  const files = await search.files(key);
  if (files.kind === 'refused') return files;
  const [oldest = ''] = files.value;
  const before = await loggedBefore(search, key, oldest);
  if (before.kind === 'refused') return before;
  const gonePart = intersect(errant.set, before.value);
  if (!isEmpty(gonePart)) return purgedRefusal(key, gonePart);
  return filesWith(search, key, files.value, errant.set);
}

const purgedRefusal = (key: InstanceKey, gone: GtidSet) =>
  refuse('gtid-purged', `locate-errant-gtid: ${gtidSetText(gone)} is already purged on ${instanceKeyText(key)}`);

/** All of `wanted` is in these files, which follow each other. */
async function filesWith(
  search: LogSearch,
  key: InstanceKey,
  files: readonly string[],
  wanted: GtidSet,
): Promise<Search<readonly string[]>> {
  if (isEmpty(wanted)) return found([]);
  const middle = Math.ceil(files.length / 2);
  const file = files[middle];
  if (file === undefined) return found(files);
  const before = await loggedBefore(search, key, file);
  if (before.kind === 'refused') return before;
  const earlier = await filesWith(search, key, files.slice(0, middle), intersect(wanted, before.value));
  if (earlier.kind === 'refused') return earlier;
  const later = await filesWith(search, key, files.slice(middle), subtract(wanted, before.value));
  if (later.kind === 'refused') return later;
  return found([...earlier.value, ...later.value]);
}

async function loggedBefore(search: LogSearch, key: InstanceKey, file: string): Promise<Search<GtidSet>> {
  const page = await search.events(key, { file, type: 'binary', fromPos: 0, skip: 0, limit: FIRST_EVENTS });
  if (page.kind === 'refused') return page;
  const name = instanceKeyText(key);
  if (typeof page.value === 'string') return refuse('unreadable', `${name} has no binary log ${file} any more`);
  const event = page.value.find(({ type }) => type === PREVIOUS_GTIDS);
  if (event === undefined)
    return refuse(
      'gtid-unknown',
      `${file} of ${name} does not begin with the GTIDs before it: what it has is not known`,
    );
  const parsed = parseGtidSet(event.info);
  return parsed.kind === 'ok' ? found(parsed.set) : refuse('gtid-unknown', `${file} of ${name}: ${parsed.reason}`);
}
