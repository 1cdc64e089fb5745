/** What a MySQL server tells of its CLONE plugin, of the last clone that it has received, and of what our account may do about it. */
import type { CloneFacts, CloneReading, CloneRun, CloneStage } from '../model/clone-run.ts';
import type { Grant } from '../model/server-settings.ts';
import type { Row, Rows } from '../ports/server-wire.ts';
import type { SectionRows } from './dialect.ts';
import { readGrants } from './preflight-rows.ts';
import { numberOf, textOf } from './row-values.ts';
import type { LinkTimeouts, ServerLink } from './server-link.ts';

/** The dialect must be known: nothing is asked blindly. */
export async function readCloneFacts(
  link: Pick<ServerLink, 'dialect' | 'querySections'>,
  timeouts: LinkTimeouts,
): Promise<CloneReading> {
  const sections = link.dialect?.cloneSections;
  if (sections === undefined) return { kind: 'without' };
  const answer = await link.querySections(sections, timeouts);
  return answer.kind === 'failed' ? answer : { kind: 'read', facts: cloneFactsOf(answer.rows) };
}

export function cloneFactsOf(rows: SectionRows): CloneFacts {
  const status = rows.get('status');
  const grants = grantsIn(rows.get('grants'));
  const may = (name: string, ...targets: readonly string[]): boolean | null =>
    grants === null ? null : grants.some((grant) => targets.includes(grant.on) && allows(grant, name));
  return {
    plugin: pluginState(rows.get('plugin')),
    validDonors: textOf(rows.get('donors')?.[0], 'donors'),
    mayClone: may('CLONE_ADMIN', '*.*'),
    mayDonate: may('BACKUP_ADMIN', '*.*'),
    mayInstall: may('INSERT', '*.*', 'mysql.*', 'mysql.plugin'),
    last: status?.[0] === undefined ? null : cloneRunOf(status[0], rows.get('progress') ?? []),
    isTold: status !== undefined,
  };
}

const allows = ({ privileges }: Grant, name: string): boolean =>
  privileges.some((privilege) => privilege === name || privilege === 'ALL PRIVILEGES' || privilege === 'ALL');

function grantsIn(rows: Rows | undefined): readonly Grant[] | null {
  if (rows === undefined) return null;
  return readGrants(rows.map((row) => textOf(row, Object.keys(row)[0] ?? '')));
}

function pluginState(rows: Rows | undefined): CloneFacts['plugin'] {
  const [row] = rows ?? [];
  if (row === undefined) return 'missing';
  return textOf(row, 'status') === 'ACTIVE' ? 'active' : 'inactive';
}

/** Null: there was never one. */
function cloneRunOf(status: Row, progress: Rows): CloneRun | null {
  const state = textOf(status, 'state');
  if (state === 'Not Started' || state === '') return null;
  return {
    state: stateOf(state, numberOf(status, 'pid')),
    donor: textOf(status, 'donor'),
    beganAt: textOf(status, 'began'),
    errorNumber: numberOf(status, 'error'),
    errorText: textOf(status, 'message'),
    stages: progress.flatMap(stageOf),
  };
}

/** A server that was killed in the middle of it says for ever that it is in progress, with nobody at it (seen on 9.7). */
function stateOf(state: string, sessionId: number): CloneRun['state'] {
  if (state === 'Completed') return 'completed';
  return state === 'In Progress' && sessionId !== 0 ? 'running' : 'failed';
}

const STAGE_STATES: Readonly<Record<string, CloneStage['state']>> = {
  'In Progress': 'in-progress',
  Completed: 'completed',
  Failed: 'failed',
};

function stageOf(row: Row): readonly CloneStage[] {
  const state = STAGE_STATES[textOf(row, 'state')];
  if (state === undefined) return [];
  return [
    {
      name: textOf(row, 'stage'),
      state,
      estimatedBytes: numberOf(row, 'estimate'),
      copiedBytes: numberOf(row, 'copied'),
    },
  ];
}
