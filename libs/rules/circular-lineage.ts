/**
 * What stands behind each figure of a circular, frozen with it: records ("subjects") and, for every figure, which of them
 * it counts and with what weight. A figure is the aggregate of its rows, always.
 */
import { canonicalJson } from './canonical-json.js';
import type { CircularFacts } from './circular.js';
import { type Figure, figuresOf } from './circular-figures.js';
import { tableFigures } from './circular-table-figures.js';

export const SUBJECT_TYPES = [
  'unit',
  'person',
  'visit',
  'answer',
  'issue',
  'action',
  'notice',
  'measurement',
  'receipt',
] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];

/** A record as it stood at the cut-off. */
export type Subject = {
  type: SubjectType;
  /** Of the record: unit, user, inspection, issue, notice. An answer and a measurement name their inspection, an action its issue, a receipt its unit. */
  id: string;
  /** The unit that it is of; null for a person. */
  unitId: string | null;
  /** An issue under objection at the cut-off, or an action on one: named to nobody who may not see the issue itself. */
  disputed?: true;
  /** An issue that the circular itself names. */
  printed?: true;
  /** What is told of it, by type; texts and dates. */
  data: Record<string, unknown>;
};

/** `weight` is what a row adds (1 unless said), `numerator` what it adds to a rate's numerator. */
export type FigureRow = { subject: Subject; weight?: number; numerator?: number };

/** How rows make the figure. */
export const AGGREGATES = ['sum', 'rate', 'mean', 'min', 'max'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** A figure with its rows: places in the list of subjects, and what each adds. */
export type FigureLineage = {
  figure: Figure;
  aggregate: Aggregate;
  members: number[];
  /** Null: one each. */
  weights: number[] | null;
  /** Null where it is no rate. */
  numerators: number[] | null;
};
export type Lineage = { subjects: Subject[]; figures: FigureLineage[] };

/** Every figure that a circular prints, in one list: those with a key of their own first, the units' accounts last. */
export const allFigures = (facts: CircularFacts): Figure[] => [...figuresOf(facts), ...tableFigures(facts)];

/** Every row of a circular that names an issue: newly registered, due in the period, overdue. One issue may stand in several. */
export const printedIssues = ({ issues, closeout }: Pick<CircularFacts, 'issues' | 'closeout'>) => [
  ...issues,
  ...closeout.rows,
  ...closeout.overdue,
];

/** How a figure follows from its rows, told by its key. */
export function aggregateOf(figure: Figure): Aggregate {
  if (!('value' in figure)) return 'rate';
  const end = /^(?:measurement|homework)\..*\.(mean|min|max)$/.exec(figure.key)?.[1];
  return (end as Aggregate | undefined) ?? 'sum';
}

/** The figure that rows make: what must stand in the circular. */
export function figureOfRows({ aggregate, members, weights, numerators }: Omit<FigureLineage, 'figure'>) {
  const values = weights ?? members.map(() => 1);
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  if (aggregate === 'rate') return { numerator: sum(numerators ?? []), denominator: sum(values) };
  if (aggregate === 'sum') return { value: sum(values) };
  const value =
    aggregate === 'mean'
      ? sum(values) / values.length
      : values.reduce((a, b) => (aggregate === 'min' ? Math.min(a, b) : Math.max(a, b)));
  return { value: Math.round(value * 1000) / 1000 };
}

/**
 * Puts subjects and rows together and proves them: every figure has rows and is their aggregate, and there are no rows
 * without a figure. `units` stand first in the list: whatever else is told of names them.
 * @throws Error naming the first figure that its rows do not make: such a circular is not frozen
 */
export function lineageOf(
  facts: CircularFacts,
  rows: ReadonlyMap<string, readonly FigureRow[]>,
  units: readonly Subject[],
): Lineage {
  const subjects: Subject[] = [...units];
  const places = new Map<Subject, number>(subjects.map((unit, i) => [unit, i]));
  const place = (subject: Subject): number => {
    const known = places.get(subject);
    if (known !== undefined) return known;
    places.set(subject, subjects.length);
    return subjects.push(subject) - 1;
  };
  const listed = allFigures(facts);
  const figures = listed.map((figure): FigureLineage => {
    const given = rows.get(figure.key);
    if (!given) throw new Error(`no rows are kept behind ${figure.key}`);
    const aggregate = aggregateOf(figure);
    const own = aggregate === 'rate' ? countedFirst(given) : given;
    const lineage = {
      figure,
      aggregate,
      members: own.map(({ subject }) => place(subject)),
      weights: own.some(({ weight }) => weight !== undefined) ? own.map(({ weight = 1 }) => weight) : null,
      numerators: aggregate === 'rate' ? own.map(({ numerator = 0 }) => numerator) : null,
    };
    const made = figureOfRows(lineage);
    if (canonicalJson({ ...figure, ...made }) !== canonicalJson(figure)) {
      throw new Error(
        `the rows behind ${figure.key} make ${JSON.stringify(made)}: ${JSON.stringify(figure)}`,
      );
    }
    return lineage;
  });
  const keys = new Set(listed.map(({ key }) => key));
  const stray = [...rows.keys()].find((key) => !keys.has(key));
  if (stray !== undefined) throw new Error(`rows without a figure: ${stray}`);
  return { subjects, figures };
}

/**
 * What is in the numerator first. A reader who may not see a row still sees that it counts: its place must not tell which
 * item of a checklist it is.
 */
const countedFirst = (rows: readonly FigureRow[]): FigureRow[] =>
  rows.every(({ weight }) => weight === undefined)
    ? rows.toSorted((a, b) => (b.numerator ?? 0) - (a.numerator ?? 0))
    : [...rows];

/** The lines whose SHA-256, each ended by a line feed, is the lineage's hash: every subject in its place, then every figure. */
export function* lineageLines({ subjects, figures }: Lineage): Generator<string> {
  for (const subject of subjects) yield canonicalJson(subject);
  for (const figure of figures) yield canonicalJson(figure);
}
