/**
 * `GET {prefix}/api/v2/events`: what happens in this node, as server-sent events. A client that lost the stream connects again and
 * reads the state afresh; nothing is replayed.
 */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Millis, millis } from '../../model/brand.ts';
import type { OrchestratorCalls } from '../../service/calls.ts';
import { TEXT_TYPE } from '../answer.ts';
import { EventHub, type EventSink } from './event-hub.ts';

export const HEARTBEAT_PERIOD: Millis = millis(15_000);
export const EVENT_SUBSCRIBERS_MAX = 256;
export const EVENT_BACKLOG_BYTES_MAX = 1024 * 1024;

/** How long a client waits before it connects again. */
const RETRY_MILLIS = 1000;
const OPENING_FRAME = `retry: ${RETRY_MILLIS}\n: connected\n\n`;
const TOO_MANY_BODY = 'too many event streams are open on this node\n';

export interface EventStreamOptions {
  readonly heartbeatPeriod?: Millis;
  readonly subscribersMax?: number;
  readonly backlogBytesMax?: number;
}

export function registerEvents(
  app: FastifyInstance,
  calls: OrchestratorCalls,
  prefix: string,
  options: EventStreamOptions = {},
): void {
  const hub = new EventHub(calls, {
    subscribersMax: options.subscribersMax ?? EVENT_SUBSCRIBERS_MAX,
    backlogBytesMax: options.backlogBytesMax ?? EVENT_BACKLOG_BYTES_MAX,
  });
  const heartbeat = setInterval(() => hub.heartbeat(), options.heartbeatPeriod ?? HEARTBEAT_PERIOD);
  heartbeat.unref();
  // Before the server closes: it waits for open answers, and these never end by themselves.
  app.addHook('preClose', async () => {
    clearInterval(heartbeat);
    hub.close();
  });
  app.get(`${prefix}/api/v2/events`, (request, reply) => stream(hub, request, reply));
}

function stream(hub: EventHub, request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  reply.header('Content-Type', 'text/event-stream; charset=utf-8');
  reply.header('Cache-Control', 'no-store');
  // nginx would otherwise collect events until a buffer is full.
  reply.header('X-Accel-Buffering', 'no');
  if (request.method === 'HEAD') return reply.send('');

  const sink = responseSink(reply.raw);
  if (!hub.attach(sink)) return reply.code(503).type(TEXT_TYPE).send(TOO_MANY_BODY);
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.once('close', () => hub.detach(sink));
  reply.raw.writeHead(200);
  reply.raw.write(OPENING_FRAME);
  return undefined;
}

function responseSink(response: ServerResponse): EventSink {
  return {
    write: (frame) => {
      response.write(frame);
    },
    backlogBytes: () => response.writableLength,
    end: () => {
      response.end();
    },
    drop: () => {
      response.destroy();
    },
  };
}
