/** What must hold before all data of a server are replaced. Null: it holds. */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { isGroupMember } from '../../model/instance-status.ts';
import { parseServerVersion } from '../../model/server-version.ts';
import { hasClonePlugin } from '../clone-versions.ts';
import { logReaders } from './log-readers.ts';
import { firstOf } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationRefusal, refuse } from './operation-plan.ts';
import { severalSourcesRefusal } from './relay-log-hold.ts';
import type { ReprovisionFacts } from './reprovision-facts.ts';

export const wontReprovision = ({ key }: Pick<Instance, 'key'>, code: string, why: string): OperationRefusal =>
  refuse(code, `reprovision will not operate on ${instanceKeyText(key)} because ${why}`);

/** Whoever serves anybody keeps its data. */
export function recipientRefusal(instance: Instance, facts: OperationFacts): OperationRefusal | null {
  const why = (code: string, text: string): OperationRefusal => wontReprovision(instance, code, text);
  const readers = logReaders(instance, facts.topology);
  return firstOf(
    instance.isBinlogServer ? why('binlog-server', 'it is a binlog server, and has no data') : null,
    isGroupMember(instance) ? why('group-member', 'it is a member of a replication group') : null,
    instance.readOnly ? null : why('takes-writes', 'it takes writes: make it read-only first'),
    readers.length === 0 ? null : why('has-replicas', `others replicate from it: ${namesOf(readers)}`),
    severalSourcesRefusal(instance),
  );
}

const NAMES_MAX = 5;

function namesOf(readers: readonly Pick<Instance, 'key'>[]): string {
  const names = readers.slice(0, NAMES_MAX).map(({ key }) => instanceKeyText(key));
  const more = readers.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Why it cannot be cloned, as far as it is about the recipient. Null: it can. */
export function cannotBeCloned(instance: Instance, known: ReprovisionFacts): OperationRefusal | null {
  const why = (code: string, text: string): OperationRefusal => wontReprovision(instance, code, text);
  const version = parseServerVersion(instance.version, instance.versionComment);
  if (!hasClonePlugin(version)) {
    const family = version.flavor === 'MariaDB' ? 'MariaDB has no CLONE' : `${version.text} has no CLONE plugin`;
    return why('no-clone', `${family}: name commands that provision it in ReprovisionProcesses`);
  }
  if (!instance.supportsOracleGtid)
    return why('no-gtid', 'it does not use GTID: it would not be known where it goes on');
  const reading = known.clone(instance.key);
  if (reading === null || reading.kind === 'without') return null;
  if (reading.kind === 'failed') return why('cannot-read', reading.failure.text);
  const { plugin, mayClone, mayInstall, isTold } = reading.facts;
  if (mayClone === false) return why('privilege', 'our account lacks CLONE_ADMIN there');
  if (plugin === 'inactive') return why('clone-plugin', 'its CLONE plugin is disabled');
  if (plugin === 'missing' && mayInstall === false) {
    return why('clone-plugin', 'it has no CLONE plugin, and our account may not install it (INSERT on mysql.plugin)');
  }
  return plugin === 'active' && !isTold
    ? why(
        'privilege',
        'our account may not read how a clone goes (SELECT on performance_schema.clone_status and clone_progress)',
      )
    : null;
}

/** `lost`: what it alone has; null: that cannot be told. */
export function consentRefusal(
  instance: Instance,
  primary: Instance,
  lost: string | null,
  discardErrant: boolean,
): OperationRefusal | null {
  const [key, top] = [instanceKeyText(instance.key), instanceKeyText(primary.key)];
  if (lost === null) {
    const text = `it cannot be told by GTID what it alone has: ${key} and ${top} cannot be compared`;
    return wontReprovision(instance, 'no-gtid', text);
  }
  if (lost === '' || discardErrant) return null;
  const text = `it has what ${top} has not, and that would be gone for good: ${lost}; save what you need of it, and ask again with --discard-errant ("discardErrant": true)`;
  return wontReprovision(instance, 'errant', text);
}
