/** `?format=text` asks for an answer to people, `?format=json` or nothing for one to programs; anything else is refused. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bareAnswer, sendAnswer } from '../answer.ts';
import { queryOf } from '../v1/register.ts';

/** Null: it asks for a format that there is not. */
export function formatOf(request: FastifyRequest): 'json' | 'text' | null {
  const format = queryOf(request, 'format');
  if (format === '' || format === 'json') return 'json';
  return format === 'text' ? 'text' : null;
}

/** 400. */
export const sendBadFormat = (reply: FastifyReply) =>
  sendAnswer(reply, bareAnswer({ code: 'bad-query', message: 'format is json or text' }, 400), '');
