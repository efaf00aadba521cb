/** How a row names its unit and fact; a disputed issue is counted and never named. */
import { type CircularUnit, DISPUTED_FINDING, DISPUTED_UNIT } from '#rules/circular.js';

export const nameOf = (unit: CircularUnit | null): string => unit?.name ?? DISPUTED_UNIT;
export const factOf = (row: { unit: CircularUnit | null; finding: string }): string =>
  row.unit === null ? DISPUTED_FINDING : row.finding;

/** 小五: lists of many columns. */
export const SMALL = { size: 9, pitch: 13 };
