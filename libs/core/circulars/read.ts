import { scopeOf } from '#rules/actor.js';
import {
  type CircularAnnex,
  type CircularFacts,
  type CircularNarrative,
  type CircularSnapshot,
  circularTitle,
  type FigureChange,
  narrativeOf,
  narrativeText,
} from '#rules/circular.js';
import type { Day, Month } from '#rules/local-date.js';
import { permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { countRows } from '../foundation/count.js';
import { cursorId, type Page, type PageQuery, pageOf } from '../foundation/paging.js';
import { Where } from '../foundation/sql.js';
import type { CircularFormat, CircularStatus } from './circular.entity.js';

type Person = { id: string; name: string };
type Row = {
  id: string;
  kind: 'monthly';
  period: Month;
  status: CircularStatus;
  progress: number;
  cutoff: Date;
  snapshotHash: string | null;
  correction: CircularFacts['corrects'];
  documentNumber: string | null;
  issuedOn: Day | null;
  issuedAt: Date | null;
  corrects: string | null;
  error: string | null;
  draftedBy: Person;
  issuedBy: Person | null;
  createdAt: Date;
  updatedAt: Date;
  files: { format: CircularFormat; size: number; sha256: string }[];
  receipt: { receivedAt: string; receivedBy: string } | null;
};

export type CircularFile = { format: CircularFormat; size: number; sha256: string; url: string };
export type CircularAction = 'edit' | 'issue' | 'retry' | 'receive';
/** What the single view has beside the head; the snapshot's parts are null until it is frozen. */
type More = {
  text: Pick<CircularSnapshot, 'narrative' | 'template' | 'tokens'> | null;
  edits: Partial<CircularNarrative>;
  annexes: CircularAnnex[];
  recipients: string[] | null;
  copyRecipients: string[] | null;
  correctedBy: { id: string; documentNumber: string; issuedOn: Day }[];
};
export type CircularHead = Omit<Row, 'files' | 'correction'> & { title: string; files: CircularFile[] };
/** A circular as answered. */
export type CircularView = CircularHead & {
  /** The text as it stands (edits over what the figures say), its figures as tokens; null until frozen. */
  narrative: CircularNarrative | null;
  /** The same as documents print it. */
  narrativeText: CircularNarrative | null;
  annexes: CircularAnnex[];
  recipients: string[];
  copyRecipients: string[];
  /** The circular that it corrects, and which figures were others in it. */
  correction:
    | (Omit<NonNullable<CircularFacts['corrects']>, 'changes'> & { id: string; changes: FigureChange[] })
    | null;
  /** Issued circulars that correct this one, the earliest first. */
  correctedBy: More['correctedBy'];
  /** What this actor may do with it now. */
  allowedActions: CircularAction[];
};

const MORE = `,
    CASE WHEN s.narrative IS NOT NULL THEN jsonb_build_object('narrative', s.narrative, 'template', s.template,
      'tokens', s.tokens) END AS text,
    c.narrative AS edits, c.annexes,
    coalesce(to_jsonb(c.recipients), s.recipients) AS recipients,
    coalesce(to_jsonb(c.copy_recipients), s."copyRecipients") AS "copyRecipients",
    coalesce((SELECT json_agg(json_build_object('id', b.id, 'documentNumber', b.document_number, 'issuedOn', b.issued_on)
        ORDER BY b.issued_at, b.id)
      FROM circulars b WHERE b.district_id = c.district_id AND b.corrects = c.id AND b.status = 'issued'), '[]') AS "correctedBy"`;

/** `unit`: the placeholder of the actor's unit, whose receipt is shown. */
const select = (unit: string, more = '') => `
  SELECT c.id, c.kind, c.period, c.status, c.progress, c.cutoff, c.snapshot_hash AS "snapshotHash",
    s.corrects AS correction, c.document_number AS "documentNumber", c.issued_on AS "issuedOn",
    c.issued_at AS "issuedAt", c.corrects, c.error,
    json_build_object('id', d.id, 'name', d.name) AS "draftedBy",
    CASE WHEN i.id IS NULL THEN NULL ELSE json_build_object('id', i.id, 'name', i.name) END AS "issuedBy",
    c.created_at AS "createdAt", c.updated_at AS "updatedAt",
    coalesce((SELECT json_agg(json_build_object('format', f.format, 'size', f.size, 'sha256', f.sha256) ORDER BY f.format)
      FROM circular_files f WHERE f.district_id = c.district_id AND f.circular_id = c.id
        AND f.render_revision = c.render_revision), '[]') AS files,
    (SELECT json_build_object('receivedAt', r.received_at, 'receivedBy', u.name) FROM circular_receipts r
      JOIN users u ON u.district_id = r.district_id AND u.id = r.received_by
      WHERE r.district_id = c.district_id AND r.circular_id = c.id AND r.unit_id = ${unit}) AS receipt${more}
  FROM circulars c JOIN users d ON d.district_id = c.district_id AND d.id = c.drafted_by
  LEFT JOIN users i ON i.district_id = c.district_id AND i.id = c.issued_by
  -- A snapshot is unpacked once, however many of its parts are read.
  LEFT JOIN LATERAL jsonb_to_record(c.snapshot) AS s(corrects jsonb, narrative jsonb, template jsonb, tokens jsonb,
    recipients jsonb, "copyRecipients" jsonb) ON true`;

/** Drafts are for those who see the whole district: office, leader, auditor. Everybody else sees what was issued. */
export const seesDrafts = ({ actor }: Ctx): boolean =>
  actor.kind === 'person' && permits(actor.roles, 'circular.read_drafts') && scopeOf(actor).all;

function visible(ctx: Ctx): Where {
  const where = new Where().and('c.district_id = ?', ctx.actor.districtId);
  if (!seesDrafts(ctx)) where.and(`c.status = 'issued'`);
  return where;
}

/** @throws resource.not_found where there is none, or none that the actor may see */
export async function readCircular(ctx: Ctx, id: string): Promise<CircularView> {
  const where = visible(ctx).and('c.id = ?', id);
  const sql = select(where.param(ctx.actor.unitId), MORE);
  const [found]: (Row & More)[] = await ctx.em.query(`${sql} WHERE ${where}`, where.params);
  if (!found) throw problem('resource.not_found', '没有这份通报');
  const { text, edits, annexes, recipients, copyRecipients, correctedBy, ...row } = found;
  const snapshot = text && {
    ...text,
    template: text.template ?? undefined,
    tokens: text.tokens ?? undefined,
  };
  const { correction, corrects } = row;
  return {
    ...headOf(row),
    narrative: snapshot && narrativeOf(snapshot, edits),
    narrativeText: snapshot && narrativeText(snapshot, edits, annexes),
    annexes,
    recipients: recipients ?? [],
    copyRecipients: copyRecipients ?? [],
    correction: correction && { id: corrects!, ...correction, changes: correction.changes ?? [] },
    correctedBy,
    allowedActions: allowed(ctx, row),
  };
}

export type CircularsFilter = { status?: CircularStatus; period?: Month };

/** The latest first, without their text. */
export async function listCirculars(
  ctx: Ctx,
  query: CircularsFilter & PageQuery,
): Promise<Page<CircularHead>> {
  const limit = query.limit ?? 50;
  const where = visible(ctx);
  if (query.status) where.and('c.status = ?', query.status);
  if (query.period) where.and('c.period = ?', query.period);
  const count = query.count ? await countRows(ctx, 'circulars c', where) : undefined;
  if (query.cursor) where.and('c.id < ?', cursorId(query.cursor));
  const sql = select(where.param(ctx.actor.unitId));
  const rows: Row[] = await ctx.em.query(
    `${sql} WHERE ${where} ORDER BY c.id DESC LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(rows, limit, headOf, (row) => [row.id]);
  return count === undefined ? page : { ...page, count };
}

function headOf({ correction, files, receipt, ...row }: Row): CircularHead {
  return {
    ...row,
    title: circularTitle({ period: row.period, corrects: correction }),
    files: files.map((file) => ({ ...file, url: `/api/v1/circulars/${row.id}/${file.format}` })),
    receipt: receipt && { ...receipt, receivedAt: new Date(receipt.receivedAt).toISOString() },
  };
}

function allowed({ actor }: Ctx, row: Row): CircularAction[] {
  const may = (permission: Parameters<typeof permits>[1]) =>
    actor.kind === 'person' && permits(actor.roles, permission);
  const actions: [CircularAction, boolean][] = [
    ['edit', row.status === 'draft' && may('circular.draft')],
    ['issue', row.status === 'draft' && may('circular.issue') && row.draftedBy.id !== actor.userId],
    ['retry', row.status === 'failed' && may('circular.draft')],
    ['receive', row.status === 'issued' && may('circular.receive') && actor.unitId !== null && !row.receipt],
  ];
  return actions.flatMap(([action, yes]) => (yes ? [action] : []));
}
