/** The reader of our own fonts against the general one: the same widths, the same ink, the same page. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fontkit from 'fontkit';
import PDFDocument from 'pdfkit';
import { pdfFonts, pdfPicture, pdfText } from '../fixtures/read-back.js';
import { type CidFont, openCidFont } from './cid-font.js';

const FOLDER = join(process.cwd(), 'data', 'fonts');
const FANDOL = readdirSync(FOLDER).filter((name) => name.endsWith('.otf'));
/** Every fortieth character of the basic block and all that is not Chinese. */
const CODES = [
  ...Array.from({ length: 0x300 }, (_, i) => i + 0x20),
  ...Array.from({ length: 0x400 }, (_, i) => i + 0x2000),
  ...Array.from({ length: 520 }, (_, i) => 0x4e00 + i * 40),
  ...Array.from({ length: 0x100 }, (_, i) => i + 0xff00),
  0x1f44d,
  0x20bb7,
];

/** A page of text in a font given to pdfkit, glyph by glyph. */
function page(font: CidFont | fontkit.Font, text: string): Promise<Buffer> {
  const doc = new PDFDocument({ size: 'A4', margin: 0, info: { CreationDate: new Date(0) } });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  doc.font(font as unknown as string, 'x');
  const { _font: embedded, page: sheet } = doc as unknown as {
    _font: {
      id: string;
      subset: { includeGlyph(id: number): number };
      widths: number[];
      unicode: number[][];
      ref(): unknown;
    };
    page: { fonts: Record<string, unknown> };
  };
  const codes = [...text].map((char) => {
    const code = char.codePointAt(0) as number;
    const glyph = font.glyphForCodePoint(code);
    const at = embedded.subset.includeGlyph(glyph.id);
    embedded.widths[at] = glyph.advanceWidth;
    embedded.unicode[at] = [code];
    return at.toString(16).padStart(4, '0');
  });
  sheet.fonts[embedded.id] = embedded.ref();
  const lines = codes.join('').match(/.{1,80}/g) ?? [];
  const shown = lines.map((line, i) => `1 0 0 -1 40 ${60 + i * 30} Tm <${line}> Tj`).join(' ');
  (doc as unknown as { addContent(content: string): void }).addContent(
    `BT /${embedded.id} 24 Tf ${shown} ET`,
  );
  return new Promise((resolve) => {
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.end();
  });
}

describe.each(FANDOL)('%s', (name) => {
  const own = openCidFont(join(FOLDER, name)) as CidFont;
  const general = fontkit.openSync(join(FOLDER, name)) as fontkit.Font;

  it('has the same characters, widths and ink', () => {
    for (const code of CODES) {
      const known = general.hasGlyphForCodePoint(code);
      expect([code, own.hasGlyphForCodePoint(code)]).toEqual([code, known]);
      const mine = own.glyphForCodePoint(code);
      const theirs = general.glyphForCodePoint(code);
      expect([code, mine.id, mine.advanceWidth]).toEqual([code, theirs.id, theirs.advanceWidth]);
      expect([code, mine.inked]).toEqual([code, theirs.path.commands.length > 0]);
      if (!mine.inked) continue;
      // Ours takes control points in; they reach over the ink by next to nothing.
      const box = { ...mine.bbox };
      for (const edge of ['minX', 'minY', 'maxX', 'maxY'] as const) {
        expect(Math.abs(box[edge] - theirs.bbox[edge])).toBeLessThanOrEqual(30);
      }
    }
  });

  it('prints the same page, and reads as the same text', async () => {
    const text = CODES.filter((code) => own.hasGlyphForCodePoint(code) && code > 0x4dff)
      .map((code) => String.fromCodePoint(code))
      .join('')
      .slice(0, 400);
    const [mine, theirs] = await Promise.all([page(own, text), page(general, text)]);
    expect(pdfText(mine)).toBe(pdfText(theirs));
    expect(pdfText(mine)).toContain(text.slice(0, 20));
    expect(pdfFonts(mine)).toHaveLength(1);
    expect(pdfPicture(mine, 1, 150).dots.equals(pdfPicture(theirs, 1, 150).dots)).toBe(true);
  });
});

it('leaves other kinds of fonts to the general reader', () => {
  expect(openCidFont(join(FOLDER, 'NotoSerifSC-Regular.ttf'))).toBeNull();
  expect(openCidFont(join(FOLDER, 'README.md'))).toBeNull();
});
