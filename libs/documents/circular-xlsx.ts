/** The circular's figures and lists as a workbook: cover, overview with charts, figures with their sources, then the lists. */

import type { CircularImprint } from '#rules/circular.js';
import { type CircularSnapshot, circularTitle } from '#rules/circular.js';
import { coverPage } from './circular/workbook/cover.js';
import { COVER, circularLists } from './circular/workbook/lists.js';
import { OVERVIEW, overviewPage } from './circular/workbook/overview.js';
import { DEMO_MARK, DRAFT_MARK, marksOf } from './marks.js';
import { listPart, listXml } from './workbook/list.js';
import { packageParts, type SheetPart } from './workbook/parts.js';
import { pageXml } from './workbook/sheets.js';
import { zipBytes } from './workbook/zip.js';

/** The same snapshot and meta give the same bytes. */
export async function renderCircularXlsx(snapshot: CircularSnapshot, meta: CircularImprint): Promise<Buffer> {
  const title = circularTitle(snapshot);
  const marks = marksOf([snapshot.demo, DEMO_MARK], [meta.draft, DRAFT_MARK]);
  const printed = [title, ...marks].join('　');
  const suffix = snapshot.demo ? '（演示数据）' : '';
  const lists = [...circularLists(snapshot, { suffix, marks })];
  const overview = overviewPage(snapshot, new Map(lists), OVERVIEW + suffix, COVER);
  const sheets = lists.map(([, list]) => list);
  const cover = pageXml(coverPage(snapshot, meta, marks, overview.page.name, sheets), printed);
  const pages: { xml: string; part: SheetPart }[] = [
    { xml: cover.xml, part: { name: COVER, list: null, links: cover.links } },
    {
      xml: pageXml(overview.page, printed).xml,
      part: {
        name: overview.page.name,
        list: null,
        ...(overview.charts ? { charts: overview.charts } : {}),
      },
    },
    ...sheets.map((list) => ({ xml: listXml(list, printed), part: listPart(list) })),
  ];
  const info = { title, author: snapshot.issuer, date: snapshot.cutoff };
  const texts: [string, string][] = [
    ...pages.map(({ xml }, i): [string, string] => [`xl/worksheets/sheet${i + 1}.xml`, xml]),
    ...packageParts(
      pages.map(({ part }) => part),
      [],
      info,
    ),
  ];
  const chunks: Buffer[] = [];
  const entries = texts.map(([name, text]) => ({ name, pieces: [Buffer.from(text)] }));
  for await (const chunk of zipBytes(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
