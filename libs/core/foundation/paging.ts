import { problem } from '#rules/problems.js';

export type PageQuery = { limit?: number; cursor?: string; count?: boolean };
export type Page<T> = { items: T[]; nextCursor: string | null; count?: number | '10000+' };
export const COUNT_LIMIT = 10_000;

/** Opaque keyset cursor: the sort values of the last row shown. */
export const encodeCursor = (values: readonly (string | number | null)[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url');

/** Whether a value in a cursor is an id as this server writes them: anything else is no question for the database. */
export const isCursorId = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

/** What a cursor may hold: numbers, null, and text that PostgreSQL can keep. */
const isSortValue = (value: unknown): value is string | number | null =>
  value === null ||
  typeof value === 'number' ||
  (typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000'));

/** @throws request.cursor_invalid for anything this server did not make for a list of this width. */
export function decodeCursor(cursor: string, width: number): (string | number | null)[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(values) && values.length === width && values.every(isSortValue)) return values;
  } catch {
    // Falls through to the one refusal: what cannot be read was not made here.
  }
  throw problem('request.cursor_invalid', '请从第一页重新查询');
}

/** The id in a cursor of one id. @throws request.cursor_invalid */
export function cursorId(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (isCursorId(id)) return id;
  throw problem('request.cursor_invalid', '请从第一页重新查询');
}

/** Cuts a result that was read with one row too many into a page. */
export function pageOf<R, T>(
  rows: R[],
  limit: number,
  show: (row: R) => T,
  key: (row: R) => readonly (string | number | null)[],
): Page<T> {
  const more = rows.length > limit;
  const shown = more ? rows.slice(0, limit) : rows;
  const last = shown[shown.length - 1];
  return { items: shown.map(show), nextCursor: more && last !== undefined ? encodeCursor(key(last)) : null };
}

/** What `?count=true` says: the number up to 10,000, then "10000+". */
export const shownCount = (n: number): number | '10000+' => (n > COUNT_LIMIT ? '10000+' : n);
