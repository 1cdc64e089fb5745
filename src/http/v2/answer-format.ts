/** `?format=text` asks for an answer to people, `?format=json` or nothing for one to programs; anything else is refused. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendRefusal } from './refusal.ts';

export type AnswerFormat = 'json' | 'text';

export const BAD_FORMAT = 'format is json or text';

/** Null: it asks for a format that there is not, or for several. */
export function formatOf(request: FastifyRequest): AnswerFormat | null {
  const { format = 'json' } = request.query as Readonly<Record<string, string | readonly string[] | undefined>>;
  return format === 'json' || format === 'text' ? format : null;
}

/** 400. */
export const sendBadFormat = (reply: FastifyReply): FastifyReply =>
  sendRefusal(reply, 400, { code: 'bad-query', message: BAD_FORMAT });
