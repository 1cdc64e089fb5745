// The leader dies at each journaled line, of incidents of a MySQL cluster.

import { leaderDies } from './support/leader-dies.ts';

leaderDies('mysql');
