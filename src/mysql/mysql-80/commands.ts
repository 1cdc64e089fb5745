/** Commands to statements, MySQL from 8.0.22 to 8.3. */
import type { Dialect } from '../dialect.ts';
import { renderIn } from '../oracle/commands.ts';
import { healIn } from '../oracle/heal.ts';
import type { Release } from '../oracle/releases.ts';
import { rescueIn } from '../oracle/rescue.ts';
import { wordsOf } from './statements.ts';

export const renderOf = (release: Release): Dialect['render'] => renderIn(wordsOf(release));

export const healOf = (release: Release): NonNullable<Dialect['heal']> => healIn(wordsOf(release));

export const rescueOf = (release: Release): Pick<Dialect, 'rescue'> => rescueIn(wordsOf(release));
