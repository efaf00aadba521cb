/** The part of fontkit that the documents use; the package ships no types. */
declare module 'fontkit' {
  interface BoundingBox {
    minX: number;
    minY: number;
    maxX: number;
    maxY: number;
  }
  interface OutlineGlyph {
    advanceWidth: number;
    bbox: BoundingBox;
    path: { commands: unknown[] };
  }
  export interface Font {
    unitsPerEm: number;
    hasGlyphForCodePoint(code: number): boolean;
    glyphForCodePoint(code: number): OutlineGlyph;
  }
  export function openSync(path: string): Font | { fonts: Font[] };
}
