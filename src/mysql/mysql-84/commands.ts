/** Commands to statements, MySQL 8.4 and 9.x. */
import { renderIn } from '../oracle/commands.ts';
import { healIn } from '../oracle/heal.ts';
import { WORDS } from './statements.ts';

export const render = renderIn(WORDS);

export const heal = healIn(WORDS);
