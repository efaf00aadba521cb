/** Charts as data: what they show, never how. One function lays any of them out. */
import { type Course, layCourse } from './course.js';
import type { Drawing, Measure } from './marks.js';
import { layRanges, type Ranges } from './ranges.js';
import { layStackedBars, type StackedBars } from './stacked-bars.js';

export type Chart = StackedBars | Course | Ranges;

/** The marks of a chart `width` points wide; its height follows from the data and is less than a page's. */
export function layChart(chart: Chart, width: number, measure: Measure): Drawing {
  switch (chart.kind) {
    case 'stacked-bars':
      return layStackedBars(chart, width, measure);
    case 'course':
      return layCourse(chart, width, measure);
    case 'ranges':
      return layRanges(chart, width, measure);
  }
}
