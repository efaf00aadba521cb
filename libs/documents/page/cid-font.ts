/**
 * Reads a Chinese OpenType font of the simplest kind (outlines in one CFF table keyed by CID, one font dictionary, no
 * subroutines: all of Fandol) straight from its file: the tables of widths and codes at once, outlines one by one as
 * they are needed. A general reader takes in all of the file and all of its ten thousand outlines; for five faces that
 * is most of the time of the first document of a process. `null` where a font is of another kind.
 *
 * The object is what pdfkit asks of a font that it embeds.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { type Outline, outlineBox } from './charstring.js';
import { type CffSource, type CidSubset, cidSubset } from './cid-subset.js';

export interface CidGlyph {
  id: number;
  advanceWidth: number;
  /** Whether anything is drawn at all. */
  inked: boolean;
  readonly bbox: Outline;
}

export interface CidFont {
  unitsPerEm: number;
  postscriptName: string;
  hasGlyphForCodePoint(code: number): boolean;
  glyphForCodePoint(code: number): CidGlyph;
  getGlyph(id: number): CidGlyph;
  createSubset(): CidSubset;
}

type Read = (at: number, length: number) => Buffer;

/** Opens the font in `path`; the file is read again as long as the process runs. */
export function openCidFont(path: string): CidFont | null {
  const file = openSync(path, 'r');
  const read: Read = (at, length) => {
    const bytes = Buffer.allocUnsafe(length);
    const got = readSync(file, bytes, 0, length, at);
    return got === length ? bytes : bytes.subarray(0, got);
  };
  const tables = tablesOf(read);
  const cff = tables?.['CFF '] && cffOf(read, tables['CFF '].at);
  if (!tables || !cff) {
    closeSync(file);
    return null;
  }
  const font = fontOf((name) => {
    const { at, length } = tables[name] as Place;
    return read(at, length);
  }, cff);
  if (!font) closeSync(file);
  return font;
}

const NEEDED = ['CFF ', 'cmap', 'head', 'hhea', 'hmtx', 'OS/2', 'post'];

interface Place {
  at: number;
  length: number;
}

function tablesOf(read: Read): Record<string, Place> | null {
  const head = read(0, 12 + 16 * 32);
  if (head.length < 12 || head.toString('latin1', 0, 4) !== 'OTTO') return null;
  const tables: Record<string, Place> = {};
  for (let i = 0; i < Math.min(32, head.readUInt16BE(4)); i++) {
    const at = 12 + 16 * i;
    tables[head.toString('latin1', at, at + 4)] = {
      at: head.readUInt32BE(at + 8),
      length: head.readUInt32BE(at + 12),
    };
  }
  return NEEDED.every((name) => name in tables) ? tables : null;
}

function fontOf(table: (name: string) => Buffer, cff: Cff): CidFont | null {
  const head = table('head');
  const hhea = table('hhea');
  const os2 = table('OS/2');
  const post = table('post');
  const widths = table('hmtx');
  const codes = codesOf(table('cmap'));
  // Another number of units would need a matrix in the subset.
  const unitsPerEm = head.readUInt16BE(18);
  if (codes === null || unitsPerEm !== 1000) return null;
  const measured = hhea.readUInt16BE(34);
  const advance = (id: number): number => widths.readUInt16BE(4 * Math.min(id, measured - 1));

  const outline = (id: number): Buffer => cff.outlines.read(id);
  const glyphs = new Map<number, CidGlyph>();
  const getGlyph = (id: number): CidGlyph => {
    let glyph = glyphs.get(id);
    if (!glyph) {
      let box: Outline | undefined;
      glyph = {
        id,
        advanceWidth: advance(id),
        inked: cff.outlines.length(id) > EMPTY,
        get bbox() {
          box ??= outlineBox(outline(id));
          return box;
        },
      };
      glyphs.set(id, glyph);
    }
    return glyph;
  };
  return {
    unitsPerEm,
    postscriptName: cff.name,
    ascent: hhea.readInt16BE(4),
    descent: hhea.readInt16BE(6),
    lineGap: hhea.readInt16BE(8),
    xHeight: os2.length >= 90 ? os2.readInt16BE(86) : 0,
    capHeight: os2.length >= 90 ? os2.readInt16BE(88) : 0,
    bbox: {
      minX: head.readInt16BE(36),
      minY: head.readInt16BE(38),
      maxX: head.readInt16BE(40),
      maxY: head.readInt16BE(42),
    },
    italicAngle: post.readInt32BE(4) / 65536,
    post: { isFixedPitch: post.readUInt32BE(12) },
    head: { macStyle: { italic: (head.readUInt16BE(44) & 2) !== 0 } },
    'OS/2': { sFamilyClass: os2.readInt16BE(30) },
    hasGlyphForCodePoint: (code: number) => codes(code) > 0,
    glyphForCodePoint: (code: number) => getGlyph(codes(code)),
    getGlyph,
    createSubset: () => cidSubset({ ...cff, outline }),
    // pdfkit knows a font by this: it lays out text with it, which the documents do themselves.
    layout: () => {
      throw new Error('text is laid out by the shaper');
    },
  } as CidFont;
}

/** An outline of fewer bytes draws nothing: a width and the end. */
const EMPTY = 6;

/** The code → glyph table of the first 65,536 characters (cmap format 4), or null where the font has none. */
function codesOf(cmap: Buffer): ((code: number) => number) | null {
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const entry = 4 + 8 * i;
    if (cmap.readUInt16BE(entry) !== 3 || cmap.readUInt16BE(entry + 2) !== 1) continue;
    const table = cmap.subarray(cmap.readUInt32BE(entry + 4));
    if (table.readUInt16BE(0) !== 4) continue;
    const twice = table.readUInt16BE(6);
    return (code) => {
      if (code > 0xffff) return 0;
      let low = 0;
      let high = twice / 2 - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (table.readUInt16BE(14 + 2 * middle) < code) low = middle + 1;
        else high = middle;
      }
      const start = table.readUInt16BE(16 + twice + 2 * low);
      if (code < start || code > table.readUInt16BE(14 + 2 * low)) return 0;
      const delta = table.readUInt16BE(16 + 2 * twice + 2 * low);
      const rangeAt = 16 + 3 * twice + 2 * low;
      const range = table.readUInt16BE(rangeAt);
      if (range === 0) return (code + delta) & 0xffff;
      const id = table.readUInt16BE(rangeAt + range + 2 * (code - start));
      return id === 0 ? 0 : (id + delta) & 0xffff;
    };
  }
  return null;
}

interface Cff extends Omit<CffSource, 'outline'> {
  name: string;
  outlines: Index;
}

/** The parts of a CFF table, or null where it is not keyed by CID, has several dictionaries or any subroutine. */
function cffOf(read: Read, start: number): Cff | null {
  const names = indexAt(read, start + read(start + 2, 1).readUInt8(0));
  const tops = indexAt(read, names.end);
  const strings = indexAt(read, tops.end);
  const globals = indexAt(read, strings.end);
  const top = dictionary(tops.read(0));
  const [outlinesAt] = top.get(OUTLINES) ?? [];
  const [dictionariesAt] = top.get(DICTIONARIES) ?? [];
  if (names.count !== 1 || globals.count > 0 || outlinesAt === undefined || dictionariesAt === undefined) {
    return null;
  }
  const dictionaries = indexAt(read, start + dictionariesAt);
  const [size, at] = dictionary(dictionaries.read(0)).get(PRIVATE) ?? [];
  if (dictionaries.count !== 1 || size === undefined || at === undefined) return null;
  const hints = read(start + at, size);
  if (dictionary(hints).has(SUBROUTINES)) return null;
  const outlines = indexAt(read, start + outlinesAt);
  return { name: names.read(0).toString('latin1'), hints, outlines };
}

/** Operators of CFF dictionaries (Adobe Technical Note 5176); those of two bytes are 12 << 8 and the second. */
const OUTLINES = 17;
const PRIVATE = 18;
const SUBROUTINES = 19;
const DICTIONARIES = 0xc24;

interface Index {
  count: number;
  /** Where what follows it begins. */
  end: number;
  length(item: number): number;
  read(item: number): Buffer;
}

function indexAt(read: Read, at: number): Index {
  const count = read(at, 2).readUInt16BE(0);
  if (count === 0) return { count, end: at + 2, length: () => 0, read: () => Buffer.alloc(0) };
  const wide = read(at + 2, 1).readUInt8(0);
  const offsets = read(at + 3, (count + 1) * wide);
  const data = at + 2 + offsets.length;
  const offset = (item: number): number => offsets.readUIntBE(item * wide, wide);
  return {
    count,
    end: data + offset(count),
    length: (item) => offset(item + 1) - offset(item),
    read: (item) => read(data + offset(item), offset(item + 1) - offset(item)),
  };
}

/** The operands of each operator of a dictionary. */
function dictionary(bytes: Buffer): Map<number, number[]> {
  const found = new Map<number, number[]>();
  let operands: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const b = bytes.readUInt8(i++);
    if (b <= 21) {
      found.set(b === 12 ? (12 << 8) | bytes.readUInt8(i++) : b, operands);
      operands = [];
    } else if (b === 28) {
      operands.push(bytes.readInt16BE(i));
      i += 2;
    } else if (b === 29) {
      operands.push(bytes.readInt32BE(i));
      i += 4;
    } else if (b === 30) {
      // A real number, in half bytes up to 15: none of those read here is one.
      while ((bytes.readUInt8(i) & 15) !== 15 && bytes.readUInt8(i) >> 4 !== 15) i++;
      i++;
      operands.push(Number.NaN);
    } else if (b <= 246) operands.push(b - 139);
    else if (b <= 250) operands.push((b - 247) * 256 + bytes.readUInt8(i++) + 108);
    else operands.push(-(b - 251) * 256 - bytes.readUInt8(i++) - 108);
  }
  return found;
}
