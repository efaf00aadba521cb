import type { EntityManager } from 'typeorm';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import { Issue } from './issue.entity.js';

/** `i.unit_id AS "unitId", …`: every column of an issue under its own name, for plain SQL. */
export const issueColumns = (em: EntityManager): string =>
  em.connection
    .getMetadata(Issue)
    .columns.map((column) => `i.${column.databaseName} AS "${column.propertyName}"`)
    .join(', ');

/**
 * Those of these issues that the actor may see, locked until the transaction ends, in one order for everybody (by unit,
 * as the facts are locked next), so that two bulk actions never wait for each other.
 */
export async function lockIssues(ctx: Ctx, ids: readonly string[]): Promise<Issue[]> {
  const where = new Where().and('i.id = ANY(?::uuid[])', ids);
  withinScope(where, ctx.actor, { district: 'i.district_id', unit: 'i.unit_id', zone: 'i.zone_id' });
  return ctx.em.query(
    `SELECT ${issueColumns(ctx.em)} FROM issues i WHERE ${where} ORDER BY i.unit_id, i.id FOR UPDATE`,
    where.params,
  );
}

/** One issue, locked. @throws resource.not_found where there is none or it is not theirs */
export async function lockIssue(ctx: Ctx, id: string): Promise<Issue> {
  const [issue] = await lockIssues(ctx, [id]);
  if (!issue) throw problem('resource.not_found', '没有这个问题');
  return issue;
}
