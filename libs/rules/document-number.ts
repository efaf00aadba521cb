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

/** The n-th number of a series in a year: 教督通〔2026〕9号. */
export const seriesNumber = (series: string, year: number, n: number): string => `${series}〔${year}〕${n}号`;
