import { applyDecorators } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { bodySchema } from '#rules/issue-bodies.js';
import { ISSUE_ACTION_NAMES } from '#rules/issue-lifecycle.js';
import { invalid, problem } from '#rules/problems.js';

type Schema =
  NonNullable<Parameters<typeof ApiBody>[0]> extends infer O
    ? O extends { schema: infer S }
      ? S
      : never
    : never;

/** The body of an action as the life-cycle table describes it: one schema for each action. */
export const TransitionBody = (more: Record<string, object> = {}) =>
  applyDecorators(
    ApiBody({
      schema: {
        oneOf: ISSUE_ACTION_NAMES.map((action) => bodySchema(action, more)),
        discriminator: { propertyName: 'action' },
      } as Schema,
    }),
  );

const MOST_AT_ONCE = 200;
export const ISSUE_IDS = {
  issueIds: {
    type: 'array',
    minItems: 1,
    maxItems: MOST_AT_ONCE,
    uniqueItems: true,
    items: { type: 'string', format: 'uuid' },
  },
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A JSON object; its fields are asked for after role and state, by the life-cycle table. @throws request.malformed */
export function asObject(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw problem('request.malformed', '请求内容应为 JSON 对象');
}

/** Takes the ids out of a bulk body. @throws request.invalid */
export function splitBulk(body: unknown): { issueIds: string[]; given: Record<string, unknown> } {
  const { issueIds, ...given } = asObject(body);
  const ids = Array.isArray(issueIds) ? (issueIds as unknown[]) : [];
  const fine = ids.every((id) => typeof id === 'string' && UUID.test(id));
  if (!fine || ids.length === 0 || ids.length > MOST_AT_ONCE) {
    throw invalid({
      pointer: '/issueIds',
      code: 'ids',
      message: `应为 1 至 ${MOST_AT_ONCE} 个问题编号（UUID）`,
    });
  }
  return { issueIds: [...new Set((ids as string[]).map((id) => id.toLowerCase()))], given };
}
