import pg from 'pg';

/** What a day, an instant, a big integer and an exact number become in JavaScript; every other type as pg does it. */
const OID = {
  int8: 20,
  date: 1082,
  timestamptz: 1184,
  numeric: 1700,
  int8Array: 1016,
  dateArray: 1182,
  numericArray: 1231,
};
// The published types of pg-types describe an older shape of this function.
const arrayParser = pg.types.arrayParser as unknown as {
  create(text: string, parse: (entry: string) => unknown): { parse(): unknown[] };
};
const arrayOf = (parse: (text: string) => unknown) => (text: string) =>
  arrayParser.create(text, parse).parse();
const parsers = new Map<number, (text: string) => unknown>([
  // A local day has no instant: as a Date it would move with the time zone of the process.
  [OID.date, String],
  [OID.timestamptz, instant],
  [OID.int8, safeInteger],
  [OID.numeric, Number],
  [OID.dateArray, arrayOf(String)],
  [OID.int8Array, arrayOf(safeInteger)],
  [OID.numericArray, arrayOf(Number)],
]);
const asPg = pg.types.getTypeParser as (oid: number, format?: string) => (text: string) => unknown;

/** pg's `types` option for every connection of ours. */
export const columnTypes = {
  getTypeParser: (oid: number, format?: string) =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? asPg(oid, format),
} as pg.CustomTypesConfig;

const asInstant = pg.types.getTypeParser(OID.timestamptz) as (text: string) => unknown;

/**
 * A Date that remembers how it is written: making that text again is most of what an instant in a long answer costs (0.6 µs of
 * 0.9 each, and a page of the ledger has over a hundred).
 */
class Instant extends Date {
  readonly #text: string;
  readonly #time: number;

  constructor(text: string) {
    super(text);
    this.#text = text;
    this.#time = this.getTime();
  }

  override toJSON(): string {
    return this.getTime() === this.#time ? this.#text : this.toISOString();
  }
}

/** Our connections speak UTC: `2026-11-22 03:04:05.678+00`. Anything else (years before 1 or after 9999, infinity) as pg does it. */
function instant(text: string): unknown {
  if (text[4] !== '-' || text[10] !== ' ' || !text.endsWith('+00')) return asInstant(text);
  // A Date has milliseconds: what PostgreSQL keeps beyond them is cut off, what it leaves out is zero.
  const fraction = text.slice(20, Math.min(23, text.length - 3)).padEnd(3, '0');
  return new Instant(`${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`);
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`bigint ${text} is beyond what a number holds exactly`);
  return value;
}
