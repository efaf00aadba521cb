import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Log } from '#platform/log.js';
import { Problem, type ProblemCode, problem } from '#rules/problems.js';
import type { DudaoRequest } from './route.js';
import { LOG } from './tokens.js';

/**
 * Failures of PostgreSQL and the network that pass by themselves: the client may try again. 26000 and 42P05 follow where
 * preparing a statement failed for one of these reasons and others had been sent behind it.
 */
const NOT_ABLE_NOW =
  /^(57P0[1-5]|26000|42P05|08\w{3}|53\w{3}|55P03|57014|25P03|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOSPC|EDQUOT|EFBIG|EROFS|EMFILE|ENFILE|EAI_AGAIN)$/;
/** The same in words, where pg and TypeORM give no code; the last two follow when a connection breaks inside a transaction. */
const LOST_CONNECTION =
  /timeout exceeded when trying to connect|Query read timeout|Connection (terminated|ended)|not queryable|Query runner already released|query runner was already released/;
const BY_STATUS: Record<number, ProblemCode> = {
  400: 'request.malformed',
  404: 'request.not_found',
  405: 'request.method_not_allowed',
  413: 'request.too_large',
  415: 'request.unsupported_type',
  429: 'request.too_many',
};

/** Every failure as RFC 9457 problem+json. What is not a problem of the catalogue is logged and never leaks internals. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<DudaoRequest>();
    const response = host.switchToHttp().getResponse<FastifyReply>();
    sendProblem(request, response, toProblem(error), error, this.log);
  }
}

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  const known = status !== undefined ? BY_STATUS[status] : undefined;
  if (known)
    return problem(known, {
      detail: known === 'request.malformed' ? '请求内容不是有效的 JSON 或地址有误' : undefined,
    });
  if (status !== undefined && status >= 400 && status < 500) return problem('request.malformed');
  // Two writers wanted the same number, code or name at the same moment: the second is told so.
  if (code === '23505')
    return problem('resource.conflict', { detail: '与同时进行的另一操作冲突，请刷新后重试', cause: error });
  if ((code && NOT_ABLE_NOW.test(code)) || LOST_CONNECTION.test(message ?? '')) {
    return problem('server.busy', { detail: '请稍后再试，已填内容不会丢失', retryAfter: 2, cause: error });
  }
  return problem('server.error', { detail: '请稍后再试；若仍出错，请把请求编号告知管理员', cause: error });
}

export function sendProblem(
  request: Pick<DudaoRequest, 'id' | 'method' | 'url'>,
  response: FastifyReply,
  found: Problem,
  error: unknown,
  log: Log,
): void {
  if (found.status >= 500)
    log.error({ err: error, requestId: request.id, url: request.url }, 'request failed');
  if (found.retryAfter !== undefined) response.header('retry-after', String(found.retryAfter));
  if (found.status === 401) response.header('www-authenticate', 'Bearer');
  void response
    .status(found.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(problemBody(found, request.id));
}

/** The JSON of a problem as RFC 9457 has it. */
export function problemBody(found: Problem, requestId: string): string {
  return JSON.stringify({
    ...found.extra,
    type: `/api/docs/problems#${found.code}`,
    title: found.title,
    status: found.status,
    code: found.code,
    detail: found.detail ?? found.title,
    instance: `urn:request:${requestId}`,
    ...(found.errors ? { errors: found.errors } : {}),
  });
}
