import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { invalid, problem } from '#rules/problems.js';
import { ACCESS, type Access } from './route.js';
import { unknownField } from './validation.js';

/** How a handler takes what is sent: as a JSON body, from the request itself (uploads), or not at all. */
type Taking = { body: 'json' | 'request' | 'nothing'; query: boolean };
const known = new WeakMap<object, Taking>();

/**
 * Asks before the handler whether it reads what was sent: a route that takes no body refuses the fields of one, and one that
 * takes no query its parameters, as every other route refuses what it does not know; a route that takes JSON refuses forms
 * and files. Public pages are opened from messengers and by probes that add parameters of their own.
 * @throws request.invalid, request.unsupported_type
 */
export function refuseUnread(
  controller: Type,
  handler: object & { name: string },
  { body, headers, query }: Pick<FastifyRequest, 'body' | 'headers' | 'query'>,
): void {
  const type = headers['content-type'];
  const asked = Object.keys(query as object);
  if (type === undefined && asked.length === 0) return;
  const { body: taking, query: takesQuery } = takingOf(controller, handler);
  if (asked.length > 0 && !takesQuery) throw invalid(...asked.map(unknownField));
  if (type === undefined) return;
  const json = /^application\/json\s*(;|$)/i.test(type);
  if (taking === 'json' && !json) throw problem('request.unsupported_type', '请以 application/json 提交');
  if (taking === 'nothing' && json && typeof body === 'object' && body !== null) {
    const fields = Object.keys(body);
    if (fields.length > 0) throw invalid(...fields.map(unknownField));
  }
}

function takingOf(controller: Type, handler: object & { name: string }): Taking {
  const found = known.get(handler);
  if (found) return found;
  const parameters: object = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) ?? {};
  const has = (type: RouteParamtypes) => Object.keys(parameters).some((key) => key.startsWith(`${type}:`));
  const access: Access | undefined = Reflect.getMetadata(ACCESS, handler);
  const taking: Taking = {
    body: has(RouteParamtypes.BODY) ? 'json' : has(RouteParamtypes.REQUEST) ? 'request' : 'nothing',
    query: has(RouteParamtypes.QUERY) || access?.kind === 'public',
  };
  known.set(handler, taking);
  return taking;
}
