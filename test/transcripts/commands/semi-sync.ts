// `semi-sync`: who waits for acknowledgements, and who gives them.
import type { Command } from '../support/command.ts';

export const semiSync: Command = ({ world }) =>
  world.servers
    .filter(({ isRunning }) => isRunning)
    .map(({ name, running: { semiSync: source, receiver } }) => {
      const waits = source.isEnabled
        ? `waits for ${source.settings.waitCount} of ${source.clients}`
        : 'waits for nobody';
      return `${name}: ${waits}${receiver.acknowledges ? ', acknowledges' : ''}`;
    });
