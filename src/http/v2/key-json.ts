/** Servers as API v2 writes them. */
import type { InstanceKey } from '../../model/instance-key.ts';
import type { JsonObject } from '../v1/json/json.ts';

export const keyJson = ({ hostname, port }: InstanceKey): JsonObject => ({ hostname, port });

export const keyOrNull = (key: InstanceKey | null): JsonObject | null => (key === null ? null : keyJson(key));
