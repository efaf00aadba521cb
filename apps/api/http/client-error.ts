import type { Socket } from 'node:net';
import { newId } from '#core/foundation/ids.js';
import { type Problem, problem } from '#rules/problems.js';
import { problemBody } from './problem.filter.js';

/** What Node's own parser refuses, before there is a request: address or headers too long, no HTTP at all, too slow. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const found = problemOf(error.code);
  const body = problemBody(found, newId());
  socket.end(
    `HTTP/1.1 ${found.status} ${REASONS[found.status]}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
  );
}

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function problemOf(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return problem('request.headers_too_large', '地址与请求头合计最长 16 KB，较长的内容请放在请求正文中');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problem('request.timeout', '请检查网络后重试');
  return problem('request.malformed', '不是有效的 HTTP 请求');
}
