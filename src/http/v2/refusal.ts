/** How API v2 says no: a status, a stable code, and a sentence. */
import type { FastifyReply } from 'fastify';
import type { Refusal } from '../../service/calls.ts';
import { bareAnswer, sendAnswer } from '../answer.ts';

/** 403: who may not act. */
export const UNAUTHORISED: Refusal = { code: 'unauthorized', message: 'Unauthorized' };

/** 409: a command asks the service that serves where its own configuration says, and that may be another one. */
export const OTHER_BACKEND: Refusal = { code: 'other-backend', message: 'this service is on another backend' };

export const sendRefusal = (reply: FastifyReply, status: number, { code, message }: Refusal): FastifyReply =>
  sendAnswer(reply, bareAnswer({ code, message }, status), '');
