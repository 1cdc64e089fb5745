/** How far a server is that is being provisioned anew, for people. */
import { bytesText, type CloneRun, cloneErrorText, cloneProgressText } from '../model/clone-run.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { ReprovisionRecord } from '../model/reprovision-record.ts';
import type { ReprovisionStatus } from './calls.ts';
import { section } from './operation-words.ts';
import { printable } from './printable.ts';

export function reprovisionLines({ key, record, progress, clone, untold }: ReprovisionStatus): readonly string[] {
  const name = instanceKeyText(key);
  return [
    record === null ? `${name}: nothing is under way` : `${name}: ${recordText(record)}`,
    ...(progress === null ? [] : [`Now: ${progress}`]),
    ...(clone === null ? [] : [`Clone from ${clone.donor} since ${clone.beganAt}: ${stateText(clone)}`]),
    ...(untold === '' ? [] : [`The server does not tell: ${untold}`]),
    ...section('Stages', (clone?.stages ?? []).map(stageText)),
  ].map(printable);
}

function recordText({ donor, primary, method, phase, discarded, at }: ReprovisionRecord): string {
  const how = method === 'clone' ? 'by the CLONE plugin' : 'by ReprovisionProcesses';
  const now = phase === 'begun' ? 'is being provisioned' : 'has its new data, and is to join';
  const lost = discarded === '' ? 'nothing is lost' : `ordered to be lost: ${discarded}`;
  return `${now} from ${instanceKeyText(donor)} ${how}, below ${instanceKeyText(primary)}; since ${new Date(at).toISOString()}; ${lost}`;
}

function stateText(clone: CloneRun): string {
  switch (clone.state) {
    case 'running':
      return cloneProgressText(clone);
    case 'completed':
      return 'completed';
    case 'failed':
      return `failed, ${cloneErrorText(clone)}`;
  }
}

const stageText = ({ name, state, copiedBytes, estimatedBytes }: CloneRun['stages'][number]): string =>
  `${name}: ${state}${estimatedBytes === 0 ? '' : `, ${bytesText(copiedBytes)} of ${bytesText(estimatedBytes)}`}`;
