/** Two panels over the same months: what came and went as columns, what stood at each month's end as a line. */
import {
  type Drawing,
  type Fill,
  LABEL_PITCH,
  label,
  legend,
  type Mark,
  type Measure,
  onPaper,
  rule,
} from './marks.js';
import { numberText, type Scale, scaleTo } from './scale.js';

export interface Course {
  kind: 'course';
  unit: string;
  /** `2026年4月`, the earliest first. */
  months: string[];
  /** The upper panel: columns side by side. */
  flows: { name: string; fill: Fill; values: number[] }[];
  /** The lower panel: a line, and columns for the part of it that is told apart. */
  stock: { name: string; values: number[] };
  part: { name: string; fill: Fill; values: number[] };
}

const HEAD = 22;
const PANEL = 84;
/** Between a panel's upper end and its highest value: room for the number over it. */
const ROOM = 13;
const FOOT = 18;
/** The widest a column gets, and its distance to a number beside it. */
const COLUMN = 26;
const BESIDE = 3;

export function layCourse(chart: Course, width: number, measure: Measure): Drawing {
  const flowScale = scaleTo(Math.max(0, ...chart.flows.flatMap(({ values }) => values)), 4);
  const stockScale = scaleTo(Math.max(0, ...chart.stock.values, ...chart.part.values), 4);
  const ticks = [...flowScale.ticks, ...stockScale.ticks];
  const left = Math.max(...ticks.map((tick) => measure(numberText(tick)))) + 6;
  const count = Math.max(1, chart.months.length);
  const widestPart = Math.max(0, ...chart.part.values.map((value) => measure(numberText(value))));
  const beside = COLUMN / 2 + BESIDE + widestPart;
  // The second term: room for a number beside the last column.
  const slot = Math.min((width - left) / count, (width - left - beside) / (count - 0.5));
  const marks: Mark[] = [];
  const column = Math.min(COLUMN, (slot * 0.72) / chart.flows.length);
  const widest = Math.max(
    0,
    ...chart.flows.flatMap(({ values }) => values.map((value) => measure(numberText(value)))),
  );
  // Numbers too wide to stand side by side over their columns stand in rows over the panel, in the order of the key.
  const inRows = widest + 3 > column;
  const upper = panel(HEAD + (inRows ? (chart.flows.length - 1) * LABEL_PITCH : 0), flowScale);
  const lowerHead = upper.bottom + 14;
  const lower = panel(lowerHead + HEAD - 6, stockScale);
  const middleOf = (month: number) => left + slot * (month + 0.5);

  marks.push(...legend(chart.flows, width, HEAD / 2 - 2, measure));
  marks.push(label(`单位：${chart.unit}`, width, HEAD / 2 - 2, 'right'));
  chart.flows.forEach(({ values, fill }, f) => {
    const shift = (f - chart.flows.length / 2) * column;
    values.forEach((value, month) => {
      const x = middleOf(month) + shift;
      bar(upper, x, column, value, fill);
      const [at, over] = inRows
        ? [middleOf(month), upper.bottom - PANEL - 7 - (chart.flows.length - 1 - f) * LABEL_PITCH]
        : [x + column / 2, upper.bottom - upper.at(value) - 7];
      marks.push(onPaper(label(numberText(value), at, over, 'center')));
    });
  });

  marks.push(...stockKey());
  const wide = Math.min(COLUMN, slot * 0.4);
  chart.part.values.forEach((value, month) => {
    bar(lower, middleOf(month) - wide / 2, wide, value, chart.part.fill);
  });
  const points = chart.stock.values.map((value, month): [number, number] => [
    middleOf(month),
    lower.bottom - lower.at(value),
  ]);
  if (points.length > 1) marks.push(rule(points, 1.4));
  points.forEach(([x, y], month) => {
    marks.push({ kind: 'dot', x, y, radius: 2.6, fill: 'solid' });
    marks.push(onPaper(label(numberText(chart.stock.values[month] as number), x, y - 8, 'center')));
  });
  // After the line, so that it does not run through them.
  chart.part.values.forEach((value, month) => {
    const x = middleOf(month);
    const over = lower.bottom - lower.at(value) - 7;
    // Where the line runs just over the column, its number stands beside it.
    const free = (points[month]?.[1] ?? 0) + 5 < over - LABEL_PITCH / 2;
    const text = numberText(value);
    if (value <= 0) return;
    if (free) marks.push(onPaper(label(text, x, over, 'center')));
    else marks.push(onPaper(label(text, x + wide / 2 + BESIDE, lower.bottom - 7, 'left')));
  });
  chart.months.forEach((month, i) => {
    marks.push(label(shortest(month, i), middleOf(i), lower.bottom + 9, 'center'));
  });
  return { width, height: lower.bottom + FOOT, marks };

  /** A month whose full name would meet its neighbour's keeps its number alone. */
  function shortest(month: string, index: number): string {
    return measure(month) + 4 <= slot || index === 0 ? month : month.replace(/^\d+年/, '');
  }

  function panel(top: number, scale: Scale) {
    const bottom = top + ROOM + PANEL;
    for (const tick of scale.ticks) {
      const y = bottom - scale.at(tick, PANEL);
      if (tick > 0)
        marks.push(
          rule(
            [
              [left, y],
              [width, y],
            ],
            0.4,
            'faint',
            2,
          ),
        );
      marks.push(label(numberText(tick), left - 5, y, 'right'));
    }
    marks.push(
      rule(
        [
          [left, bottom - PANEL],
          [left, bottom],
          [width, bottom],
        ],
        0.6,
      ),
    );
    return { bottom, at: (value: number) => scale.at(value, PANEL) };
  }

  function bar(
    on: { bottom: number; at: (value: number) => number },
    x: number,
    wide: number,
    value: number,
    fill: Fill,
  ) {
    const height = on.at(value);
    if (height > 0)
      marks.push({ kind: 'box', x, y: on.bottom - height, width: wide, height, fill, outlined: true });
  }

  function stockKey(): Mark[] {
    const middle = lowerHead + 3;
    const line = 22 + 4 + measure(chart.stock.name);
    const total = line + 18 + 18 + 4 + measure(chart.part.name);
    const x = (width - total) / 2;
    return [
      rule(
        [
          [x, middle],
          [x + 22, middle],
        ],
        1.4,
      ),
      { kind: 'dot', x: x + 11, y: middle, radius: 2.6, fill: 'solid' },
      label(chart.stock.name, x + 26, middle, 'left'),
      {
        kind: 'box',
        x: x + line + 18,
        y: middle - 4,
        width: 18,
        height: 8,
        fill: chart.part.fill,
        outlined: true,
      },
      label(chart.part.name, x + line + 40, middle, 'left'),
    ];
  }
}
