/** Ranges with their mean and the limit each is held against, e.g. homework minutes by grade. */
import { axes, type Drawing, label, type Mark, type Measure, onPaper, rule } from './marks.js';
import { numberText, scaleFor } from './scale.js';

export interface Ranges {
  kind: 'ranges';
  unit: string;
  rows: {
    label: string;
    n: number;
    /** Null where the sample is too small to be shown. */
    range: { min: number; mean: number; max: number } | null;
    limit: number | null;
  }[];
}

const HEAD = 36;
const ROW = 22;
const FOOT = 18;
const SMALL_SAMPLE = '样本不足10，不列';

export function layRanges(chart: Ranges, width: number, measure: Measure): Drawing {
  const { rows, unit } = chart;
  const left = Math.min(width * 0.3, Math.max(measure('年级'), ...rows.map((row) => measure(row.label)))) + 8;
  const texts = rows.map(({ n, range, limit }) => [
    String(n),
    range ? `${numberText(range.min)}—${numberText(range.max)}` : '—',
    range ? numberText(range.mean) : '—',
    limit === null ? '—' : numberText(limit),
  ]);
  const heads = ['样本', '范围', '均值', '限值'];
  const columns = heads.map(
    (head, i) => Math.max(measure(head), ...texts.map((row) => measure(row[i] as string))) + 10,
  );
  const right = columns.reduce((a, b) => a + b, 0) + 10;
  const length = width - left - right;
  const most = Math.max(0, ...rows.flatMap(({ range, limit }) => [range?.max ?? 0, limit ?? 0]));
  const scale = scaleFor(most, length, (tick) => measure(numberText(tick)));
  const bottom = HEAD + rows.length * ROW;
  const x = (value: number) => left + scale.at(value, length);
  const marks: Mark[] = [...key(), ...heads.map((head, i) => label(head, columnRight(i), HEAD - 9, 'right'))];
  for (const tick of scale.ticks) {
    if (tick > 0)
      marks.push(
        rule(
          [
            [x(tick), HEAD],
            [x(tick), bottom],
          ],
          0.4,
          'faint',
          2,
        ),
      );
    marks.push(label(numberText(tick), x(tick), bottom + 9, 'center'));
  }
  marks.push(label(unit, width, bottom + 9, 'right'));
  rows.forEach((row, r) => {
    const middle = HEAD + (r + 0.5) * ROW;
    marks.push(label(row.label, left - 6, middle, 'right'));
    marks.push(...(texts[r] ?? []).map((text, i) => label(text, columnRight(i), middle, 'right')));
    if (row.range) {
      const { min, mean, max } = row.range;
      // One value many times over is still a mark that can be seen.
      const [from, to] = [x(min), Math.max(x(max), x(min) + 1)];
      marks.push({
        kind: 'box',
        x: from,
        y: middle - 4,
        width: to - from,
        height: 8,
        fill: 'light',
        outlined: true,
      });
      marks.push({ kind: 'dot', x: x(mean), y: middle, radius: 3, fill: 'solid' });
    } else marks.push(onPaper(label(SMALL_SAMPLE, left + 6, middle, 'left')));
    if (row.limit !== null)
      marks.push(
        rule(
          [
            [x(row.limit), middle - ROW / 2],
            [x(row.limit), middle + ROW / 2],
          ],
          1.6,
        ),
      );
  });
  marks.push(axes(left, HEAD, bottom, left + length));
  return { width, height: bottom + FOOT, marks };

  function columnRight(i: number): number {
    return width - columns.slice(i + 1).reduce((a, b) => a + b, 0);
  }

  function key(): Mark[] {
    const names = ['最小至最大', '均值', '限值'];
    const starts: number[] = [];
    let at = (width - names.reduce((sum, name) => sum + 22 + measure(name) + 16, -16)) / 2;
    for (const name of names) {
      starts.push(at);
      at += 22 + measure(name) + 16;
    }
    const [range, mean, limit] = starts as [number, number, number];
    const middle = 8;
    return [
      { kind: 'box', x: range, y: middle - 4, width: 18, height: 8, fill: 'light', outlined: true },
      { kind: 'dot', x: mean + 12, y: middle, radius: 3, fill: 'solid' },
      rule(
        [
          [limit + 12, middle - 6],
          [limit + 12, middle + 6],
        ],
        1.6,
      ),
      ...names.map((name, i) => label(name, (starts[i] as number) + 22, middle, 'left')),
    ];
  }
}
