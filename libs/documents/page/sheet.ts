/**
 * One PDF document being written: pages with their numbers and marks, ink by absolute position, bytes at the end.
 * Deterministic: the creation date comes from the caller and nothing is taken from a clock.
 */
import PDFDocument from 'pdfkit';
import type { Face } from './fonts.js';
import { AREA, AREA_BOTTOM, AREA_RIGHT, BLACK, GREY, mm, PAGE, SIZE } from './geometry.js';
import { type Glyph, type Shaper, shaperOf } from './glyphs.js';
import { widthOf } from './line-breaking.js';

export interface Sheet {
  doc: InstanceType<typeof PDFDocument>;
  shape: Shaper;
  /** Number of the current page, from 1. */
  page: number;
  /** Said at the head of every page: 演示数据, 草稿. */
  marks: string[];
  bytes: Promise<Buffer>;
}

export interface SheetInfo {
  title: string;
  author: string;
  /** ISO instant written into the file; the cut-off or date of the record, never now. */
  date: string;
  /** Said at the head of every page, e.g. DEMO_MARK. */
  marks: string[];
}

export const DEMO_MARK = '演示数据　不作为工作依据';
export const DRAFT_MARK = '草稿　未印发';

/** The marks that hold, of those given with whether they do. */
export const marksOf = (...marks: [holds: boolean, mark: string][]): string[] =>
  marks.filter(([holds]) => holds).map(([, mark]) => mark);

export function openSheet(info: SheetInfo): Sheet {
  const date = new Date(info.date);
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    lang: 'zh-CN',
    displayTitle: true,
    info: {
      Title: info.title,
      Author: info.author,
      Creator: 'dudao',
      Producer: 'dudao',
      CreationDate: date,
      ModDate: date,
    },
  });
  const chunks: Buffer[] = [];
  const bytes = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });
  return { doc, shape: shaperOf(doc), page: 0, marks: info.marks, bytes };
}

/** Starts a page. A blank page before the imprint and the imprint's own page carry no number (GB/T 9704, 7.5). */
export function addPage(sheet: Sheet, { numbered = true } = {}): void {
  sheet.doc.addPage();
  sheet.page++;
  drawMarks(sheet);
  if (numbered) drawPageNumber(sheet);
}

/** Ends the document and gives its bytes. */
export function closeSheet(sheet: Sheet): Promise<Buffer> {
  sheet.doc.end();
  return sheet.bytes;
}

export interface Ink {
  size: number;
  tracking?: number;
  color?: string;
}

/** Draws `glyphs[start, end)` with the base line at `y` and the left edge at `x`. */
export function drawGlyphs(
  sheet: Sheet,
  glyphs: Glyph[],
  x: number,
  y: number,
  ink: Ink,
  start = 0,
  end = glyphs.length,
) {
  if (end <= start) return;
  const content = [`${ink.color ?? BLACK} rg BT ${n(ink.tracking ?? 0)} Tc 1 0 0 -1 ${n(x)} ${n(y)} Tm`];
  let font = (glyphs[start] as Glyph).font;
  let run = '';
  const flush = () => {
    const { fonts } = sheet.doc.page as unknown as { fonts: Record<string, unknown> };
    fonts[font.id] ??= font.ref();
    content.push(`/${font.id} ${n(ink.size)} Tf <${run}> Tj`);
    run = '';
  };
  for (let i = start; i < end; i++) {
    const glyph = glyphs[i] as Glyph;
    if (glyph.font !== font) {
      flush();
      font = glyph.font;
    }
    run += glyph.hex;
  }
  flush();
  content.push('ET');
  add(sheet, content.join(' '));
}

/** Draws one line of text; `align` is about `x`. Gives its width. */
export function drawText(
  sheet: Sheet,
  text: string,
  x: number,
  y: number,
  { face, align = 'left', ...ink }: Ink & { face: Face; align?: 'left' | 'center' | 'right' },
): number {
  const glyphs = sheet.shape(face, text);
  const width = widthOf(glyphs, ink.size, ink.tracking);
  const shift = align === 'left' ? 0 : align === 'center' ? width / 2 : width;
  drawGlyphs(sheet, glyphs, x - shift, y, ink);
  return width;
}

/** A straight stroke `weight` points wide. */
export function drawRule(
  sheet: Sheet,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  weight: number,
  color = BLACK,
) {
  add(sheet, `${color} RG ${n(weight)} w ${n(x1)} ${n(y1)} m ${n(x2)} ${n(y2)} l S`);
}

const add = (sheet: Sheet, content: string): void => {
  (sheet.doc as unknown as { addContent(text: string): void }).addContent(content);
};

const n = (value: number): string => String(Math.round(value * 1000) / 1000);

/** “— 1 —” in 四号 宋体: its dashes 7 mm under the type area, one character in from the outer edge. */
function drawPageNumber(sheet: Sheet): void {
  const size = SIZE.fourth;
  const odd = sheet.page % 2 === 1;
  // The dash of 宋体 lies about a third of the type size above the base line.
  const y = AREA_BOTTOM + mm(7) + size * 0.34;
  drawText(sheet, `— ${sheet.page} —`, odd ? AREA_RIGHT - size : AREA.left + size, y, {
    face: 'song',
    size,
    align: odd ? 'right' : 'left',
  });
}

/** In the head margin, where no text of the document can meet it. */
function drawMarks(sheet: Sheet): void {
  if (sheet.marks.length === 0) return;
  drawText(sheet, `【${sheet.marks.join('　·　')}】`, PAGE.width / 2, mm(20), {
    face: 'hei',
    size: SIZE.smallFourth,
    align: 'center',
    color: GREY,
  });
}
