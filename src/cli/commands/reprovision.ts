/** A server whose data are replaced by those of another one. Not in the contract. */
import { reprovisionLines } from '../../service/reprovision-text.ts';
import { type CommandContext, type CommandGroup, command, fatal, linesOf } from '../command.ts';
import { type Asked, belowNewSource, operation } from '../operation.ts';

function askToRescue({ typed, instance }: CommandContext): Asked {
  // Whoever forgets the flag must not have the local host's transactions fetched.
  return typed === ''
    ? fatal('Cannot deduce instance: name the one that alone has them with -i')
    : { kind: 'ask', request: { kind: 'rescue-transactions', key: instance } };
}

function askToReprovision({ typed, instance, destination, destinationText, flags }: CommandContext): Asked {
  // Whoever forgets the flag must not have the local host's data replaced.
  if (typed === '') return fatal('Cannot deduce instance: name the one whose data are to be replaced with -i');
  // A misspelt donor must not have another one read for hours.
  if (destinationText !== '' && destination === null) return fatal(`Cannot deduce donor: ${destinationText}`);
  const discardErrant = flags['discard-errant'];
  return { kind: 'ask', request: { kind: 'reprovision', key: instance, donor: destination, discardErrant } };
}

export const reprovision: CommandGroup = {
  heading: 'Provisioning',
  rows: [
    operation(
      'reprovision',
      'Replace all data of an instance by those of another one of its cluster (-d, else the best), and let it replicate',
      ['instance', 'destination?', 'discard-errant?'],
      { ask: askToReprovision, lines: belowNewSource },
      'By the CLONE plugin of MySQL, else by ReprovisionProcesses. What the instance alone has is gone then: it is refused unless there is nothing, or --discard-errant says so. Asked again, it goes on with what was begun. It takes as long as copying takes: see reprovision-status meanwhile.',
    ),
    operation(
      'rescue-transactions',
      'Have the primary fetch what an instance alone has, such as a former primary that is back',
      ['instance'],
      { ask: askToRescue },
      'MySQL with GTID. What the primary has taken since may contradict it: at the first transaction that cannot be applied it ends, and those before it stay. See what it is with --dry-run.',
    ),
    command(
      'reprovision-status',
      'Print how far an instance is that is being reprovisioned',
      ['instance'],
      async ({ calls, instance }) => linesOf(await calls.reprovisionStatus(instance), reprovisionLines),
      'Asks the instance and changes nothing.',
    ),
  ],
};
