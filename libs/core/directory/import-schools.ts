import { problem } from '#rules/problems.js';
import { gradesOfStage, type SchoolSystem, type Stage } from '#rules/stages.js';
import { recountFacts } from '../compliance/rebuild.js';
import { touchFacts } from '../compliance/unit-facts.js';
import { announce } from '../foundation/announce.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import type { Table, TableRow } from '../foundation/table-file.js';
import { inTransaction } from '../foundation/transaction.js';
import { record } from '../history/events.js';
import { districtOf } from './districts.js';
import { SCHOOL_COLUMNS } from './import-columns.js';
import { changesOf } from './reach.js';
import type { Pupils, UnitView } from './units.js';
import { inOrderOfAge, type NewUnit, openZones, unitFaults } from './write-unit.js';

export type ImportMode = 'create' | 'upsert';
export type ImportResult = { total: number; created: number; updated: number; unchanged: number };
type BadCell = { row: number; column: string; address: string; code: string; message: string };
type Read = { row: TableRow; school: Partial<NewUnit>; bad: BadCell[] };

/** Columns of lists that say nothing about the school. */
const IGNORED = ['序号', '备注'];
/** Which column a fault of the whole entry is shown at. */
const COLUMN_OF: Record<string, string> = { '/code': '学校代码', '/stages': '学段', '/zoneId': '责任区' };

/**
 * Imports the school register, all or nothing, in a transaction of its own. Schools are known by their code: those already
 * entered are reported, or with `upsert` brought up to date in the columns that the file has.
 * @throws import.invalid (400) with `errors` and `rows` naming each bad row and column
 */
export async function importSchools(ctx: Ctx, table: Table, mode: ImportMode): Promise<ImportResult> {
  requireColumns(table);
  return inTransaction(ctx, async (inner) => {
    // One import of a district at a time, so that two of the same file do not both create.
    await inner.em.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 11))`, [ctx.actor.districtId]);
    const zones = zoneNames(await openZones(inner));
    const rows = table.rows.map((row) => readRow(row, table.header, zones));
    if (rows.length === 0) throw problem('import.invalid', '表头下没有学校');
    const present = await presentSchools(inner, rows);
    const { settings } = await districtOf(inner);
    const planned = rows.map((read) => plan(read, present, mode, settings.schoolSystem));
    refuseRepeats(rows);
    const bad = rows.flatMap((read) => read.bad);
    if (bad.length) throw refusal(bad);
    return write(
      inner,
      planned.filter((one) => one !== null),
    );
  });
}

function requireColumns({ header }: Table): void {
  const known = [...SCHOOL_COLUMNS.map((column) => column.title), ...IGNORED];
  const missing = SCHOOL_COLUMNS.filter((column) => column.required && !header.includes(column.title));
  const unknown = header.filter((title) => !known.includes(title));
  if (missing.length === 0 && unknown.length === 0) return;
  throw problem('import.invalid', {
    detail: '表头与模板不符，请下载模板填写',
    errors: [
      ...missing.map(({ title }) => ({
        pointer: `/columns/${title}`,
        code: 'column.missing',
        message: `缺少“${title}”一列`,
      })),
      ...unknown.map((title) => ({
        pointer: `/columns/${title.replace(/~/g, '~0').replace(/\//g, '~1')}`,
        code: 'column.unknown',
        message: `不认识“${title}”一列`,
      })),
    ],
  });
}

function zoneNames(zones: Map<string, { code: string; name: string }>): Map<string, string> {
  const byName = new Map<string, string>();
  for (const [id, { code, name }] of zones) {
    byName.set(name.normalize('NFKC'), id);
    byName.set(code.normalize('NFKC'), id);
  }
  return byName;
}

function readRow(row: TableRow, header: readonly string[], zones: ReadonlyMap<string, string>): Read {
  const read: Read = { row, school: {}, bad: [] };
  for (const column of SCHOOL_COLUMNS.filter(({ title }) => header.includes(title))) {
    const cell = row.cells[column.title] ?? null;
    if (cell === null && column.required) addBad(read, column.title, 'is_missing', `请填写${column.title}`);
    if (cell === null) continue;
    const fault = column.read(cell, read.school, zones);
    if (fault !== null) addBad(read, column.title, 'cell_invalid', fault);
  }
  return read;
}

function addBad({ row, bad }: Read, column: string, code: string, message: string): void {
  bad.push({ row: row.number, column, address: row.address(column), code, message });
}

function refuseRepeats(rows: readonly Read[]): void {
  const first = new Map<string, number>();
  for (const read of rows) {
    const { code } = read.school;
    if (!code) continue;
    const before = first.get(code);
    if (before === undefined) first.set(code, read.row.number);
    else addBad(read, '学校代码', 'repeated', `与第 ${before} 行的学校代码重复`);
  }
}

async function presentSchools(ctx: Ctx, rows: readonly Read[]): Promise<Map<string, UnitView>> {
  const found: UnitView[] = await ctx.em.query(
    `SELECT u.id, u.kind, u.code, u.name, u.stages, u.ownership, u.boarding, u.zone_id AS "zoneId", u.pupils, u.address,
       u.opened_on AS "openedOn", u.closed_on AS "closedOn"
     FROM units u WHERE u.district_id = $1 AND u.code = ANY($2) FOR NO KEY UPDATE`,
    [ctx.actor.districtId, rows.map((read) => read.school.code ?? '')],
  );
  return new Map(found.map((unit) => [unit.code, unit]));
}

type Planned = { unit: UnitView; before: UnitView | null };

/** The school as it will stand; null where its row is bad. */
function plan(
  read: Read,
  present: ReadonlyMap<string, UnitView>,
  mode: ImportMode,
  system: SchoolSystem,
): Planned | null {
  if (read.bad.length) return null;
  const given = read.school as NewUnit & { code: string };
  const before = present.get(given.code) ?? null;
  if (before && before.kind !== 'school')
    addBad(read, '学校代码', 'code_taken', '该代码已被培训机构或部门使用');
  else if (before && mode === 'create')
    addBad(read, '学校代码', 'code_taken', `该学校已登记（${before.name}），如要更新请选择“更新已有学校”`);
  const base: UnitView = before ?? {
    id: newId(),
    kind: 'school',
    code: given.code,
    name: given.name,
    stages: [],
    ownership: 'public',
    boarding: false,
    zoneId: null,
    pupils: {},
    address: null,
    openedOn: null,
    closedOn: null,
  };
  const stages = inOrderOfAge(given.stages ?? []);
  const unit: UnitView = { ...base, ...given, stages, pupils: pupilsAfter(base, given, stages, system) };
  for (const { pointer, code, message } of unitFaults(unit, system)) {
    const grade = /^\/pupils\/(\d+)$/.exec(pointer)?.[1];
    const column = grade
      ? (SCHOOL_COLUMNS[SCHOOL_COLUMNS.length - 13 + Number(grade)]?.title ?? '学段')
      : COLUMN_OF[pointer];
    addBad(read, column ?? '学校代码', code, message);
  }
  return read.bad.length ? null : { unit, before };
}

/** Grades that the file does not have stay as they are, unless their stage is gone. */
function pupilsAfter(base: UnitView, given: Partial<NewUnit>, stages: Stage[], system: SchoolSystem): Pupils {
  if (given.pupils === undefined || typeof given.pupils === 'number' || typeof base.pupils === 'number')
    return given.pupils ?? base.pupils;
  const taught = stages.flatMap((stage) => gradesOfStage(stage, system));
  const kept = Object.entries(base.pupils).filter(([grade]) => taught.includes(Number(grade)));
  return { ...Object.fromEntries(kept), ...given.pupils };
}

async function write(ctx: Ctx, planned: readonly Planned[]): Promise<ImportResult> {
  const created = planned.filter(({ before }) => before === null);
  const changed = planned.flatMap(({ unit, before }) => {
    const changes = before ? changesOf(before, unit) : {};
    return before && Object.keys(changes).length ? [{ unit, changes }] : [];
  });
  await ctx.em.query(
    `INSERT INTO units (district_id, id, kind, code, name, zone_id, stages, ownership, boarding, pupils, address, created_at, updated_at)
     SELECT $1, x.id, 'school', x.code, x.name, x."zoneId", ARRAY(SELECT jsonb_array_elements_text(x.stages)), x.ownership,
       x.boarding, x.pupils, x.address, $2, $2
     FROM jsonb_to_recordset($3::jsonb) AS x(id uuid, code text, name text, "zoneId" uuid, stages jsonb, ownership text,
       boarding boolean, pupils jsonb, address text)`,
    [ctx.actor.districtId, ctx.now, JSON.stringify(created.map(({ unit }) => unit))],
  );
  await ctx.em.query(
    `UPDATE units u SET name = x.name, zone_id = x."zoneId", stages = ARRAY(SELECT jsonb_array_elements_text(x.stages)),
       ownership = x.ownership, boarding = x.boarding, pupils = x.pupils, address = x.address, updated_at = $2, revision = u.revision + 1
     FROM jsonb_to_recordset($3::jsonb) AS x(id uuid, name text, "zoneId" uuid, stages jsonb, ownership text,
       boarding boolean, pupils jsonb, address text)
     WHERE u.district_id = $1 AND u.id = x.id`,
    [ctx.actor.districtId, ctx.now, JSON.stringify(changed.map(({ unit }) => unit))],
  );
  // The ledger goes with the school, as where one school is moved by hand (write-unit.ts).
  await ctx.em.query(
    `UPDATE issues i SET zone_id = u.zone_id FROM units u
     WHERE u.district_id = $1 AND u.id = ANY($2::uuid[]) AND i.district_id = u.district_id AND i.unit_id = u.id
       AND i.zone_id IS DISTINCT FROM u.zone_id`,
    [ctx.actor.districtId, changed.filter(({ changes }) => changes.zoneId).map(({ unit }) => unit.id)],
  );
  await record(
    ctx,
    ...created.map(({ unit }) => ({
      subjectType: 'unit' as const,
      subjectId: unit.id,
      unitId: unit.id,
      action: 'created',
      data: { unit, imported: true },
    })),
    ...changed.map(({ unit, changes }) => ({
      subjectType: 'unit' as const,
      subjectId: unit.id,
      unitId: unit.id,
      action: 'updated',
      data: { changes, imported: true },
    })),
  );
  // New units enter the change feed by themselves; those that changed are marked.
  for (const { unit, changes } of changed) {
    if (changes.stages) await recountFacts(ctx, unit.id);
    else await touchFacts(ctx, unit.id);
  }
  await announce(ctx, 'district', ctx.actor.districtId);
  return {
    total: planned.length,
    created: created.length,
    updated: changed.length,
    unchanged: planned.length - created.length - changed.length,
  };
}

function refusal(bad: readonly BadCell[]) {
  const rows = new Set(bad.map((one) => one.row)).size;
  return problem('import.invalid', {
    detail: `有 ${rows} 行、${bad.length} 处需要改正，未导入任何内容`,
    errors: bad.map(({ row, column, code, message, address }) => ({
      pointer: `/rows/${row}/${column}`,
      code,
      message: `${address}：${message}`,
    })),
    extra: { rows: bad },
  });
}
