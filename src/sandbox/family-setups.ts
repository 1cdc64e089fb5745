// Finds the setup of a family.

import { mariadbSetup } from './mariadb-setup.ts';
import { mysqlSetup } from './mysql-setup.ts';
import type { ServerFamily } from './server-releases.ts';
import type { FamilySetup } from './server-setup.ts';

const setups: Record<ServerFamily, FamilySetup> = { mysql: mysqlSetup, mariadb: mariadbSetup };

/** The setup of a family. */
export function setupOf(family: ServerFamily): FamilySetup {
  return setups[family];
}
