/**
 * The CLONE plugin, MySQL from 8.0.17 on: its statements, what it tells, and with which privileges (manual 7.6.7 of 8.4, "The Clone Plugin"; performance schema 29.12.19).
 */
import type { ServerCommand } from '../../model/server-command.ts';
import type { CannotRender, Dialect, ProbeSection, StatementFact } from '../dialect.ts';
import { onServer, selectOn } from '../privileges.ts';
import { integer, literal } from '../sql-text.ts';
import { hasAbility, type Release } from './releases.ts';

const INSTALL_SQL = "INSTALL PLUGIN clone SONAME 'mysql_clone.so'";
const PLUGIN_SQL =
  "SELECT PLUGIN_STATUS AS status FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone' AND PLUGIN_TYPE = 'CLONE'";
const DONORS_SQL = 'SELECT @@global.clone_valid_donor_list AS donors';
const STATUS_SQL =
  'SELECT PID AS pid, STATE AS state, SOURCE AS donor, BEGIN_TIME AS began, ERROR_NO AS error, ERROR_MESSAGE AS message FROM performance_schema.clone_status';
const PROGRESS_SQL =
  'SELECT STAGE AS stage, STATE AS state, ESTIMATE AS estimate, DATA AS copied FROM performance_schema.clone_progress';

type CloneCommand = Extract<
  ServerCommand,
  { readonly kind: 'install-clone-plugin' | 'set-clone-donors' | 'set-super-read-only' | 'clone' }
>;

export const NO_CLONE: CannotRender = { cannot: 'it is older than 8.0.17, which brought the CLONE plugin' };

export function renderClone(command: CloneCommand): readonly string[] {
  switch (command.kind) {
    case 'install-clone-plugin':
      return [INSTALL_SQL];
    case 'set-clone-donors':
      return [`SET GLOBAL clone_valid_donor_list = ${command.donors === '' ? 'DEFAULT' : literal(command.donors)}`];
    case 'set-super-read-only':
      return [`SET GLOBAL super_read_only = ${command.enabled ? 1 : 0}`];
    case 'clone': {
      const { donor, credentials } = command;
      const at = `${literal(credentials.user)}@${literal(donor.hostname)}:${integer(donor.port)}`;
      return [`CLONE INSTANCE FROM ${at} IDENTIFIED BY ${literal(credentials.password)}`];
    }
  }
}

/** Unknown variable, unknown table: the plugin is not there. */
const WITHOUT_PLUGIN: readonly number[] = [1193, 1146];

/** What is asked of a server that is to be cloned, or cloned from; one packet. */
const CLONE_SECTIONS: readonly ProbeSection[] = [
  { name: 'plugin', sql: PLUGIN_SQL, essential: true },
  { name: 'grants', sql: 'SHOW GRANTS', essential: false },
  { name: 'donors', sql: DONORS_SQL, essential: false, unsupported: WITHOUT_PLUGIN },
  { name: 'status', sql: STATUS_SQL, essential: false, unsupported: WITHOUT_PLUGIN },
  { name: 'progress', sql: PROGRESS_SQL, essential: false, unsupported: WITHOUT_PLUGIN },
];

export const cloneSectionsOf = (release: Release): Pick<Dialect, 'cloneSections'> =>
  hasAbility(release, 'clone') ? { cloneSections: CLONE_SECTIONS } : {};

/**
 * None of it is among the minimal grants: CLONE_ADMIN allows to replace all data of a server, INSERT on mysql.plugin to load any plugin, and tables of a plugin that is not
 * there cannot be granted.
 */
export const CLONE_STATEMENTS: readonly StatementFact[] = [
  {
    name: 'clone-plugin',
    sql: PLUGIN_SQL,
    purpose: 'reprovision: whether the CLONE plugin is there',
    privileges: [],
    changes: false,
  },
  {
    name: 'clone-donors',
    sql: DONORS_SQL,
    purpose: 'reprovision: from whom the server may be cloned so far',
    privileges: [],
    changes: false,
  },
  {
    name: 'clone-status',
    sql: STATUS_SQL,
    purpose: 'reprovision: how a clone goes, and why one has failed; grant it apart, once the plugin is there',
    privileges: selectOn('performance_schema.clone_status'),
    changes: false,
    grantedApart: true,
  },
  {
    name: 'clone-progress',
    sql: PROGRESS_SQL,
    purpose: 'reprovision: how far it is; grant it apart, once the plugin is there',
    privileges: selectOn('performance_schema.clone_progress'),
    changes: false,
    grantedApart: true,
  },
  {
    name: 'install-clone-plugin',
    sql: INSTALL_SQL,
    purpose:
      'reprovision, where the plugin is missing; allows to load any plugin: grant it apart, or install it yourself',
    privileges: [{ name: 'INSERT', on: 'mysql.plugin' }],
    changes: true,
    grantedApart: true,
  },
  {
    name: 'set-clone-donors',
    sql: 'SET GLOBAL clone_valid_donor_list = …',
    purpose: 'reprovision: from whom the server may be cloned, until it restarts',
    privileges: onServer('SYSTEM_VARIABLES_ADMIN'),
    changes: true,
  },
  {
    name: 'set-super-read-only',
    sql: 'SET GLOBAL super_read_only = …',
    purpose:
      'reprovision: a server that is super-read-only refuses to be cloned, and to install a plugin (1290); read_only stays on',
    privileges: onServer('SYSTEM_VARIABLES_ADMIN'),
    changes: true,
  },
  {
    name: 'clone',
    sql: 'CLONE INSTANCE FROM …@…:… IDENTIFIED BY …',
    purpose: 'reprovision: all data of a server are replaced by those of another; grant it apart if you want this',
    privileges: onServer('CLONE_ADMIN'),
    changes: true,
    grantedApart: true,
  },
  {
    name: 'clone-donor',
    sql: '(the recipient logs in at the donor with our account)',
    purpose: 'reprovision, of the donor: its data are read; grant it apart if you want this',
    privileges: onServer('BACKUP_ADMIN'),
    changes: false,
    grantedApart: true,
  },
];
