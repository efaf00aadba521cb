import type { PolicyProfile, Subject } from '#rules/library.js';
import { type FieldError, problem } from '#rules/problems.js';
import { STAGE_TEXT, STAGES, type Stage } from '#rules/stages.js';
import type { Ctx } from '../foundation/context.js';
import { readTable, type Table, type TableRow } from '../foundation/table-file.js';
import { inTransaction } from '../foundation/transaction.js';
import { library } from '../library/load.js';
import type { Checklist, ItemReference } from './checklist.entity.js';
import { draftChecklist, type NewChecklist } from './draft.js';
import { itemFaults, SUBJECT_TEXT } from './items.js';

/** What the cells of 清单信息 may say, as the export writes them. */
const SUBJECTS = new Map(Object.entries(SUBJECT_TEXT).map(([value, text]) => [text, value as Subject]));
const PROFILES = new Map<string, PolicyProfile>([
  ['现行口径', 'current'],
  ['2018年口径', 'jf2018'],
]);
const COVERAGES = new Map<string, 'full' | 'partial'>([
  ['全面', 'full'],
  ['部分', 'partial'],
]);
const YES_NO = new Map([
  ['是', true],
  ['否', false],
]);
const STAGE_OF = new Map(STAGES.map((stage) => [STAGE_TEXT[stage], stage]));
const CODE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;

const INFO = '清单信息';
const ITEMS = '要点';

/**
 * What was read becomes a draft; of a code in use, the next version. All or nothing, in a transaction of its own.
 * @throws checklist.draft_exists, resource.conflict
 */
export function importChecklist(ctx: Ctx, given: NewChecklist): Promise<Checklist> {
  return inTransaction(ctx, (own) => draftChecklist(own, given));
}

/**
 * A workbook as `GET /checklists/{id}/export.xlsx` gives it, perhaps edited. Read before any connection is held.
 * @throws import.invalid (400) naming every bad cell, e.g. `/要点/B7`
 */
export async function readChecklist(file: Buffer): Promise<NewChecklist> {
  const info = await readTable(file, { sheet: INFO, headerHas: '项目', maxRows: 100 });
  const list = await readTable(file, { sheet: ITEMS, headerHas: '要点编号', maxRows: 1000 });
  const errors: FieldError[] = [];
  const head = readHead(info, errors);
  const items = readItems(list, head, errors);
  if (errors.length) {
    throw problem('import.invalid', { detail: `共 ${errors.length} 处有误，请改正后重新导入`, errors });
  }
  return { ...(head as NewChecklist), items };
}

function readHead(table: Table, errors: FieldError[]): Partial<NewChecklist> {
  const rowOf = new Map(table.rows.map((row) => [String(row.cells['项目'] ?? ''), row]));
  const bad = (row: TableRow | undefined, message: string): undefined => {
    errors.push(fault(INFO, row?.address('内容') ?? '项目', message));
  };
  const text = (name: string, max: number): string | undefined => {
    const row = rowOf.get(name);
    const value = row?.cells['内容'];
    if (!row || value === null || value === undefined) return bad(row, `缺少“${name}”`);
    return String(value).length > max ? bad(row, `“${name}”最多 ${max} 个字`) : String(value);
  };
  const oneOf = <T>(name: string, allowed: Map<string, T>): T | undefined => {
    const given = text(name, 100);
    if (given === undefined) return undefined;
    return allowed.get(given) ?? bad(rowOf.get(name), `“${name}”应为 ${[...allowed.keys()].join('、')} 之一`);
  };
  const code = text('清单编号', 40);
  const badCode = code !== undefined && !CODE.test(code);
  if (badCode) bad(rowOf.get('清单编号'), '编号只能用字母、数字、短横线和下划线');
  const note = rowOf.get('说明')?.cells['内容'] ?? null;
  const noteText = note === null ? null : String(note);
  if (noteText && noteText.length > 2000) bad(rowOf.get('说明'), '“说明”最多 2000 个字');
  return {
    code,
    title: text('清单名称', 200),
    subject: oneOf('适用对象', SUBJECTS),
    stages: readStages(rowOf.get('适用学段'), bad),
    policyProfile: oneOf('政策口径', PROFILES),
    coverage: oneOf('覆盖范围', COVERAGES),
    note: noteText,
  };
}

/** Without stages, those of the items. */
function readStages(
  row: TableRow | undefined,
  bad: (row: TableRow | undefined, message: string) => undefined,
): Stage[] | undefined {
  const given = row?.cells['内容'];
  if (given === null || given === undefined) return undefined;
  const names = String(given).split(/[、，,\s]+/);
  const stages = names.map((name) => STAGE_OF.get(name));
  if (stages.includes(undefined)) return bad(row, '“适用学段”应为小学、初中、高中，以顿号分开');
  return STAGES.filter((stage) => stages.includes(stage));
}

function readItems(table: Table, head: Partial<NewChecklist>, errors: FieldError[]): ItemReference[] {
  const rows = table.rows.filter((row) => Object.values(row.cells).some((value) => value !== null));
  const items = rows.map((row): ItemReference => {
    const required = row.cells['必查'] ?? '是';
    const flag = typeof required === 'boolean' ? required : YES_NO.get(String(required));
    if (flag === undefined) errors.push(fault(ITEMS, row.address('必查'), '“必查”应为 是 或 否'));
    return { itemCode: String(row.cells['要点编号'] ?? ''), required: flag ?? true };
  });
  for (const [i, row] of rows.entries()) {
    const item = library().itemByCode.get(items[i]!.itemCode);
    const title = row.cells['要点名称'];
    const titles = item && [item.title, ...Object.values(item.profiles ?? {}).map((told) => told.title)];
    // A code and a name that do not belong together mean that rows have slipped.
    if (titles && title != null && !titles.includes(String(title))) {
      const message = `与编号不符：${item.itemCode} 是“${item.title}”`;
      errors.push(fault(ITEMS, row.address('要点名称'), message));
    }
  }
  if (head.subject) {
    for (const found of itemFaults(items, head.subject, head.stages)) {
      const row = rows[Number(found.pointer.split('/')[2])]!;
      const message = row.cells['要点编号'] === null ? '缺少要点编号' : found.message;
      errors.push({ ...fault(ITEMS, row.address('要点编号'), message), code: found.code });
    }
  }
  return items;
}

const fault = (sheet: string, address: string, message: string): FieldError => ({
  pointer: `/${sheet}/${address}`,
  code: 'cell_invalid',
  message: `“${sheet}”表 ${address}：${message}`,
});
