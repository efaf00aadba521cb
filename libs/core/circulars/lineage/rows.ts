import { scopeOf } from '#rules/actor.js';
import type { Subject, SubjectType } from '#rules/circular.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../../foundation/context.js';
import { encodeCursor, type Page, type PageQuery, shownCount } from '../../foundation/paging.js';
import { withinScope } from '../../foundation/scope.js';
import { Where } from '../../foundation/sql.js';
import {
  type FigureRowHead,
  type FigureView,
  HEAD_COLUMNS,
  ordinalOf,
  requireLineage,
  viewOf,
} from './figures.js';
import { CHUNK } from './store.js';

/**
 * A row behind a figure as frozen. That it counts is told to everybody who may read the circular; what it *is* only to who
 * may see such a record: `withheld` says why not. A value measured is such a thing itself.
 */
export type RowView = {
  /** Its place among the figure's rows, from 1. */
  place: number;
  type: SubjectType;
  /** What it adds to the value, or to a rate's denominator; null for a measurement withheld. */
  weight: number | null;
  /** What it adds to a rate's numerator; null where the figure is none, and for a measurement withheld. */
  numerator: number | null;
  withheld: 'disputed' | 'scope' | null;
  /** Of the issue, inspection, notice, unit or person; an action names its issue, an answer or measurement its inspection. */
  id: string | null;
  unit: { id: string; name: string; code: string | null; kind: string } | null;
  disputed: boolean;
} & Record<string, unknown>;

export type RowsPage = FigureView &
  Page<RowView> & { cutoff: Date; snapshotHash: string; lineageHash: string };

type Found = FigureRowHead & { members: number[]; weights: number[] | null; numerators: number[] | null };

/** A page of what stands behind a figure. @throws resource.not_found (404) for a key that the circular does not have */
export async function listFigureRows(ctx: Ctx, id: string, key: string, query: PageQuery): Promise<RowsPage> {
  const { cutoff, snapshotHash, lineageHash } = await requireLineage(ctx, id);
  const limit = query.limit ?? 50;
  const from = query.cursor ? ordinalOf(query.cursor) : 0;
  const [row]: Found[] = await ctx.em.query(
    `SELECT ${HEAD_COLUMNS}, f.members[$4::integer + 1:$5] AS members, f.weights[$4::integer + 1:$5] AS weights,
       f.numerators[$4::integer + 1:$5] AS numerators
     FROM circular_figures f WHERE f.district_id = $1 AND f.circular_id = $2 AND f.key = $3`,
    [ctx.actor.districtId, id, key, from, from + limit],
  );
  if (!row) throw problem('resource.not_found', '这份通报没有这个指标');
  const head = viewOf(row);
  const subjectAt = await subjectsAt(ctx, id, row.members);
  const seen = await sightOf(ctx, row.members.map(subjectAt));
  const units = await unitsBehind(ctx, id, row.members.map(subjectAt));
  const items = row.members.map((member, i): RowView => {
    const subject = subjectAt(member);
    const adds = {
      place: from + i + 1,
      type: subject.type,
      weight: row.weights?.[i] ?? 1,
      numerator: row.numerators?.[i] ?? null,
      disputed: subject.disputed ?? false,
    };
    const withheld = seen(subject) ? null : subject.disputed ? 'disputed' : 'scope';
    if (withheld !== null) {
      const value = subject.type === 'measurement' ? { weight: null, numerator: null } : {};
      return { ...adds, ...value, withheld, id: null, unit: null };
    }
    const { data, unitId } = subject;
    return {
      ...data,
      ...adds,
      withheld,
      id: subject.id,
      unit: unitId === null ? null : (units.get(unitId) ?? null),
    };
  });
  const next = from + items.length < head.rows ? encodeCursor([from + items.length]) : null;
  const count = query.count ? { count: shownCount(head.rows) } : {};
  return { ...head, cutoff, snapshotHash, lineageHash, items, nextCursor: next, ...count };
}

/** Reads the chunks that hold these places. */
async function subjectsAt(
  ctx: Ctx,
  id: string,
  places: readonly number[],
): Promise<(place: number) => Subject> {
  const wanted = [...new Set(places.map((place) => Math.floor(place / CHUNK)))];
  const chunks: { chunk: number; subjects: Subject[] }[] = await ctx.em.query(
    `SELECT chunk, subjects FROM circular_subjects WHERE district_id = $1 AND circular_id = $2 AND chunk = ANY($3)`,
    [ctx.actor.districtId, id, wanted],
  );
  const byNumber = new Map(chunks.map(({ chunk, subjects }) => [chunk, subjects]));
  return (place) => byNumber.get(Math.floor(place / CHUNK))![place % CHUNK]!;
}

/** The units that subjects are of, as they were called at the cut-off: they stand first in the list. */
async function unitsBehind(ctx: Ctx, id: string, subjects: readonly Subject[]) {
  const wanted = [...new Set(subjects.flatMap(({ unitId }) => unitId ?? []))];
  const rows: { id: string; name: string; code: string | null; kind: string }[] = await ctx.em.query(
    `SELECT u->>'id' AS id, u->'data'->>'name' AS name, u->'data'->>'code' AS code, u->'data'->>'kind' AS kind
     FROM circular_subjects s, jsonb_array_elements(s.subjects) u
     WHERE s.district_id = $1 AND s.circular_id = $2 AND s.chunk <= (
         SELECT max(c.chunk) FROM circular_subjects c WHERE c.district_id = $1 AND c.circular_id = $2 AND c.subjects->0->>'type' = 'unit')
       AND u->>'type' = 'unit' AND u->>'id' = ANY($3)`,
    [ctx.actor.districtId, id, wanted],
  );
  return new Map(rows.map((unit) => [unit.id, unit]));
}

/**
 * Which subjects the actor may see: those of units in reach, whoever they are; beyond it the names of units, and the issues
 * that the circular itself names. A client of the API sees what its other scopes open.
 */
async function sightOf(ctx: Ctx, subjects: readonly Subject[]): Promise<(subject: Subject) => boolean> {
  const { actor } = ctx;
  const open = ({ type, printed, disputed }: Subject) =>
    type === 'unit' || (type === 'issue' && printed === true && disputed !== true);
  if (actor.kind === 'client') {
    const ledger = actor.apiScopes?.includes('issues:read') ?? false;
    return (subject) => open(subject) || (ledger && (subject.type === 'issue' || subject.type === 'action'));
  }
  const all = scopeOf(actor).all;
  if (all) return () => true;
  const where = withinScope(new Where(), actor, {
    district: 'u.district_id',
    unit: 'u.id',
    zone: 'u.zone_id',
  });
  where.and('u.id = ANY(?::uuid[])', [...new Set(subjects.flatMap(({ unitId }) => unitId ?? []))]);
  const rows: { id: string }[] = await ctx.em.query(`SELECT u.id FROM units u WHERE ${where}`, where.params);
  const reach = new Set(rows.map(({ id }) => id));
  return (subject) => open(subject) || (subject.unitId !== null && reach.has(subject.unitId));
}
