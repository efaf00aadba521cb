import { gradesOfStage, gradesText, gradeText, isStage, STAGES, stageOfGrade } from './stages.js';

test('grade 6 is primary in a 6-3 district and junior in a 5-4 district', () => {
  expect(stageOfGrade(6, '6-3')).toBe('primary');
  expect(stageOfGrade(6, '5-4')).toBe('junior');
  expect(gradesOfStage('junior', '5-4')).toEqual([6, 7, 8, 9]);
});

test.each(['6-3', '5-4'] as const)('in %s the stages share out the grades 1 to 12', (system) => {
  expect(STAGES.flatMap((stage) => gradesOfStage(stage, system))).toEqual(
    [...Array(12).keys()].map((i) => i + 1),
  );
});

test('what is no grade has no stage', () => {
  expect([0, 13, 2.5, -1, Number.NaN].map((grade) => stageOfGrade(grade, '6-3'))).toEqual(
    Array(5).fill(null),
  );
  expect(isStage('kindergarten')).toBe(false);
});

test('grades read as an officer writes them', () => {
  expect(gradeText(3)).toBe('三年级');
  expect(gradesText([1, 2])).toBe('一、二年级');
  expect(gradesText([3, 4, 5])).toBe('三至五年级');
  expect(gradesText([7, 8, 9, 10, 11, 12])).toBe('七至九、高一至高三年级');
  expect(gradesText([1, 3])).toBe('一、三年级');
});
