/** How far the outline of a glyph reaches: a reader of Type 2 charstrings without subroutines (Adobe Technical Note 5177). */

/** Added to the second byte of an operator of two. */
const FLEX = 256;

export interface Outline {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

/**
 * The box around all points of an outline, control points included; Chinese fonts have points at their extremes, so
 * that it is the box of the ink. All zero where nothing is drawn.
 */
export function outlineBox(code: Buffer): Outline {
  const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  let x = 0;
  let y = 0;
  let stems = 0;
  const stack: number[] = [];
  const point = (dx: number, dy: number): void => {
    x += dx;
    y += dy;
    if (x < box.minX) box.minX = x;
    if (x > box.maxX) box.maxX = x;
    if (y < box.minY) box.minY = y;
    if (y > box.maxY) box.maxY = y;
  };
  const at = (i: number): number => stack[i] ?? 0;
  const curve = (i: number): void => {
    point(at(i), at(i + 1));
    point(at(i + 2), at(i + 3));
    point(at(i + 4), at(i + 5));
  };
  /** Lines alternately across and up; curves that begin and end alternately so. */
  const lines = (across: boolean): void => {
    for (const [i, value] of stack.entries()) {
      if ((i % 2 === 0) === across) point(value, 0);
      else point(0, value);
    }
  };
  const curves = (across: boolean): void => {
    let flat = across;
    for (let i = 0; i + 4 <= stack.length; i += 4) {
      const end = stack.length - i === 5 ? at(i + 4) : 0;
      if (flat) {
        point(at(i), 0);
        point(at(i + 1), at(i + 2));
        point(end, at(i + 3));
      } else {
        point(0, at(i));
        point(at(i + 1), at(i + 2));
        point(at(i + 3), end);
      }
      flat = !flat;
    }
  };
  const draw: Record<number, () => void> = {
    4: () => point(0, at(stack.length - 1)),
    21: () => point(at(stack.length - 2), at(stack.length - 1)),
    22: () => point(at(stack.length - 1), 0),
    5: () => {
      for (let i = 0; i + 2 <= stack.length; i += 2) point(at(i), at(i + 1));
    },
    6: () => lines(true),
    7: () => lines(false),
    8: () => {
      for (let i = 0; i + 6 <= stack.length; i += 6) curve(i);
    },
    24: () => {
      let i = 0;
      for (; i + 8 <= stack.length; i += 6) curve(i);
      point(at(i), at(i + 1));
    },
    25: () => {
      let i = 0;
      for (; i + 8 <= stack.length; i += 2) point(at(i), at(i + 1));
      curve(i);
    },
    26: () => {
      let aside = stack.length % 4 === 1 ? at(0) : 0;
      for (let i = stack.length % 4; i + 4 <= stack.length; i += 4) {
        point(aside, at(i));
        point(at(i + 1), at(i + 2));
        point(0, at(i + 3));
        aside = 0;
      }
    },
    27: () => {
      let aside = stack.length % 4 === 1 ? at(0) : 0;
      for (let i = stack.length % 4; i + 4 <= stack.length; i += 4) {
        point(at(i), aside);
        point(at(i + 1), at(i + 2));
        point(at(i + 3), 0);
        aside = 0;
      }
    },
    30: () => curves(false),
    31: () => curves(true),
    // The four forms of flex, two curves each.
    [FLEX + 34]: () => {
      point(at(0), 0);
      point(at(1), at(2));
      for (const dx of [at(3), at(4)]) point(dx, 0);
      point(at(5), -at(2));
      point(at(6), 0);
    },
    [FLEX + 35]: () => {
      curve(0);
      curve(6);
    },
    [FLEX + 36]: () => {
      point(at(0), at(1));
      point(at(2), at(3));
      for (const dx of [at(4), at(5)]) point(dx, 0);
      point(at(6), at(7));
      point(at(8), -at(1) - at(3) - at(7));
    },
    [FLEX + 37]: () => {
      const [fromX, fromY] = [x, y];
      for (let i = 0; i < 10; i += 2) point(at(i), at(i + 1));
      if (Math.abs(x - fromX) > Math.abs(y - fromY)) point(at(10), fromY - y);
      else point(fromX - x, at(10));
    },
  };

  for (let i = 0; i < code.length; ) {
    const b = code.readUInt8(i++);
    if (b === 28) {
      stack.push(code.readInt16BE(i));
      i += 2;
    } else if (b === 255) {
      stack.push(code.readInt32BE(i) / 65536);
      i += 4;
    } else if (b >= 251) stack.push(-(b - 251) * 256 - code.readUInt8(i++) - 108);
    else if (b >= 247) stack.push((b - 247) * 256 + code.readUInt8(i++) + 108);
    else if (b >= 32) stack.push(b - 139);
    else {
      if (b === 14) break;
      // Hints: their number says how long the masks are.
      if (b === 1 || b === 3 || b === 18 || b === 23 || b === 19 || b === 20) stems += stack.length >> 1;
      if (b === 19 || b === 20) i += (stems + 7) >> 3;
      draw[b === 12 ? FLEX + code.readUInt8(i++) : b]?.();
      stack.length = 0;
    }
  }
  return box.maxX < box.minX ? { minX: 0, minY: 0, maxX: 0, maxY: 0 } : box;
}
