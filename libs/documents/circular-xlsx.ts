/** The circular's figures and lists as a workbook: cover with definitions, then one list a sheet. */
import { type CircularSnapshot, chineseDate, chineseMinute, circularTitle } from '#rules/circular.js';
import { circularLists } from './circular/workbook-lists.js';
import type { CircularMeta } from './circular-pdf.js';
import { documentNumberText } from './page/header.js';
import { DEMO_MARK, DRAFT_MARK, marksOf } from './page/sheet.js';
import { packageParts } from './workbook/parts.js';
import { type ListSheet, listPart, listXml, type PageSheet, pageXml } from './workbook/sheets.js';
import { zipBytes } from './workbook/zip.js';

const COVER = '封面';

/** The same snapshot and meta give the same bytes. */
export async function renderCircularXlsx(snapshot: CircularSnapshot, meta: CircularMeta): Promise<Buffer> {
  const title = circularTitle(snapshot);
  const marks = marksOf([snapshot.demo, DEMO_MARK], [meta.draft, DRAFT_MARK]);
  const printed = [title, ...marks].join('　');
  const suffix = snapshot.demo ? '（演示数据）' : '';
  const lists = circularLists(snapshot).map((list) => ({ ...list, name: list.name + suffix }));
  const texts: [string, string][] = [
    ['xl/worksheets/sheet1.xml', pageXml(cover(snapshot, meta, marks, lists), printed)],
    ...lists.map((list, i): [string, string] => [`xl/worksheets/sheet${i + 2}.xml`, listXml(list, printed)]),
    ...packageParts([{ name: COVER, list: null }, ...lists.map(listPart)], []),
  ];
  const chunks: Buffer[] = [];
  const entries = texts.map(([name, text]) => ({ name, pieces: [Buffer.from(text)] }));
  for await (const chunk of zipBytes(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function cover(
  snapshot: CircularSnapshot,
  meta: CircularMeta,
  marks: string[],
  lists: ListSheet[],
): PageSheet {
  const { generatedFrom } = snapshot;
  const facts: [string, string][] = [
    ['区县', `${snapshot.district.name}（${snapshot.district.code}）`],
    ['发文机关', snapshot.issuer],
    ['发文字号', meta.documentNumber ? documentNumberText(meta.documentNumber) : '（未编号）'],
    ['成文日期', meta.issuedOn ? chineseDate(meta.issuedOn) : '（未印发）'],
    ['统计期', `${chineseDate(snapshot.periodStart)}至${chineseDate(snapshot.periodEnd)}`],
    ['数据截止', `${chineseMinute(snapshot.cutoffLocal)}（${snapshot.cutoff}）`],
    [
      '数据来源',
      `督导检查${generatedFrom.inspections}次，答案${generatedFrom.answers}项，台账问题${generatedFrom.issues}个，记录${generatedFrom.events}条`,
    ],
    ['快照摘要（SHA-256）', meta.hash],
    ['比率', '比率由分子、分母算出；分母不足10的不列比率。申辩中的问题计入总数，不点名；自查问题不计入。'],
  ];
  const pair = ([name, text]: [string, string]) => [
    { text: name, look: 'head' as const },
    { text, look: 'wrapped' as const },
  ];
  return {
    name: COVER,
    widths: [26, 90],
    rows: [
      [{ text: circularTitle(snapshot), look: 'title' }],
      [{ text: marks.join('　·　'), look: 'mark' }],
      ...facts.map(pair),
      [],
      [
        { text: '工作表', look: 'head' },
        { text: '内容', look: 'head' },
      ],
      ...lists.map((list) => [
        { text: list.name, look: 'link' as const, to: list.name },
        {
          text: `${list.rows.length}行：${list.columns.map((c) => c.title).join('、')}`,
          look: 'wrapped' as const,
        },
      ]),
      [],
      [
        { text: '指标', look: 'head' },
        { text: '口径', look: 'head' },
      ],
      ...snapshot.figures
        .filter(({ key }) => !/^(category|measurement)\./.test(key))
        .map((f) => pair([f.title, f.definition])),
    ],
  };
}
