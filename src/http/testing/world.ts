/** Requests to the whole API, with calls that answer as the tests say. */
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Settings } from '../../config/settings.ts';
import type { OrchestratorCalls } from '../../service/calls.ts';
import { buildApp } from '../app.ts';
import { type FakeCalls, fakeCalls, settingsWith } from './fake-calls.ts';

export interface World {
  readonly app: FastifyInstance;
  readonly calls: FakeCalls;
  get(
    url: string,
    options?: InjectOptions,
  ): Promise<{ status: number; body: string; json: () => { Code: string; Message: string; Details: unknown } }>;
}

export async function world(some: Partial<Settings> = {}, overrides: Partial<OrchestratorCalls> = {}): Promise<World> {
  const settings = settingsWith(some);
  const calls = fakeCalls({ settings: () => settings, ...overrides });
  const app = await buildApp({ calls, settings });
  return {
    app,
    calls,
    get: async (url, options = {}) => {
      const answer = await app.inject({ url, ...options });
      return { status: answer.statusCode, body: answer.body, json: () => answer.json() };
    },
  };
}
