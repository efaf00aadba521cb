import type { ApiScope } from '#rules/actor.js';
import { invalid, problem } from '#rules/problems.js';
import { hashToken, mintToken } from '../auth/tokens.js';
import { announce } from '../foundation/announce.js';
import type { Ctx } from '../foundation/context.js';
import { countRows } from '../foundation/count.js';
import { newId } from '../foundation/ids.js';
import { cursorId, type Page, type PageQuery, pageOf } from '../foundation/paging.js';
import { Where } from '../foundation/sql.js';
import { record } from '../history/events.js';

export type ApiKeyView = {
  id: string;
  name: string;
  /** The first characters, to tell keys apart; the rest is nowhere kept. */
  prefix: string;
  scopes: ApiScope[];
  ratePerMinute: number;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
};
export type NewApiKey = { name: string; scopes: ApiScope[]; ratePerMinute?: number; expiresAt?: string };

const DEFAULT_RATE = 600;
const PREFIX_LENGTH = 10;
const COLUMNS = `id, name, prefix, scopes, rate_per_minute AS "ratePerMinute", created_at AS "createdAt",
  created_by AS "createdBy", expires_at AS "expiresAt", revoked_at AS "revokedAt"`;

/** The keys of the district, the newest first; revoked ones stay in the list. */
export async function listApiKeys(ctx: Ctx, query: PageQuery): Promise<Page<ApiKeyView>> {
  const limit = query.limit ?? 50;
  const where = new Where().and('district_id = ?', ctx.actor.districtId);
  const count = query.count ? await countRows(ctx, 'api_keys', where) : undefined;
  if (query.cursor) where.and('id < ?', cursorId(query.cursor));
  const rows: ApiKeyView[] = await ctx.em.query(
    `SELECT ${COLUMNS} FROM api_keys WHERE ${where} ORDER BY id DESC LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.id],
  );
  return { ...page, ...(count !== undefined && { count }) };
}

/** Makes a key; `key` is in this answer only. @throws request.invalid (400) for an end in the past */
export async function createApiKey(ctx: Ctx, given: NewApiKey): Promise<ApiKeyView & { key: string }> {
  const { districtId, userId } = ctx.actor;
  const expiresAt = given.expiresAt === undefined ? null : new Date(given.expiresAt);
  if (expiresAt && expiresAt <= ctx.now) {
    throw invalid({ pointer: '/expiresAt', code: 'in_the_past', message: '有效期应在现在之后' });
  }
  const id = newId();
  const key = mintToken('apiKey');
  const [row]: ApiKeyView[] = await ctx.em.query(
    `INSERT INTO api_keys (district_id, id, name, hash, prefix, scopes, rate_per_minute, created_by, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${COLUMNS}`,
    [
      districtId,
      id,
      given.name.trim(),
      hashToken(key),
      key.slice(0, PREFIX_LENGTH),
      given.scopes,
      given.ratePerMinute ?? DEFAULT_RATE,
      userId,
      ctx.now,
      expiresAt,
    ],
  );
  if (!row) throw new Error('an inserted key was not returned');
  await record(ctx, {
    subjectType: 'api_key',
    subjectId: id,
    action: 'created',
    data: { name: row.name, scopes: row.scopes, ratePerMinute: row.ratePerMinute, expiresAt },
  });
  return { ...row, key };
}

/** Revokes a key for good; dead at once here, with the notification elsewhere. A repeat changes nothing. @throws resource.not_found */
export async function revokeApiKey(ctx: Ctx, id: string): Promise<void> {
  const [row]: { revoked: boolean }[] = await ctx.em.query(
    `SELECT revoked_at IS NOT NULL AS revoked FROM api_keys WHERE district_id = $1 AND id = $2 FOR UPDATE`,
    [ctx.actor.districtId, id],
  );
  if (!row) throw problem('resource.not_found', '没有这个接口密钥');
  if (row.revoked) return;
  await ctx.em.query(`UPDATE api_keys SET revoked_at = $3 WHERE district_id = $1 AND id = $2`, [
    ctx.actor.districtId,
    id,
    ctx.now,
  ]);
  await record(ctx, { subjectType: 'api_key', subjectId: id, action: 'revoked' });
  await announce(ctx, 'auth', id);
}
