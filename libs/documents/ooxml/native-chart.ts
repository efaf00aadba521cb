/** A chart of a document as an office program draws it: the same values and looks, whichever file it stands in. */
import type { Chart } from '../charts/chart.js';
import type { Course } from '../charts/course.js';
import type { Fill } from '../charts/marks.js';
import type { Ranges } from '../charts/ranges.js';
import { type StackedBars, summedUp } from '../charts/stacked-bars.js';
import type { Data, NativeChart, Series, SeriesLook } from './chart-space.js';

const LOOK: Record<Fill, SeriesLook> = {
  solid: 'solid',
  hatched: 'hatched',
  light: 'light',
  paper: 'unseen',
};

const data = (values: Data['values']): Data => ({ values });
const series = (name: string, values: Data['values'], look: SeriesLook, labelled = true): Series => ({
  name,
  values: data(values),
  look,
  labelled,
});

export function nativeChart(chart: Chart): NativeChart {
  switch (chart.kind) {
    case 'stacked-bars':
      return stackedBars(chart);
    case 'course':
      return course(chart);
    case 'ranges':
      return ranges(chart);
  }
}

function stackedBars({ unit, parts, rows: all }: StackedBars): NativeChart {
  const rows = summedUp(all);
  return {
    unit,
    bars: 'horizontal',
    stacked: true,
    categories: data(rows.map(({ label }) => label)),
    series: parts.map(({ name, fill }, i) =>
      series(
        name,
        rows.map(({ values }) => values[i] ?? 0),
        LOOK[fill],
      ),
    ),
  };
}

/** On one axis: what came and went, the part of the stock told apart, the stock as a line over them. */
function course({ unit, months, flows, part, stock }: Course): NativeChart {
  return {
    unit,
    bars: 'vertical',
    stacked: false,
    categories: data(months),
    series: [
      ...[...flows, part].map(({ name, values, fill }) => series(name, values, LOOK[fill])),
      series(stock.name, stock.values, 'line'),
    ],
  };
}

/** A range stands on an unseen bar as high as its least value; means are drawn last, over a limit that lies as high. */
function ranges({ unit, rows }: Ranges): NativeChart {
  const of = (value: (range: NonNullable<Ranges['rows'][number]['range']>) => number) =>
    rows.map(({ range }) => (range ? hundredths(value(range)) : null));
  return {
    unit,
    bars: 'vertical',
    stacked: true,
    categories: data(rows.map(({ label }) => label)),
    series: [
      series(
        '最小',
        of(({ min }) => min),
        'unseen',
        false,
      ),
      series(
        '最小至最大',
        of(({ min, max }) => max - min),
        'light',
        false,
      ),
      series(
        '限值',
        rows.map(({ limit }) => limit),
        'limit',
        false,
      ),
      series(
        '均值',
        of(({ mean }) => mean),
        'dots',
      ),
    ],
  };
}

/** As figures are written; differences of hundredths would otherwise show what the computer cannot write. */
const hundredths = (value: number): number => Math.round(value * 100) / 100;
