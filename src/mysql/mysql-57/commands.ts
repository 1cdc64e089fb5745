/** Commands to statements, MySQL 5.6, 5.7 and 8.0 up to 8.0.21. */
import type { Dialect } from '../dialect.ts';
import { renderIn } from '../oracle/commands.ts';
import { healIn } from '../oracle/heal.ts';
import type { Release } from '../oracle/releases.ts';
import { rescueIn } from '../oracle/rescue.ts';
import { wordsOf } from './statements.ts';

export const renderOf = (release: Release): Dialect['render'] => renderIn(wordsOf(release));

export const healOf = (release: Release): NonNullable<Dialect['heal']> => healIn(wordsOf(release));

export const rescueOf = (release: Release): Pick<Dialect, 'rescue'> => rescueIn(wordsOf(release));
