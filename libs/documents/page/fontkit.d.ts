/** The part of fontkit that the documents use; the package ships no types. */
declare module 'fontkit' {
  interface BoundingBox {
    minX: number;
    minY: number;
    maxX: number;
    maxY: number;
  }
  export interface OutlineGlyph {
    id: number;
    advanceWidth: number;
    bbox: BoundingBox;
    path: { commands: unknown[] };
  }
  export interface Font {
    unitsPerEm: number;
    postscriptName: string | null;
    familyName: string | null;
    fullName: string | null;
    /** Names by kind and language: `fontFamily.zh`. */
    name: { records: Record<string, Record<string, string>> };
    hasGlyphForCodePoint(code: number): boolean;
    glyphForCodePoint(code: number): OutlineGlyph;
  }
  export interface Collection {
    fonts: Font[];
  }
  export function openSync(path: string): Font | Collection;
  /** One font of the bytes; of a collection the one of that PostScript name, or the collection where none is named. */
  export function create(bytes: Uint8Array, postscriptName?: string | null): Font | Collection | null;
}
