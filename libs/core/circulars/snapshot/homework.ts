import type { HomeworkGrade } from '#rules/circular.js';
import { limitOf } from '#rules/measures.js';
import { gradeText } from '#rules/stages.js';
import { type MeasuredRow, spread } from './measured.js';
import type { Visit } from './visits.js';

/** 书面作业平均完成时间 (data/library/checklist-items.json). */
export const HOMEWORK_METRIC = 'written_homework_minutes_avg';

/**
 * Homework minutes grade by grade, for the chart against the limit. Figures that name no grade are in the indicator's
 * own row and not here; a grade with fewer than ten figures is counted and shows none of them.
 */
export function homeworkOf(rows: readonly MeasuredRow[], visits: readonly Visit[]): HomeworkGrade[] {
  const visitOf = new Map(visits.map((visit) => [visit.id, visit]));
  const grades = new Map<number, { values: number[]; limits: Set<number | null> }>();
  for (const row of rows) {
    const { grade, value, stage } = row;
    const item = visitOf.get(row.inspectionId)?.items.find(({ itemCode }) => itemCode === row.itemCode);
    if (grade === null || !item || item.judge.type === 'boolean' || item.judge.metric !== HOMEWORK_METRIC)
      continue;
    const group = grades.get(grade) ?? { values: [], limits: new Set() };
    grades.set(grade, group);
    group.values.push(value);
    const limit = limitOf(item, { grade, value, ...(stage ? { stage } : {}) })?.limit;
    group.limits.add(item.judge.type === 'measure' && typeof limit === 'number' ? limit : null);
  }
  return [...grades]
    .sort(([a], [b]) => a - b)
    .map(([grade, { values, limits }]) => {
      const [limit = null, ...others] = limits;
      return {
        grade,
        title: gradeText(grade),
        n: values.length,
        ...spread(values),
        limit: others.length === 0 ? limit : null,
      };
    });
}
