import { randomInt } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { sync } from './sync-call.js';

/** The same visit in two districts, each with its own team; who gave an answer is compared by the place in the team. */
export type Place = { districtId: string; inspections: string[]; team: { id: string; token: string }[] };

type Kept = {
  inspection: string;
  person: number;
  operation: { operationId: string; itemCode: string; verdict: string; note: string; answeredAt: string };
};

/**
 * Sends what the storm left, operation by operation as it was dated there, to the same visits of another district: shuffled,
 * cut into batches of 1 to 20, all tablets at once. @returns the visits whose answers came out otherwise
 */
export async function endOtherwise(
  dataSource: DataSource,
  base: string,
  storm: Place,
  twin: Place,
): Promise<number> {
  const kept = await keptIn(dataSource, storm);
  const tablets = twin.inspections.flatMap((inspection, n) =>
    twin.team.map(({ token }, person) => {
      const mine = kept.filter((one) => one.inspection === storm.inspections[n] && one.person === person);
      return { inspection, token, operations: shuffled(mine.map(({ operation }) => operation)) };
    }),
  );
  await Promise.all(
    tablets.map(async ({ inspection, token, operations }) => {
      for (let at = 0; at < operations.length; ) {
        const batch = operations.slice(at, at + randomInt(1, 21));
        while (!(await sync(base, token, inspection, { operations: batch })).heard);
        at += batch.length;
      }
    }),
  );
  const [before, after] = [await answersOf(dataSource, storm), await answersOf(dataSource, twin)];
  return before.filter((text, n) => text !== after[n]).length;
}

/** Dated as the storm dated them, which is never after their receipt: without `sentAt` the same instant counts again. */
async function keptIn(dataSource: DataSource, { districtId, team }: Place): Promise<Kept[]> {
  const rows: (Kept['operation'] & { inspection: string; userId: string; at: Date })[] =
    await dataSource.query(
      `SELECT inspection_id AS inspection, user_id AS "userId", operation_id AS "operationId", item_code AS "itemCode",
       body->'given'->>'verdict' AS verdict, body->'given'->>'note' AS note, effective_at AS at
     FROM answer_operations WHERE district_id = $1`,
      [districtId],
    );
  return rows.map(({ inspection, userId, at, ...operation }) => ({
    inspection,
    person: team.findIndex(({ id }) => id === userId),
    operation: { ...operation, answeredAt: at.toISOString() },
  }));
}

/** The answers of each visit, with the places of people instead of their ids and without the tablets' own clocks. */
async function answersOf(
  dataSource: DataSource,
  { districtId, inspections, team }: Place,
): Promise<string[]> {
  const rows: { id: string; answers: object }[] = await dataSource.query(
    `SELECT id, answers FROM inspections WHERE district_id = $1`,
    [districtId],
  );
  const told = (name: string, value: unknown): unknown => {
    if (name === 'answeredAt') return undefined;
    return name === 'answeredBy' ? team.findIndex(({ id }) => id === value) : value;
  };
  return inspections.map((id) => JSON.stringify(rows.find((row) => row.id === id)?.answers, told));
}

function shuffled<T>(list: T[]): T[] {
  const left = [...list];
  return list.map(() => left.splice(randomInt(left.length), 1)[0]!);
}
