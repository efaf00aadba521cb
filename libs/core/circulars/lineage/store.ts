import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { type Lineage, type LineageSummary, lineageLines } from '#rules/circular.js';
import type { Circular } from '../circular.entity.js';

/** Subjects in one row of the table: enough to pack well, few enough to be read for a page. */
export const CHUNK = 500;
/** Figures in one statement. */
const BATCH = 1_000;

type Of = Pick<Circular, 'districtId' | 'id'>;

/** SHA-256 over every line, each ended by a line feed. */
export function lineageHash(lineage: Lineage): string {
  const hash = createHash('sha256');
  for (const line of lineageLines(lineage)) hash.update(line).update('\n');
  return hash.digest('hex');
}

/** Writes what stands behind the figures, in the transaction that freezes them and before it does. Answers what the snapshot says of it. */
export async function storeLineage(
  em: EntityManager,
  { districtId, id }: Of,
  made: Lineage,
): Promise<LineageSummary> {
  // As it will be read back: what JSON leaves out is not part of the hash.
  const lineage = JSON.parse(JSON.stringify(made)) as Lineage;
  const chunks: string[] = [];
  for (let at = 0; at < lineage.subjects.length; at += CHUNK) {
    chunks.push(JSON.stringify(lineage.subjects.slice(at, at + CHUNK)));
  }
  await em.query(
    `INSERT INTO circular_subjects (district_id, circular_id, chunk, subjects)
     SELECT $1, $2, c.at - 1, c.subjects::jsonb FROM unnest($3::text[]) WITH ORDINALITY AS c(subjects, at)`,
    [districtId, id, chunks],
  );
  for (let at = 0; at < lineage.figures.length; at += BATCH) {
    // An array of arrays has one length in PostgreSQL, these have many: they travel as text.
    const batch = lineage.figures
      .slice(at, at + BATCH)
      .map(({ figure, aggregate, members, weights, numerators }, i): unknown => ({
        ordinal: at + i,
        key: figure.key,
        figure,
        aggregate,
        rowType: members.length === 0 ? null : lineage.subjects[members[0]!]!.type,
        members: `{${members.join(',')}}`,
        weights: weights && `{${weights.join(',')}}`,
        numerators: numerators && `{${numerators.join(',')}}`,
      }));
    await em.query(
      `INSERT INTO circular_figures (district_id, circular_id, ordinal, key, figure, aggregate, row_type, members, weights, numerators)
       SELECT $1, $2, f.ordinal, f.key, f.figure, f.aggregate, f."rowType", f.members::integer[], f.weights::float8[], f.numerators::float8[]
       FROM jsonb_to_recordset($3) AS f(ordinal integer, key text, figure jsonb, aggregate text, "rowType" text, members text, weights text, numerators text)`,
      [districtId, id, JSON.stringify(batch)],
    );
  }
  return {
    hash: lineageHash(lineage),
    subjects: lineage.subjects.length,
    figures: lineage.figures.length,
  };
}
