import { hash } from 'node:crypto';
import { problem } from '#rules/problems.js';
import type { Ctx } from './context.js';

/** The strong ETag of a representation: a hash of the very bytes that are sent. */
export const etagOfText = (body: string | Buffer): string =>
  `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;

/** Whether an `If-Match`/`If-None-Match` header names this tag (or is `*`). */
export const matches = (header: string, etag: string): boolean =>
  header.trim() === '*' || header.split(',').some((part) => part.trim().replace(/^W\//, '') === etag);

/**
 * Refuses a change (412 `request.stale`) when the client's `If-Match` is not the tag of the present representation.
 * Call it after locking the row, with what a GET would answer this actor now, and with what else carried a tag of it
 * (the answer to a write, where it is shorter).
 */
export async function requireFresh(
  ctx: Ctx,
  ...presents: (() => unknown | Promise<unknown>)[]
): Promise<void> {
  if (!ctx.ifMatch || ctx.ifMatch.trim() === '*') return;
  for (const present of presents) {
    if (matches(ctx.ifMatch, etagOfText(JSON.stringify(await present())))) return;
  }
  throw problem('request.stale', '请重新打开后再修改，以免覆盖他人的更新');
}
