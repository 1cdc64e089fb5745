// The leader dies at each journaled line, of incidents of a MariaDB cluster.

import { leaderDies } from './support/leader-dies.ts';

leaderDies('mariadb');
