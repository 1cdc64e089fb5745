/** Answers of the service for people, printed by a command as they are. */
import { type CommandContext, type CommandResult, done } from './command.ts';

/** It alone has heard the receivers, knows for how long, and can ask other nodes. `query`: more of the query. Null: none runs here on this backend. */
export async function asTheServiceSeesIt(
  { calls, settings, askService }: CommandContext,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<CommandResult | null> {
  const asked = new URLSearchParams({ format: 'text', backend: calls.backendName(), ...query });
  const text = await askService(settings, `${path}?${asked.toString()}`);
  return text === null ? null : done(...text.replace(/\n$/, '').split('\n'));
}
