import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { seedChecklists } from '#core/checklists/publish.js';
import { ENTITIES } from '#core/entities.js';
import { makeCtx, systemActor } from '#core/foundation/context.js';
import { newId } from '#core/foundation/ids.js';
import { inTransaction } from '#core/foundation/transaction.js';
import { createDataSource } from '#platform/database.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.js';
import { migrate } from '#platform/migrations.js';
import type { ResolvedItem } from '#rules/checklist.js';
import { localDay } from '#rules/local-date.js';
import { freePort, Program } from '../bench/harness.js';
import { type BenchDistrict, person, populate } from '../bench/population.js';
import type { Figure } from './figure.js';
import { sync } from './sync-call.js';
import { endOtherwise, type Place } from './sync-orders.js';

const TABLETS = 200;
const INSPECTIONS = 20;
const OPERATIONS_EACH = 15;
/** How many other orders of arrival the same operations are told in afterwards. */
const ORDERS = 2;
const TEN_YEARS = 10 * 365.25 * 86_400_000;

type Operation = { operationId: string; itemCode: string; verdict: string; note: string; answeredAt: string };

type Sent = { inspection: string; person: number; operation: Operation };

/**
 * R3: 200 tablets of 20 inspections sync at once: dropped before and after the answer, reordered, doubled, clocks wrong
 * by up to ten years, a week offline. Every operation must be kept, every replay change nothing, every order end alike.
 */
export async function run(): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dudao-storm-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  const dataSource = createDataSource({ databaseUrl: postgres.url, poolSize: 4 }, { entities: ENTITIES });
  let api: Program | undefined;
  try {
    await dataSource.initialize();
    await migrate(dataSource);
    const districts = await populate(dataSource, 1 + ORDERS, INSPECTIONS);
    const port = await freePort();
    api = new Program('apps/api/main.js', {
      DATABASE_URL: postgres.url,
      DATA_DIR: dataDir,
      PORT: String(port),
    });
    await api.ready(`http://127.0.0.1:${port}/readyz`);
    const base = `http://127.0.0.1:${port}/api/v1`;
    const places: Place[] = [];
    let codes: string[] = [];
    for (const district of districts) {
      const checklist = await publishedIn(dataSource, district);
      codes = checklist.codes;
      places.push(await arrange(dataSource, base, district, checklist.id));
    }
    const [storm, ...twins] = places as [Place, ...Place[]];
    const { team, inspections } = storm;

    const sent = new Map<string, Sent>();
    let calls = 0;
    let dropped = 0;
    let busy = 0;
    let slowest = 0;
    const tell = async (
      token: string,
      inspection: string,
      operations: object[],
      at: Date,
      drop?: AbortSignal,
    ) => {
      const said = await sync(base, token, inspection, { operations, sentAt: at.toISOString() }, drop);
      if (said.busy) busy++;
      slowest = Math.max(slowest, said.ms);
      return said.heard;
    };
    const tablet = async (n: number) => {
      const person = team[n % team.length]!;
      const inspection = inspections[Math.floor(n / team.length)]!;
      const skew = randomInt(2) ? randomInt(-1, 2) * TEN_YEARS * Math.random() : 0;
      const clock = () => new Date(Date.now() + skew);
      const operations: Operation[] = Array.from({ length: OPERATIONS_EACH }, (_, i) => ({
        operationId: newId(),
        itemCode: codes[randomInt(codes.length)]!,
        verdict: randomInt(4) ? 'compliant' : 'non_compliant',
        note: `第${n}台平板第${i}条`,
        answeredAt: new Date(clock().getTime() - randomInt(7 * 86_400_000)).toISOString(),
      }));
      for (const operation of operations)
        sent.set(operation.operationId, { inspection, person: team.indexOf(person), operation });
      const batches = [
        operations.slice(0, 7),
        operations.slice(4, 12),
        operations,
        operations.slice().reverse(),
      ].sort(() => Math.random() - 0.5);
      for (const batch of batches) {
        const aborter = new AbortController();
        const drop = randomInt(3) === 0;
        if (drop) setTimeout(() => aborter.abort(), randomInt(30));
        calls++;
        if (!(await tell(person.token, inspection, batch, clock(), aborter.signal))) dropped++;
      }
      // Once more, whole and to the end: what a tablet does until it hears an answer.
      while (!(await tell(person.token, inspection, operations, clock()))) calls++;
    };
    await Promise.all(Array.from({ length: TABLETS }, (_, n) => tablet(n)));

    const kept: { operation_id: string; inspection_id: string }[] = await dataSource.query(
      `SELECT operation_id, inspection_id FROM answer_operations WHERE district_id = $1`,
      [storm.districtId],
    );
    const lost = [...sent].filter(
      ([id, { inspection }]) =>
        !kept.some((row) => row.operation_id === id && row.inspection_id === inspection),
    ).length;
    const before = await documents(dataSource, storm);
    let replayed = 0;
    for (const inspection of inspections) {
      for (const [who, { token }] of team.entries()) {
        const again = [...sent.values()].filter((one) => one.inspection === inspection && one.person === who);
        const operations = again.map((one) => one.operation).reverse();
        if (!(await tell(token, inspection, operations, new Date()))) throw new Error('replay');
        replayed += operations.length;
      }
    }
    const changed = (await documents(dataSource, storm)).filter((text, i) => text !== before[i]).length;
    let otherwise = 0;
    for (const twin of twins) otherwise += await endOtherwise(dataSource, base, storm, twin);
    const [{ late }]: [{ late: number }] = await dataSource.query(
      `SELECT count(*) AS late FROM answer_operations WHERE effective_at > received_at`,
    );
    const [{ conflicts }]: [{ conflicts: number }] = await dataSource.query(
      `SELECT count(*) AS conflicts FROM answer_operations WHERE outcome = 'conflict'`,
    );
    return [
      {
        id: 'R3',
        what: `${TABLETS} tablets, ${calls} syncs, ${dropped} dropped, ${busy} × 503, slowest ${Math.round(slowest)} ms`,
        figure: `${sent.size} operations sent, ${kept.length} kept, ${lost} lost`,
        ok: lost === 0 && kept.length === sent.size && dropped > 0,
      },
      {
        id: 'R3',
        what: `visits changed by every tablet's whole replay (${replayed} operations)`,
        figure: String(changed),
        ok: changed === 0 && replayed === sent.size,
      },
      {
        id: 'R3',
        what: `of ${INSPECTIONS * ORDERS} visits told the same in another order and other batches, ended otherwise`,
        figure: String(otherwise),
        ok: otherwise === 0,
      },
      { id: 'R3', what: 'answers dated after their receipt', figure: String(late), ok: late === 0 },
      { id: 'R3', what: 'conflicts kept for the lead', figure: String(conflicts), ok: conflicts > 0 },
    ];
  } finally {
    await api?.stop();
    await dataSource.destroy();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The checklist of the storm in a district, and the codes of some of its yes-or-no items. */
async function publishedIn(
  dataSource: DataSource,
  district: BenchDistrict,
): Promise<{ id: string; codes: string[] }> {
  const ctx = makeCtx(
    dataSource.manager,
    { ...systemActor(district.id), kind: 'person', userId: district.staff.id, roles: ['office_head'] },
    new Date(),
  );
  const checklist = (await inTransaction(ctx, seedChecklists)).get('CL-SJ')!;
  const codes = (checklist.items as ResolvedItem[])
    .filter((item) => item.judge.type === 'boolean')
    .map((item) => item.itemCode)
    .slice(0, 12);
  return { id: checklist.id, codes };
}

/** A team of ten, and a visit of all of them to each school. */
async function arrange(
  dataSource: DataSource,
  base: string,
  district: BenchDistrict,
  checklistId: string,
): Promise<Place> {
  const team = await Promise.all(
    Array.from({ length: TABLETS / INSPECTIONS }, (_, i) =>
      person(dataSource, district.id, `storm${district.schoolCodes[0]}-${i}`, ['inspector'], district.zoneId),
    ),
  );
  const inspections: string[] = [];
  for (const unitId of district.schools) {
    const id = newId();
    await call(base, team[0]!.token, 'PUT', `/inspections/${id}`, {
      unitId,
      checklistId,
      kind: 'special',
      scheduledOn: localDay(new Date()),
      team: team.map((one) => one.id),
      leadId: team[0]!.id,
    });
    inspections.push(id);
  }
  return { districtId: district.id, inspections, team };
}

async function documents(dataSource: DataSource, { districtId }: Place): Promise<string[]> {
  const rows: { answers: string }[] = await dataSource.query(
    `SELECT answers::text AS answers FROM inspections WHERE district_id = $1 ORDER BY id`,
    [districtId],
  );
  return rows.map(({ answers }) => answers);
}

async function call(
  base: string,
  token: string,
  method: string,
  path: string,
  body: object,
): Promise<unknown> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
