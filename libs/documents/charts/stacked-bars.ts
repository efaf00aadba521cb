/** Horizontal bars in parts, e.g. issues by category and severity. */
import {
  axes,
  type Drawing,
  type Fill,
  LABEL_PITCH,
  label,
  legend,
  type Mark,
  type Measure,
  onPaper,
  rule,
  wrapped,
} from './marks.js';
import { numberText, scaleFor } from './scale.js';

export interface StackedBars {
  kind: 'stacked-bars';
  /** `个`: said at the end of the axis. */
  unit: string;
  parts: { name: string; fill: Fill }[];
  /** From the top; each with a value for each part. */
  rows: { label: string; values: number[] }[];
}

const HEAD = 22;
const FOOT = 18;
const BAR = 12;
const ROW = 20;
/** More rows than these would not fit one page under their caption; the smallest are added up in a row that says so. */
export const MOST_ROWS = 26;

export function layStackedBars(chart: StackedBars, width: number, measure: Measure): Drawing {
  const rows = summedUp(chart.rows);
  const totals = rows.map(({ values }) => values.reduce((a, b) => a + b, 0));
  const left = Math.min(width * 0.36, Math.max(0, ...rows.map((row) => measure(row.label)))) + 6;
  const right = Math.max(...totals.map((total) => measure(numberText(total))), measure(chart.unit)) + 8;
  const length = width - left - right;
  const scale = scaleFor(Math.max(0, ...totals), length, (tick) => measure(numberText(tick)));
  const labels = rows.map((row) => wrapped(row.label, left - 6, measure));
  const heights = labels.map((lines) => Math.max(ROW, lines.length * LABEL_PITCH + 4));
  const bottom = HEAD + heights.reduce((a, b) => a + b, 0) + 4;
  const marks: Mark[] = legend(chart.parts, width, HEAD / 2 - 2, measure);
  for (const tick of scale.ticks) {
    const x = left + scale.at(tick, length);
    if (tick > 0)
      marks.push(
        rule(
          [
            [x, HEAD],
            [x, bottom],
          ],
          0.4,
          'faint',
          2,
        ),
      );
    marks.push(label(numberText(tick), x, bottom + 9, 'center'));
  }
  marks.push(label(chart.unit, width, bottom + 9, 'right'));
  let y = HEAD + 2;
  rows.forEach(({ values }, r) => {
    const middle = y + (heights[r] as number) / 2;
    y += heights[r] as number;
    const lines = labels[r] as string[];
    lines.forEach((line, i) => {
      marks.push(label(line, left - 6, middle + (i - (lines.length - 1) / 2) * LABEL_PITCH, 'right'));
    });
    let from = 0;
    values.forEach((value, i) => {
      const fill = chart.parts[i]?.fill ?? 'paper';
      const x = left + scale.at(from, length);
      from += value;
      const wide = left + scale.at(from, length) - x;
      if (value <= 0) return;
      marks.push({ kind: 'box', x, y: middle - BAR / 2, width: wide, height: BAR, fill, outlined: true });
      const text = numberText(value);
      if (measure(text) + 6 > wide || value === totals[r]) return;
      const tone = fill === 'solid' ? 'paper' : 'ink';
      const said = label(text, x + wide / 2, middle, 'center', tone);
      marks.push(fill === 'hatched' ? onPaper(said) : said);
    });
    marks.push(
      label(
        numberText(totals[r] as number),
        left + scale.at(totals[r] as number, length) + 4,
        middle,
        'left',
      ),
    );
  });
  marks.push(axes(left, HEAD, bottom, left + length));
  return { width, height: bottom + FOOT, marks };
}

/** At most as many rows as fit one page. */
export function summedUp(rows: StackedBars['rows']): StackedBars['rows'] {
  if (rows.length <= MOST_ROWS) return rows;
  const total = ({ values }: StackedBars['rows'][number]) => values.reduce((a, b) => a + b, 0);
  const least = [...rows].sort((a, b) => total(a) - total(b)).slice(0, rows.length - MOST_ROWS + 1);
  const rest = new Set(least);
  const values = (least[0] as (typeof least)[number]).values.map((_, i) =>
    least.reduce((sum, row) => sum + (row.values[i] as number), 0),
  );
  return [...rows.filter((row) => !rest.has(row)), { label: `其余${least.length}类合计`, values }];
}
