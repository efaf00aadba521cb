/**
 * The page of GB/T 9704—2012: A4, 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm, 22 lines of 28 characters.
 * Points throughout; y runs downwards from the top of the sheet.
 *
 * 订口 is 28 mm at the left of every page, odd and even: the standard gives the left margin (5.2.1 “公文用纸天头为 37 mm，
 * 订口为 28 mm”) and has the sheet bound at the left (6.3 “左侧装订”), and no sentence of it mirrors the margins of the
 * back side; its own sample pages and every office's template keep 28 mm at the left.
 */
export const mm = (millimetres: number): number => (millimetres * 72) / 25.4;

export const PAGE = { width: mm(210), height: mm(297) };

/** The part of a page that text fills. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
  right: number;
  bottom: number;
}

const area = (left: number, top: number, width: number, height: number): Area => ({
  left: mm(left),
  top: mm(top),
  width: mm(width),
  height: mm(height),
  right: mm(left + width),
  bottom: mm(top + height),
});

/** 版心 of an upright page. */
export const AREA = area(28, 37, 156, 225);
export const AREA_RIGHT = AREA.right;

/**
 * 版心 of a table set sideways (横排), seen with its head up: the same 版心 of the same sheet, turned, so that the head
 * lies at the sheet's left edge. That is the 订口 of an odd page and the 切口 of an even one, as the standard asks
 * (10.2 “单页码表头在订口一边，双页码表头在切口一边”).
 */
export const TURNED = area(35, 28, 225, 156);

/** 225 mm ÷ 22 = 28.99 pt a line, 156 mm ÷ 28 = 15.79 pt a character. */
export const LINE = AREA.height / 22;
export const CELL = AREA.width / 28;

/** 二号, 三号, 四号, 小四, 五号, 小五. */
export const SIZE = { second: 22, third: 16, fourth: 14, smallFourth: 12, fifth: 10.5, smallFifth: 9 };

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
