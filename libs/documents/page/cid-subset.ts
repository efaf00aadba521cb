/** Writes the outlines that a document uses as a CFF font keyed by CID (Adobe Technical Note 5176), for embedding. */

export interface CffSource {
  name: string;
  /** The private dictionary, copied as it is. */
  hints: Buffer;
  outline(id: number): Buffer;
}

/** What pdfkit asks of a subset. */
export interface CidSubset {
  /** Says that this is a CFF font. */
  cff: true;
  /** The glyph of the font for each code of the subset; more may be added, also one twice. */
  glyphs: number[];
  includeGlyph(id: number): number;
  encode(): Buffer;
}

export function cidSubset(source: CffSource): CidSubset {
  const glyphs = [0];
  const codes = new Map([[0, 0]]);
  return {
    cff: true,
    glyphs,
    includeGlyph(id) {
      let code = codes.get(id);
      if (code === undefined) {
        code = glyphs.push(id) - 1;
        codes.set(id, code);
      }
      return code;
    },
    encode: () => encode(source, glyphs),
  };
}

/** The first string that is not one of the 391 standard ones. */
const OWN_STRING = 391;
const ROS = [12, 30];
const COUNT = [12, 34];
const CHARSET = [15];
const OUTLINES = [17];
const PRIVATE = [18];
const DICTIONARIES = [12, 36];
const SELECT = [12, 37];

function encode({ name, hints, outline }: CffSource, glyphs: number[]): Buffer {
  const head = Buffer.from([1, 0, 4, 4]);
  const names = index([Buffer.from(name, 'latin1')]);
  const strings = index([Buffer.from('Adobe'), Buffer.from('Identity')]);
  const globals = index([]);
  const last = glyphs.length - 1;
  // Glyph n has the CID n: one range, all in the one dictionary.
  const charset = last === 0 ? Buffer.from([0]) : Buffer.from([2, 0, 1, (last - 1) >> 8, (last - 1) & 255]);
  const select = Buffer.from([3, 0, 1, 0, 0, 0, glyphs.length >> 8, glyphs.length & 255]);
  const outlines = index(glyphs.map(outline));

  // Offsets take five bytes whatever they are, so that the length of the dictionaries is known before their content.
  const top = (charsetAt: number, selectAt: number, outlinesAt: number, dictionariesAt: number): Buffer =>
    index([
      Buffer.concat([
        ...[OWN_STRING, OWN_STRING + 1, 0].map(number),
        Buffer.from(ROS),
        ...entry(glyphs.length, COUNT),
        ...entry(charsetAt, CHARSET),
        ...entry(selectAt, SELECT),
        ...entry(outlinesAt, OUTLINES),
        ...entry(dictionariesAt, DICTIONARIES),
      ]),
    ]);
  const dictionaries = (hintsAt: number): Buffer =>
    index([Buffer.concat([number(hints.length), number(hintsAt), Buffer.from(PRIVATE)])]);

  const charsetAt = [head, names, top(0, 0, 0, 0), strings, globals].reduce(
    (sum, part) => sum + part.length,
    0,
  );
  const selectAt = charsetAt + charset.length;
  const outlinesAt = selectAt + select.length;
  const dictionariesAt = outlinesAt + outlines.length;
  const hintsAt = dictionariesAt + dictionaries(0).length;
  return Buffer.concat([
    head,
    names,
    top(charsetAt, selectAt, outlinesAt, dictionariesAt),
    strings,
    globals,
    charset,
    select,
    outlines,
    dictionaries(hintsAt),
    hints,
  ]);
}

/** An integer of a dictionary, in five bytes. */
function number(value: number): Buffer {
  const bytes = Buffer.alloc(5, 29);
  bytes.writeInt32BE(value, 1);
  return bytes;
}

const entry = (value: number, operator: number[]): Buffer[] => [number(value), Buffer.from(operator)];

/** An INDEX: how many items, how wide the offsets are, the offsets, the items. */
function index(items: Buffer[]): Buffer {
  if (items.length === 0) return Buffer.from([0, 0]);
  const size = items.reduce((sum, item) => sum + item.length, 0);
  const wide = size < 255 ? 1 : size < 65_535 ? 2 : 4;
  const head = Buffer.alloc(3 + (items.length + 1) * wide);
  head.writeUInt16BE(items.length, 0);
  head.writeUInt8(wide, 2);
  let offset = 1;
  head.writeUIntBE(offset, 3, wide);
  items.forEach((item, i) => {
    offset += item.length;
    head.writeUIntBE(offset, 3 + (i + 1) * wide, wide);
  });
  return Buffer.concat([head, ...items]);
}
