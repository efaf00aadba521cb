/**
 * One PDF document being written: pages with their numbers and marks, ink by absolute position, bytes at the end.
 * Deterministic: the creation date comes from the caller and nothing is taken from a clock.
 */
import PDFDocument from 'pdfkit';
import type { Face } from './fonts.js';
import { openFont } from './fonts.js';
import { AREA, type Area, BLACK, GREY, mm, PAGE, SIZE, TURNED } from './geometry.js';
import { codeOf, type Glyph, type Shaper, shaperOf } from './glyphs.js';
import { type Line, NO_END, widthOf } from './line-breaking.js';

export interface Sheet {
  doc: InstanceType<typeof PDFDocument>;
  shape: Shaper;
  /** Number of the current page, from 1. */
  page: number;
  /** What text fills on the current page: 版心, upright or of a page set sideways. */
  area: Area;
  /** Characters that no font draws; each is printed as its code point in brackets. */
  missing: Set<string>;
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
  const missing = new Set<string>();
  return { doc, shape: shaperOf(doc, missing), page: 0, area: AREA, missing, marks: info.marks, bytes };
}

/** Whether the current page is set sideways. */
export const isTurned = (sheet: Sheet): boolean => sheet.area === TURNED;

/**
 * Starts a page. A blank page before the imprint and the imprint's own page carry no number (GB/T 9704, 7.5).
 * A turned page (横排) is the same upright sheet with its number where it always is; what follows is drawn in `TURNED`,
 * seen with the sheet's left edge up, and a viewer shows it that way.
 */
export function addPage(sheet: Sheet, { numbered = true, turned = false } = {}): void {
  sheet.doc.addPage();
  sheet.page++;
  sheet.area = turned ? TURNED : AREA;
  if (numbered) drawPageNumber(sheet);
  if (turned) {
    (sheet.doc.page.dictionary.data as { Rotate?: number }).Rotate = 90;
    addContent(sheet, `0 -1 1 0 0 ${n(PAGE.height)} cm`);
  }
  drawMarks(sheet);
}

/** Ends the document and gives its bytes. What could not be printed as typed is said in the file's properties. */
export function closeSheet(sheet: Sheet): Promise<Buffer> {
  if (sheet.missing.size > 0) {
    sheet.doc.info.Keywords = `字库缺字 ${[...sheet.missing].map(codeOf).sort().join(' ')}`;
  }
  sheet.doc.end();
  return sheet.bytes;
}

export interface Ink {
  size: number;
  tracking?: number;
  color?: string;
  /** Width of the characters in hundredths of their own; 100 unless told. */
  stretch?: number;
}

type Piece = Pick<Line, 'start' | 'end' | 'squeeze' | 'tightEnd'>;

/** Draws `glyphs`, or the broken `line` of them, with the base line at `y` and the left edge at `x`. */
export function drawGlyphs(
  sheet: Sheet,
  glyphs: Glyph[],
  x: number,
  y: number,
  ink: Ink,
  line?: Piece,
): void {
  const { start, end, squeeze, tightEnd } = line ?? {
    start: 0,
    end: glyphs.length,
    squeeze: 0,
    tightEnd: false,
  };
  if (end <= start) return;
  const stretch = ink.stretch === undefined ? '' : `${n(ink.stretch)} Tz `;
  let content = `${ink.color ?? BLACK} rg BT ${stretch}${n(ink.tracking ?? 0)} Tc 1 0 0 -1 ${n(x)} ${n(y)} Tm`;
  let font = (glyphs[start] as Glyph).font;
  let run = '';
  let adjusted = false;
  const flush = () => {
    const { fonts } = sheet.doc.page as unknown as { fonts: Record<string, unknown> };
    fonts[font.id] ??= font.ref();
    content += ` /${font.id} ${n(ink.size)} Tf ${adjusted ? `[<${run}>] TJ` : `<${run}> Tj`}`;
    run = '';
    adjusted = false;
  };
  for (let i = start; i < end; i++) {
    let glyph = glyphs[i] as Glyph;
    if (tightEnd && i === end - 1) glyph = glyph.narrow ?? glyph;
    if (glyph.font !== font) {
      flush();
      font = glyph.font;
    }
    const taken = i === start && glyph.kind & NO_END ? 0 : squeeze * glyph.slack;
    if (taken > 0 || glyph.width !== glyph.advance) {
      const before = glyph.before + (glyph.kind & NO_END ? taken : 0);
      run += `>${n(before)}<${glyph.hex}>${n(glyph.advance - glyph.width + taken - before)}<`;
      adjusted = true;
    } else run += glyph.hex;
  }
  flush();
  addContent(sheet, stretch === '' ? `${content} ET` : `${content} 100 Tz ET`);
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
  addContent(sheet, `${color} RG ${n(weight)} w ${n(x1)} ${n(y1)} m ${n(x2)} ${n(y2)} l S`);
}

/** Fills rectangles in black as one shape, so that no seam shows where two of them meet. */
export function fillSquares(
  sheet: Sheet,
  squares: [x: number, y: number, width: number, height: number][],
): void {
  const path = squares.map((square) => `${square.map(n).join(' ')} re`);
  addContent(sheet, `${BLACK} rg ${path.join(' ')} f`);
}

/** Content is ASCII; as bytes it goes into the page as it is, where pdfkit would take a text letter by letter. */
export const addContent = (sheet: Sheet, content: string): void => {
  (sheet.doc as unknown as { addContent(bytes: Buffer): void }).addContent(
    Buffer.from(`${content}\n`, 'latin1'),
  );
};

const n = (value: number): string => String(Math.round(value * 1000) / 1000);

/** “— 1 —” in 四号 宋体: its dashes 7 mm under the type area, one character in from the outer edge. */
function drawPageNumber(sheet: Sheet): void {
  const size = SIZE.fourth;
  const odd = sheet.page % 2 === 1;
  const song = openFont('song');
  const { minY, maxY } = song.glyphForCodePoint(0x2014).bbox;
  const dash = (minY + maxY) / 2 / song.unitsPerEm;
  const text = `— ${sheet.page} —`;
  drawText(sheet, text, odd ? AREA.right - size : AREA.left + size, AREA.bottom + mm(7) + size * dash, {
    face: 'song',
    size,
    align: odd ? 'right' : 'left',
  });
}

/** In the head margin, where no text of the document can meet it. */
function drawMarks(sheet: Sheet): void {
  if (sheet.marks.length === 0) return;
  const { area } = sheet;
  drawText(sheet, `【${sheet.marks.join('　·　')}】`, area.left + area.width / 2, area.top - mm(14), {
    face: 'hei',
    size: SIZE.smallFourth,
    align: 'center',
    color: GREY,
  });
}
