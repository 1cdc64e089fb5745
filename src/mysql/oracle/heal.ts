/**
 * What heals a replica whose relay logs the server cannot make sense of (spec/topology-operations.md 3.2 step 6, O12; D13): the command is refused until they
 * are thrown away. The witness of the refused command has allowed that already.
 *
 * 1201 says so up to 5.7 and in 8.0 ("could not initialize connection metadata"), 1872 from 5.6 on where the relay log cannot be opened. On 9.7 CHANGE and RESET
 * heal it by themselves (seen), and only START answers with 1872; that one has no witness and is not healed.
 */
import type { ServerCommand } from '../../model/server-command.ts';
import type { Healing } from '../dialect.ts';
import { changeSource, delayOption, followOptions } from './change-source.ts';
import { forChannel } from './channel-clause.ts';
import type { OracleWords } from './words.ts';

const BROKEN_RELAY_LOG: readonly number[] = [1201, 1872];

/** Null: not that error, or nothing that may throw a relay log away. */
export function healIn(words: OracleWords) {
  return (command: ServerCommand, errorNumber: number, channel: string): Healing | null => {
    if (!BROKEN_RELAY_LOG.includes(errorNumber)) return null;
    const again = againOf(words, command, channel);
    if (again === null) return null;
    const of = forChannel(channel);
    const reset = `RESET ${words.replica}${of}`;
    const receiver = (verb: 'START' | 'STOP') => `${verb} ${words.replica} IO_THREAD${of}`;
    return { statements: [reset, receiver('START'), receiver('STOP'), reset], again };
  };
}

function againOf(words: OracleWords, command: ServerCommand, channel: string): readonly string[] | null {
  if (command.kind === 'forget-source') return [`RESET ${words.replica} ALL${forChannel(channel)}`];
  if (command.kind !== 'follow') return null;
  const { options } = command;
  // D8: RESET forgets the delay (seen on 9.7): the replica that was to be behind would not be.
  const delay = options.delaySeconds === 0 ? [] : [delayOption(words, options.delaySeconds)];
  return [changeSource(words, [...followOptions(words, options), ...delay], channel)];
}
