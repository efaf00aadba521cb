/** The sheets of a circular's workbook behind its cover, in order. */
import type { CircularSnapshot } from '#rules/circular.js';
import type { ListSheet } from '../../workbook/list.js';
import { categoryList, correctionList, ledgerList, trendList, unitList } from './accounts.js';
import type { List, SHEET } from './common.js';
import { figureList } from './figures.js';
import { homeworkList, measurementList } from './measured.js';
import { closeoutList, escalationList, issueList, lateList, overdueList } from './problems.js';

export const COVER = '封面';

type Key = keyof typeof SHEET;
/** Sheets that older snapshots have nothing for are left out of them. */
const BEHIND: [Key, (snapshot: CircularSnapshot) => List, has?: (snapshot: CircularSnapshot) => boolean][] = [
  ['issues', issueList],
  ['units', unitList],
  ['categories', categoryList],
  ['measurements', measurementList],
  ['homework', homeworkList, ({ homework = [] }) => homework.length > 0],
  ['closeout', closeoutList],
  ['overdue', overdueList],
  ['ledger', ledgerList],
  ['trend', trendList, ({ trend = [] }) => trend.length > 0],
  ['escalations', escalationList],
  ['late', lateList],
  ['corrections', correctionList, ({ corrects }) => (corrects?.changes ?? []).length > 0],
];

/** 24行, or that the period has nothing for the sheet. */
export const extent = ({ rows }: Pick<List, 'rows'>): string =>
  rows.length === 0 ? '本期无' : `${rows.length}行`;

/** By key, the figures first. `suffix` stands in each sheet's name, `marks` over each list. */
export function circularLists(
  snapshot: CircularSnapshot,
  { suffix, marks }: { suffix: string; marks: string[] },
): Map<Key, ListSheet> {
  const dressed = (list: List): ListSheet => ({
    ...list,
    name: list.name + suffix,
    about: { text: [`${list.name}　${extent(list)}`, ...marks].join('　'), back: COVER },
  });
  const behind = new Map<Key, ListSheet>(
    BEHIND.filter(([, , has]) => has?.(snapshot) ?? true).map(([key, of]) => [key, dressed(of(snapshot))]),
  );
  return new Map<Key, ListSheet>([['figures', dressed(figureList(snapshot, behind))], ...behind]);
}
