/**
 * The emergency brake: recoveries are disabled everywhere.
 */
import type { RecoveryStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';

type GlobalSwitchStore = Pick<RecoveryStore, 'recoveriesDisabled' | 'setRecoveriesDisabled'>;

export const globalSwitchStore = (engine: MemoryEngine): GlobalSwitchStore => ({
  recoveriesDisabled: () => engine.read((tables) => tables.recoveriesDisabled),

  setRecoveriesDisabled: (disabled) =>
    engine.write((tables) => {
      tables.recoveriesDisabled = disabled;
    }),
});
