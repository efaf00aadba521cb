import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { invalid } from '#rules/problems.js';
import { unknownField } from './validation.js';

const READS_BODY = [RouteParamtypes.BODY, RouteParamtypes.REQUEST].map((type) => `${type}:`);
const known = new WeakMap<object, boolean>();

/**
 * A route that takes no body refuses the fields of one, as every other route refuses fields that it does not know.
 * @throws request.invalid
 */
export function refuseUnread(controller: Type, handler: object & { name: string }, body: unknown): void {
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body) || 'pipe' in body) return;
  const fields = Object.keys(body);
  if (fields.length > 0 && !readsBody(controller, handler)) throw invalid(...fields.map(unknownField));
}

function readsBody(controller: Type, handler: object & { name: string }): boolean {
  let reads = known.get(handler);
  if (reads === undefined) {
    const parameters: object = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) ?? {};
    reads = Object.keys(parameters).some((key) => READS_BODY.some((type) => key.startsWith(type)));
    known.set(handler, reads);
  }
  return reads;
}
