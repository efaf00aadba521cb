/**
 * A checklist as a workbook: 清单信息 says what it is, 要点 lists the items. The same workbook, edited, is taken in again
 * as a draft (core/checklists/import.ts), which reads the columns marked so below; the others are for the reader.
 */
import type { ResolvedItem } from '#rules/checklist.js';
import type { PolicyProfile, Subject } from '#rules/library.js';
import { STAGE_TEXT, type Stage } from '#rules/stages.js';
import { standardValueText } from '#rules/verdict.js';
import { DEMO_MARK } from './marks.js';
import { type ListSheet, listPart, listXml } from './workbook/list.js';
import { packageParts } from './workbook/parts.js';
import { type PageSheet, pageXml } from './workbook/sheets.js';
import { zipBytes } from './workbook/zip.js';

export type ChecklistSheet = {
  code: string;
  title: string;
  version: number;
  status: 'draft' | 'published' | 'retired';
  subject: Subject;
  stages: Stage[];
  policyProfile: PolicyProfile;
  coverage: 'full' | 'partial';
  note: string | null;
  publishedOn: string | null;
  items: ResolvedItem[];
};
export type ChecklistSheetMeta = { district: string; demo: boolean };

const SUBJECT_TEXT: Record<Subject, string> = {
  school: '学校',
  training_institution: '校外培训机构',
  department: '教育行政部门',
};
const STATUS_TEXT = { draft: '草稿', published: '已发布', retired: '已停用' };
const PROFILE_TEXT: Record<PolicyProfile, string> = { current: '现行口径', jf2018: '2018年口径' };
const SEVERITY_TEXT = { minor: '一般', major: '较重', serious: '严重' };
const yesNo = (flag: boolean) => (flag ? '是' : '否');

/** The same checklist gives the same bytes. */
export async function renderChecklistXlsx(list: ChecklistSheet, meta: ChecklistSheetMeta): Promise<Buffer> {
  const items = itemSheet(list);
  const printed = [`${list.title}（第${list.version}版）`, ...(meta.demo ? [DEMO_MARK] : [])].join('　');
  const texts: [string, string][] = [
    ['xl/worksheets/sheet1.xml', pageXml(cover(list, meta), printed).xml],
    ['xl/worksheets/sheet2.xml', listXml(items, printed)],
    ...packageParts([{ name: '清单信息', list: null }, listPart(items)], [], {
      title: list.title,
      author: meta.district,
      date: list.publishedOn,
    }),
  ];
  const chunks: Buffer[] = [];
  const entries = texts.map(([name, text]) => ({ name, pieces: [Buffer.from(text)] }));
  for await (const chunk of zipBytes(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function cover(list: ChecklistSheet, meta: ChecklistSheetMeta): PageSheet {
  const facts: [string, string][] = [
    ['清单编号', list.code],
    ['清单名称', list.title],
    ['适用对象', SUBJECT_TEXT[list.subject]],
    ['适用学段', list.stages.map((stage) => STAGE_TEXT[stage]).join('、')],
    ['政策口径', PROFILE_TEXT[list.policyProfile]],
    ['覆盖范围', list.coverage === 'full' ? '全面' : '部分'],
    ['说明', list.note ?? ''],
  ];
  const state: [string, string][] = [
    ['区县', meta.district],
    ['版本', `第${list.version}版`],
    ['状态', STATUS_TEXT[list.status]],
    ['发布日期', list.publishedOn ?? '（未发布）'],
    ['要点数', `${list.items.length}条`],
  ];
  const pair = ([name, text]: [string, string]) => [
    { text: name, look: 'head' as const },
    { text, look: 'wrapped' as const },
  ];
  return {
    name: '清单信息',
    widths: [16, 90],
    rows: [
      [{ text: list.title, look: 'title' }],
      [{ text: meta.demo ? DEMO_MARK : '', look: 'mark' }],
      [
        { text: '项目', look: 'head' },
        { text: '内容', look: 'head' },
      ],
      ...facts.map(pair),
      ...state.map(pair),
      pair([
        '填写说明',
        '修改后可再导入为草稿：读取本表“清单编号”至“说明”各项，以及“要点”表的“要点编号”“必查”两列；行的先后即要点的先后。其余各列由要点库给出，改动无效。',
      ]),
    ],
  };
}

function itemSheet(list: ChecklistSheet): ListSheet {
  return {
    name: '要点',
    columns: [
      { title: '序号', look: 'integer' },
      { title: '要点编号', look: 'text' },
      { title: '要点名称', look: 'wrapped', most: 28 },
      { title: '必查', look: 'text' },
      { title: '检查问题', look: 'wrapped', most: 46 },
      { title: '类别', look: 'text' },
      { title: '学段', look: 'text' },
      { title: '判定标准', look: 'wrapped', most: 34 },
      { title: '查看方法', look: 'wrapped', most: 30 },
      { title: '须附佐证', look: 'text' },
      { title: '问题等级', look: 'text' },
      { title: '一票否决', look: 'text' },
      { title: '依据', look: 'wrapped', most: 50 },
    ],
    rows: list.items.map((item, i) => [
      i + 1,
      item.itemCode,
      item.title,
      yesNo(item.required),
      item.question,
      item.category,
      item.stages.map((stage) => STAGE_TEXT[stage]).join('、'),
      standardValueText(item),
      item.evidence.join('、'),
      yesNo(item.evidenceRequired),
      SEVERITY_TEXT[item.severity],
      yesNo(item.veto),
      item.basis,
    ]),
  };
}
