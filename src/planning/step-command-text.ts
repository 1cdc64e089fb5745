/** Commands of plans, deferred ones too, in words: one line for plans, records and terminals. */
import { coordinatesText } from '../model/binlog-coordinates.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import { commandText } from '../model/server-command.ts';
import {
  type FollowAt,
  isDeferred,
  type OrderedLoss,
  type PlaceReference,
  type RelayLogRule,
  type StepCommand,
  toldSource,
} from './deferred-command.ts';

export function stepCommandText(command: StepCommand): string {
  if (!isDeferred(command)) return commandText(command);
  switch (command.kind) {
    case 'follow-when-safe':
      return `replicate from ${instanceKeyText(toldSource(command))} (${followText(command.at)}) once ${ruleText(command.relayLog)}`;
    case 'forget-source-when-safe':
      return `forget its source once ${ruleText(command.relayLog)}`;
    case 'run-until':
      return `replicate until ${placeText(command.place)}`;
    case 'when-safe':
      return `${commandText(command.command)} once ${command.besideApplier === true ? 'its applier runs or ' : ''}${ruleText(command.relayLog)}`;
    case 'forget-errant':
      return `delete all binary logs, and count as executed what was executed after "${command.stood}" without ${command.errant}`;
    case 'start-if-recorded':
      return `${command.commands.map(commandText).join(', ')} unless the record of what was executed is lost`;
    case 'find-place':
      return `find its place in the binary logs of ${instanceKeyText(command.within)}`;
    case 'check-loss':
      return `see that ${lossText(command)}`;
    case 'clone-when-safe':
      return `replace all its data by those of ${instanceKeyText(command.donor)} if ${lossText(command)}`;
    case 'await-clone':
      return 'wait until it has its new data and answers again';
    case 'provision-by-hooks':
      return 'run ReprovisionProcesses';
  }
}

const lossText = ({ origin, discards }: OrderedLoss): string =>
  `it has nothing that ${instanceKeyText(origin)} has not${discards === '' ? '' : `, but for ${discards}`}`;

function followText(at: FollowAt): string {
  switch (at.kind) {
    case 'gtid':
      return 'by GTID';
    case 'own-place':
      return 'at the same coordinates';
    case 'place':
      return `at ${placeText(at.place)}`;
  }
}

export function placeText(place: PlaceReference): string {
  switch (place.kind) {
    case 'known':
      return coordinatesText(place.coordinates);
    case 'log-end':
      return `the end of the binary log after "${place.after}"`;
    case 'applied':
      return `the place applied after "${place.after}"`;
    case 'found':
      return `the place found by "${place.by}"`;
  }
}

function ruleText(rule: RelayLogRule): string {
  switch (rule.kind) {
    case 'drained':
      return 'it has applied all that it has received';
    case 'executed-by':
      return `${instanceKeyText(rule.server)}${rule.orBy === undefined ? '' : ` or ${instanceKeyText(rule.orBy)}`} has executed all that it has received`;
    case 'logged-by':
      return `${instanceKeyText(rule.server)} has all that it has received in its binary log`;
    case 'applied-by':
      return `${instanceKeyText(rule.server)} has applied all that it has received`;
    case 'executed-or-discarded':
      return `${instanceKeyText(rule.server)} has executed all that it has received${rule.discards === '' ? '' : `, but for ${rule.discards}`}`;
  }
}
