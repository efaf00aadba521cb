/**
 * The page of GB/T 9704—2012: A4, 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm, 22 lines of 28 characters.
 * Points throughout; y runs downwards from the top of the sheet.
 */
export const mm = (millimetres: number): number => (millimetres * 72) / 25.4;

export const PAGE = { width: mm(210), height: mm(297) };
export const AREA = { left: mm(28), top: mm(37), width: mm(156), height: mm(225) };
export const AREA_RIGHT = AREA.left + AREA.width;
export const AREA_BOTTOM = AREA.top + AREA.height;

/** 225 mm ÷ 22 = 28.99 pt a line, 156 mm ÷ 28 = 15.79 pt a character. */
export const LINE = AREA.height / 22;
export const CELL = AREA.width / 28;

/** 二号, 三号, 四号, 小四, 五号. */
export const SIZE = { second: 22, third: 16, fourth: 14, smallFourth: 12, fifth: 10.5 };

/** 三号 is 16 pt and its cell 15.79: each character is drawn in by this much so that 28 fill the line. */
export const BODY_TRACKING = CELL - SIZE.third;

/** Fandol and the usual Chinese fonts draw in a box from 0.12 em below to 0.88 em above the base line. */
export const ASCENT = 0.88;

/** The base line of text of `size` centred in a line that starts at `top` and is `pitch` high. */
export const baseline = (top: number, size: number, pitch = LINE): number =>
  top + (pitch - size) / 2 + size * ASCENT;

export const RED = '0.878 0.063 0.063';
export const BLACK = '0 0 0';
export const GREY = '0.45 0.45 0.45';
