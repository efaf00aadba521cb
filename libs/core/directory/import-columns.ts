import { gradeText, STAGE_TEXT, type Stage } from '#rules/stages.js';
import type { CellValue } from '../foundation/table-file.js';
import { MOST_PUPILS } from './unit.entity.js';
import type { NewUnit } from './write-unit.js';

/** One column of the school register: its title, what to write in it, and how a cell becomes a field. */
export type ImportColumn = {
  title: string;
  required: boolean;
  hint: string;
  example: string | number;
  /** Takes the cell (never empty) into the school, or answers in Chinese what is wrong with it. */
  read: (cell: CellValue, school: Partial<NewUnit>, zones: ReadonlyMap<string, string>) => string | null;
};

/** A number or date that a spreadsheet made of the text comes back as the text. */
const textOf = (cell: CellValue): string =>
  cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell).normalize('NFKC').trim();

const STAGES_BY_WORD: Record<string, Stage[]> = {
  [STAGE_TEXT.primary]: ['primary'],
  [STAGE_TEXT.junior]: ['junior'],
  初级中学: ['junior'],
  [STAGE_TEXT.senior]: ['senior'],
  高级中学: ['senior'],
  九年一贯制: ['primary', 'junior'],
  九年一贯制学校: ['primary', 'junior'],
  完全中学: ['junior', 'senior'],
  十二年一贯制: ['primary', 'junior', 'senior'],
  十二年一贯制学校: ['primary', 'junior', 'senior'],
};
const OWNERSHIPS: Record<string, 'public' | 'private'> = { 公办: 'public', 民办: 'private' };
const YES_NO: Record<string, boolean> = { 是: true, 否: false, true: true, false: false };

const gradeColumn = (grade: number): ImportColumn => ({
  title: gradeText(grade),
  required: false,
  hint: '该年级学生数',
  example: grade <= 6 ? 120 : '',
  read: (cell, school) => {
    const count = Number(textOf(cell));
    if (!Number.isInteger(count) || count < 0 || count > MOST_PUPILS) return '应为学生人数';
    school.pupils = { ...(typeof school.pupils === 'object' ? school.pupils : {}), [grade]: count };
    return null;
  },
});

/** The register's columns in the order of the template. */
export const SCHOOL_COLUMNS: readonly ImportColumn[] = [
  {
    title: '学校代码',
    required: true,
    hint: '10 位数字',
    example: '3702030001',
    read: (cell, school) => {
      school.code = textOf(cell);
      return /^[0-9]{10}$/.test(school.code) ? null : '学校代码应为 10 位数字';
    },
  },
  {
    title: '学校名称',
    required: true,
    hint: '全称',
    example: '明德小学',
    read: (cell, school) => {
      school.name = textOf(cell);
      return school.name.length <= 100 ? null : '最多 100 个字';
    },
  },
  {
    title: '学段',
    required: true,
    hint: '小学、初中、高中，可写几个；或九年一贯制、完全中学',
    example: '小学',
    read: (cell, school) => {
      const words = textOf(cell)
        .split(/[、,;/+\s]+/)
        .filter(Boolean);
      const unknown = words.find((word) => !STAGES_BY_WORD[word]);
      if (unknown !== undefined) return `不认识的学段“${unknown}”，请写小学、初中、高中`;
      school.stages = words.flatMap((word) => STAGES_BY_WORD[word] ?? []);
      return null;
    },
  },
  {
    title: '责任区',
    required: true,
    hint: '责任区的名称或代码',
    example: '东片区',
    read: (cell, school, zones) => {
      const zone = zones.get(textOf(cell));
      if (!zone) return `没有责任区“${textOf(cell)}”，请先建立责任区`;
      school.zoneId = zone;
      return null;
    },
  },
  {
    title: '办学性质',
    required: false,
    hint: '公办或民办；不填为公办',
    example: '公办',
    read: (cell, school) => {
      const ownership = OWNERSHIPS[textOf(cell)];
      if (!ownership) return '应为公办或民办';
      school.ownership = ownership;
      return null;
    },
  },
  {
    title: '寄宿',
    required: false,
    hint: '是或否；不填为否',
    example: '否',
    read: (cell, school) => {
      const boarding = YES_NO[textOf(cell)];
      if (boarding === undefined) return '应为是或否';
      school.boarding = boarding;
      return null;
    },
  },
  {
    title: '地址',
    required: false,
    hint: '',
    example: '',
    read: (cell, school) => {
      school.address = textOf(cell);
      return school.address.length <= 200 ? null : '最多 200 个字';
    },
  },
  ...Array.from({ length: 12 }, (_, i) => gradeColumn(i + 1)),
];
