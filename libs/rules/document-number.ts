/** 发文字号 as GB/T 9704—2012 (7.2.5) writes it. Pure. */

/**
 * `云教督通 [2026] 第09号` as typed → `云教督通〔2026〕9号`: the year in 〔〕, no 第, no padding zeros, no spaces, half-width
 * figures, nothing that cannot be seen. Two ways of typing one number are one number. Empty where nothing was to be seen.
 */
export function normalDocumentNumber(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/[\s\p{Cc}\p{Cf}\p{Variation_Selector}]+/gu, '')
    .replace(/[[({【〔](\d{4})[\])}】〕]/, '〔$1〕')
    .replace(/〕第?0*(\d+)/, '〕$1');
}

/** 代字, year and 序号 of a number as `normalDocumentNumber` answers it. */
export type DocumentNumber = { series: string; year: number; n: number };

/**
 * The parts of a number: 机关代字 of letters (and digits, · and -), the year in 〔〕, a 序号 from 1 without padding, 号 (GB/T 9704—2012,
 * 7.2.5). Null where it is none, as with a sign of any other kind.
 */
export function documentNumberOf(number: string): DocumentNumber | null {
  const [, series, year, n] = /^([\p{L}\p{N}·-]{1,30})〔(\d{4})〕([1-9]\d{0,5})号$/u.exec(number) ?? [];
  return series === undefined ? null : { series, year: Number(year), n: Number(n) };
}

/** The n-th number of a series in a year: 教督通〔2026〕9号. */
export const seriesNumber = (series: string, year: number, n: number): string => `${series}〔${year}〕${n}号`;
