/** Section 五 of a circular: composed from figures alone, so that nobody edits what the ledger says. */
import type { CircularFacts, OverdueRow } from './circular.js';
import { annexLabel, CIRCULAR_ANNEXES, type CircularAnnex } from './circular-imprint.js';
import { minuteText } from './local-date.js';
import { rate } from './rate.js';

/** Paragraphs on what was due, how it ended, what is overdue and which steps were taken. Points at the annex that it is printed with. */
export function closeoutText(
  facts: CircularFacts,
  annexes: readonly CircularAnnex[] = CIRCULAR_ANNEXES,
): string[] {
  const annex = annexLabel(annexes, 'closeout');
  const c = facts.closeout;
  const closed = c.closedByOriginal + c.closedByExtended + c.closedLate;
  const done =
    c.closedInPeriod + c.returned + c.extensionsGranted + c.withdrawn + c.recurrencesConfirmed + c.foundAgain;
  const of = (numerator: number): string => rate({ numerator, denominator: c.due });
  const paragraphs = [
    c.due === 0
      ? '本期没有原定期限到期的问题。'
      : `原定整改期限在本期的问题共${c.due}个，截至${minuteText(facts.cutoffLocal)}已销号${closed}个，销号率${of(closed)}。` +
        `其中按原期限销号${of(c.closedByOriginal)}，计入批准延期后按期销号${of(c.closedByOriginal + c.closedByExtended)}；` +
        `逾期后销号${c.closedLate}个，未逾期未销号${c.open}个，逾期未销号${c.openOverdue}个。` +
        (annex === null ? '' : `明细见${annex}。`),
    done === 0
      ? '本期没有销号、退回重改、延期和撤销，没有认定反弹和再次查见的问题。'
      : `本期共销号${c.closedInPeriod}个，退回重改${c.returned}次，批准延期${c.extensionsGranted}次，撤销${c.withdrawn}个；` +
        `认定反弹${c.recurrencesConfirmed}个，再次查见${c.foundAgain}次。`,
    facts.ledger.open === 0
      ? '期末台账没有未销号的问题。'
      : `期末台账未销号问题${facts.ledger.open}个，其中单位逾期${facts.ledger.overdue}个；` +
        `等待核验、审批和申辩处理中超过督导机构办理时限的${facts.ledger.officeOverdue}个。`,
  ];
  const named = overdueUnits(c.overdue);
  if (named.length > 0) paragraphs.push(`截至截止时刻仍有逾期问题的单位：${named.join('、')}。`);
  if (facts.escalations.length > 0) {
    const steps = new Map<string, number>();
    for (const { stepTitle } of facts.escalations) steps.set(stepTitle, (steps.get(stepTitle) ?? 0) + 1);
    const list = [...steps].map(([title, count]) => `${title}${count}次`);
    paragraphs.push(`对整改不力的问题，本期采取${list.join('、')}。`);
  }
  return paragraphs;
}

function overdueUnits(rows: OverdueRow[]): string[] {
  const units = new Map<string, { name: string; count: number; longest: number }>();
  for (const { unit, daysOverdue } of rows) {
    if (unit === null) continue;
    const known = units.get(unit.id) ?? { name: unit.name, count: 0, longest: 0 };
    known.count++;
    known.longest = Math.max(known.longest, daysOverdue);
    units.set(unit.id, known);
  }
  return [...units.values()].map((u) => `${u.name}（${u.count}个，最长逾期${u.longest}天）`);
}
