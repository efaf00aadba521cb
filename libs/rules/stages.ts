/**
 * School stages and grades. Where six primary years are taught (六三学制) grade 6 is primary; where five are (五四学制)
 * it is junior. Grades are counted through: 1–9 compulsory education, 10–12 senior school.
 */
export const STAGES = ['primary', 'junior', 'senior'] as const;
export type Stage = (typeof STAGES)[number];
export const SCHOOL_SYSTEMS = ['6-3', '5-4'] as const;
export type SchoolSystem = (typeof SCHOOL_SYSTEMS)[number];

export const STAGE_TEXT: Record<Stage, string> = { primary: '小学', junior: '初中', senior: '高中' };

const GRADES: Record<SchoolSystem, Record<Stage, readonly number[]>> = {
  '6-3': { primary: [1, 2, 3, 4, 5, 6], junior: [7, 8, 9], senior: [10, 11, 12] },
  '5-4': { primary: [1, 2, 3, 4, 5], junior: [6, 7, 8, 9], senior: [10, 11, 12] },
};
const NUMERALS = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];

export function isStage(value: unknown): value is Stage {
  return STAGES.some((stage) => stage === value);
}

export function gradesOfStage(stage: Stage, system: SchoolSystem): readonly number[] {
  return GRADES[system][stage];
}

/** The stage of a grade, or null for what is no grade (not a whole number from 1 to 12). */
export function stageOfGrade(grade: number, system: SchoolSystem): Stage | null {
  return STAGES.find((stage) => GRADES[system][stage].includes(grade)) ?? null;
}

/** 三年级, 九年级, 高一年级. */
export function gradeText(grade: number): string {
  return `${gradeNumeral(grade)}年级`;
}

/** 一、二年级; 三至五年级; 七至九年级; 高一至高三年级. Grades in ascending order, not empty. */
export function gradesText(grades: readonly number[]): string {
  const runs: number[][] = [];
  for (const grade of grades) {
    const run = runs.at(-1);
    if (run && run.at(-1) === grade - 1 && grade !== 10) run.push(grade);
    else runs.push([grade]);
  }
  const parts = runs.flatMap((run) =>
    run.length > 2 ? [`${gradeNumeral(run[0]!)}至${gradeNumeral(run.at(-1)!)}`] : run.map(gradeNumeral),
  );
  return `${parts.join('、')}年级`;
}

function gradeNumeral(grade: number): string {
  const numeral = grade > 9 ? NUMERALS[grade - 10] : NUMERALS[grade - 1];
  return grade > 9 ? `高${numeral}` : `${numeral}`;
}
