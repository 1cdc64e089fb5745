/**
 * `CHANGE REPLICATION SOURCE TO`, `CHANGE MASTER TO`: options with literals.
 */
import { changeSource, type PlaceChange } from '../../server/change-source.ts';
import type { ReplicaSettings } from '../../server/replica-settings.ts';
import { needsPrivilege } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { OK, type Statement } from '../statement.ts';
import { ofChannel } from './channel.ts';
import { whenItCanBeWritten } from './replica-control.ts';

export function readChangeSource(reader: TokenReader, family: FamilySql): Statement {
  reader.expectWords(...family.changeSource.statement);
  const options = new Map(reader.list(() => readOption(reader, family)));
  const place = placeOf(options);
  const change = settingsOf(options);
  const run: Statement = (on) => {
    const error = changeSource(on.server, change, place);
    on.done(error === null ? OK : family.messages.replicaCommand(error));
  };
  return ofChannel(reader, (on) => {
    if (on.session.privilege === 'privileged') whenItCanBeWritten(run)(on);
    else on.done(needsPrivilege(family.privileges.replicaAdmin));
  });
}

function readOption(reader: TokenReader, { changeSource: words }: FamilySql): readonly [string, string] {
  const { upper } = reader.next();
  const own = upper.startsWith(words.prefix) ? upper.slice(words.prefix.length) : '';
  const name = words.options.has(own) ? own : words.unprefixed.get(upper);
  if (name === undefined) throw reader.failure(-1);
  reader.expectSymbol('=');
  const value = reader.next();
  if (value.kind === 'symbol') throw reader.failure(-1);
  return [name, value.text];
}

const GTID_WORDS: ReadonlyMap<string, ReplicaSettings['gtid']> = new Map([
  ['SLAVE_POS', 'slave-pos'],
  ['CURRENT_POS', 'current-pos'],
  ['NO', 'off'],
]);

function placeOf(options: Map<string, string>): PlaceChange {
  const [file, position] = [options.get('LOG_FILE'), options.get('LOG_POS')];
  options.delete('LOG_FILE');
  options.delete('LOG_POS');
  return { ...(file === undefined ? {} : { file }), ...(position === undefined ? {} : { position: Number(position) }) };
}

/** What has an effect here, under its own name; everything else is only shown. */
function settingsOf(options: ReadonlyMap<string, string>): Partial<ReplicaSettings> {
  const others = new Map(options);
  const take = <Value>(name: string, read: (text: string) => Value): Value | undefined => {
    const text = others.get(name);
    others.delete(name);
    return text === undefined ? undefined : read(text);
  };
  const gtid =
    take('AUTO_POSITION', (text): ReplicaSettings['gtid'] => (text === '0' ? 'off' : 'auto-position')) ??
    take('USE_GTID', (text): ReplicaSettings['gtid'] => GTID_WORDS.get(text.toUpperCase()) ?? 'off');
  const wanted = {
    host: take('HOST', String),
    port: take('PORT', Number),
    user: take('USER', String),
    password: take('PASSWORD', String),
    gtid,
    delaySeconds: take('DELAY', Number),
    tls: take('SSL', (text) => text !== '0'),
    others: others.size > 0 ? others : undefined,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}
