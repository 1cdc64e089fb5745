/**
 * The text before every message of an envelope, so that people with several nodes see who speaks (PrependMessagesWithOrcIdentity).
 */
import type { Settings } from '../../config/settings.ts';

/** `Orchestrator <identity> says: `, or '' when not asked for or no identity can be found. `ownHostname`: as the system reports it. */
export function messagePrefix(
  settings: Pick<Settings, 'PrependMessagesWithOrcIdentity' | 'CustomOrcIdentity'>,
  ownHostname: string,
): string {
  const identity = identityOf(settings.PrependMessagesWithOrcIdentity, settings.CustomOrcIdentity, ownHostname);
  return identity === '' ? '' : `Orchestrator ${identity} says: `;
}

/** The words are case-sensitive; an unsupported one means no prefix. The fully qualified name falls back to the host name we have. */
function identityOf(word: string, custom: string, ownHostname: string): string {
  switch (word) {
    case 'FQDN':
    case 'hostname':
      return ownHostname || custom;
    case 'custom':
      return custom;
    default:
      return '';
  }
}
