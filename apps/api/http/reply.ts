import type { FastifyReply, FastifyRequest } from 'fastify';
import { etagOfText, matches } from '#core/foundation/etag.js';

/** An answer made of JSON text (kept as text: an idempotent repeat answers byte for byte) or of something streamed. */
export type Reply =
  | { kind: 'json'; status: number; headers: Record<string, string>; body: string; etag?: string }
  | { kind: 'raw'; status?: number; headers: Record<string, string>; body: unknown };

/** What a controller answers when the status or headers differ from the route's default. */
export class Answer {
  constructor(
    readonly body: unknown,
    readonly status?: number,
    readonly headers: Record<string, string> = {},
  ) {}
}

/** JSON text made before, with its ETag: for reads so hot that making the text again would be most of the work. */
export class Prebuilt {
  constructor(
    readonly body: string,
    readonly etag: string,
  ) {}
}

/** An answer made before, status and all: one that was kept, or was kept just now. */
export class Made {
  constructor(readonly reply: Reply) {}
}

const isStreamed = (body: unknown): boolean =>
  Buffer.isBuffer(body) ||
  (typeof body === 'object' && body !== null && ('pipe' in body || 'getStream' in body));

export function asReply(result: unknown, defaultStatus: number): Reply {
  if (result instanceof Prebuilt) {
    return { kind: 'json', status: 200, headers: {}, body: result.body, etag: result.etag };
  }
  if (result instanceof Made) return result.reply;
  const answer = result instanceof Answer ? result : new Answer(result);
  if (isStreamed(answer.body)) {
    return { kind: 'raw', status: answer.status, headers: answer.headers, body: answer.body };
  }
  const status = answer.status ?? defaultStatus;
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body);
  return {
    kind: 'json',
    status: body === '' && status === 200 ? 204 : status,
    headers: answer.headers,
    body,
  };
}

/** Characters from which a text is made into bytes once, for its hash, its length and the network alike. */
const LONG = 4_096;

/** Every JSON answer of 200 or 201 carries a strong ETag of its bytes; a GET whose `If-None-Match` names it is 304. */
export function send(request: FastifyRequest, response: FastifyReply, reply: Reply): unknown {
  if (reply.status !== undefined) response.status(reply.status);
  for (const [name, value] of Object.entries(reply.headers)) response.header(name, value);
  if (reply.kind === 'raw') return reply.body;
  if (reply.body === '') return undefined;
  response.header('content-type', 'application/json; charset=utf-8');
  const body = reply.body.length > LONG ? Buffer.from(reply.body) : reply.body;
  if (reply.status === 200 || reply.status === 201) {
    const etag = reply.etag ?? etagOfText(body);
    response.header('etag', etag);
    if (request.method === 'GET') {
      response.header('cache-control', 'private, no-cache');
      const known = request.headers['if-none-match'];
      if (known && matches(known, etag)) {
        response.status(304);
        return undefined;
      }
    }
  }
  return body;
}
