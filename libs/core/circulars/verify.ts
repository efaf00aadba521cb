import type { EntityManager } from 'typeorm';
import { type CircularFacts, circularTitle, SHORT_HASH, shortHash } from '#rules/circular.js';
import type { Day, Month } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import type { CircularFormat } from './circular.entity.js';

/** What anybody may know of an issued circular: that it is genuine, and what it is. No unit is named. */
export type Verification = {
  title: string;
  documentNumber: string;
  issuer: string;
  issuedOn: Day;
  period: Month;
  periodStart: Day;
  periodEnd: Day;
  cutoff: Date;
  /** The cut-off in local words, `2026-10-01 00:00`. */
  cutoffLocal: string;
  snapshotHash: string;
  shortHash: string;
  /** Whether the figures were asked for, or one of the files. */
  matched: 'snapshot' | CircularFormat;
  files: { format: CircularFormat; size: number; sha256: string }[];
  corrects: { documentNumber: string; title: string; issuedOn: Day } | null;
  correctedBy: { documentNumber: string; issuedOn: Day }[];
  /** Made-up data of a demonstration, of no official effect. */
  demo: boolean;
};
type Row = Omit<Verification, 'title' | 'shortHash' | 'corrects'> & { correction: CircularFacts['corrects'] };

const HEX = new RegExp(`^[0-9a-f]{${SHORT_HASH},64}$`);

/**
 * An issued circular by its short hash (16 hexadecimal digits or more, in groups or not), its whole hash or the SHA-256 of
 * one of its files. @throws circular.not_verified (404)
 */
export async function verifyCircular(em: EntityManager, given: string): Promise<Verification> {
  const hash = given.replace(/[\s-]+/g, '').toLowerCase();
  const [row] = HEX.test(hash) ? await found(em, hash) : [];
  if (!row) {
    throw problem('circular.not_verified', '没有与此核验码相符的已印发通报，请核对核验码，或向发文机关核实');
  }
  const { correction, ...rest } = row;
  return {
    ...rest,
    title: circularTitle({ period: row.period, corrects: correction }),
    shortHash: shortHash(row.snapshotHash),
    corrects: correction && {
      documentNumber: correction.documentNumber,
      title: correction.title,
      issuedOn: correction.issuedOn,
    },
  };
}

/** By the figures first; of circulars with the very same figures, as an early release could freeze them, the first issued. */
function found(em: EntityManager, hash: string): Promise<Row[]> {
  return em.query(
    `WITH named AS (
       SELECT c.district_id, c.id, 'snapshot' AS matched, 0 AS rank FROM circulars c
       WHERE c.status = 'issued' AND left(c.snapshot_hash, ${SHORT_HASH}) = left($1, ${SHORT_HASH}) AND starts_with(c.snapshot_hash, $1)
       UNION ALL
       SELECT c.district_id, c.id, f.format, 1 FROM circular_files f
       JOIN circulars c ON c.district_id = f.district_id AND c.id = f.circular_id AND c.render_revision = f.render_revision
       WHERE f.sha256 = $1 AND c.status = 'issued')
     SELECT c.document_number AS "documentNumber", s.issuer, c.issued_on AS "issuedOn", c.period,
       s."periodStart", s."periodEnd", c.cutoff, s."cutoffLocal", c.snapshot_hash AS "snapshotHash", named.matched,
       (SELECT json_agg(json_build_object('format', f.format, 'size', f.size, 'sha256', f.sha256) ORDER BY f.format)
        FROM circular_files f WHERE f.district_id = c.district_id AND f.circular_id = c.id
          AND f.render_revision = c.render_revision) AS files,
       s.corrects AS correction, s.demo,
       coalesce((SELECT json_agg(json_build_object('documentNumber', b.document_number, 'issuedOn', b.issued_on) ORDER BY b.issued_at, b.id)
         FROM circulars b WHERE b.district_id = c.district_id AND b.corrects = c.id AND b.status = 'issued'), '[]') AS "correctedBy"
     FROM named JOIN circulars c ON c.district_id = named.district_id AND c.id = named.id
     -- A snapshot is unpacked once, however many of its parts are read.
     CROSS JOIN LATERAL jsonb_to_record(c.snapshot) AS s(issuer text, "periodStart" text, "periodEnd" text, "cutoffLocal" text,
       corrects jsonb, demo boolean)
     ORDER BY named.rank, c.issued_at, c.id LIMIT 1`,
    [hash],
  );
}
