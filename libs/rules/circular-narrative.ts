/** The text of a circular composed from its figures: what the drafter starts from. */
import type { CircularFacts, CircularIssue, CircularNarrative } from './circular.js';
import {
  chineseDate,
  chineseMinute,
  SEVERITY_TITLES,
  type Severity,
  sumBySeverity,
} from './circular-labels.js';
import { rate } from './rate.js';

/** 事由＋文种; a correction names what it corrects. */
export function circularTitle(facts: Pick<CircularFacts, 'period' | 'corrects'>): string {
  const title = `关于${chineseDate(facts.period)}教育督导（“双减”）情况的通报`;
  return facts.corrects ? `关于更正${facts.corrects.documentNumber}文件有关内容的通报` : title;
}

/** The four parts a drafter may edit, each in paragraphs divided by line feeds. */
export function defaultNarrative(facts: CircularFacts): CircularNarrative {
  return {
    overview: overviewText(facts),
    practice: practiceText(facts),
    problems: problemsText(facts),
    requirements: requirementsText(facts),
  };
}

function overviewText(facts: CircularFacts): string {
  const o = facts.overview;
  const month = chineseDate(facts.period);
  const kinds = o.visitsByKind.filter((k) => k.visits > 0).map((k) => `${k.title}${k.visits}次`);
  const paragraphs = [
    o.visits === 0
      ? `${month}，${facts.district.name}没有已提交的督导检查。`
      : `${month}，${facts.district.name}共开展督导检查${o.visits}次（${o.sessions}场）` +
        `${kinds.length > 0 ? `，其中${kinds.join('、')}` : ''}，参加督学${o.inspectors}人。` +
        `学校覆盖率${rate(o.schools)}，校外培训机构覆盖率${rate(o.institutions)}。` +
        `共判定督导要点${o.answersJudged}项，` +
        `达标率${rate({ numerator: o.answersMet, denominator: o.answersJudged })}。`,
    `本期新登记问题${sumBySeverity(o.issuesRegistered)}个（${severities(o.issuesRegistered)}），` +
      `立行立改${o.resolvedOnSite}个，现场提醒${o.reminders}项；下发整改通知书${o.notices}份，已签收${o.noticesReceived}份。`,
    `本通报数据截至${chineseMinute(facts.cutoffLocal)}，其后的变化不影响本通报；学校自查发现的问题不计入本通报。`,
  ];
  if (facts.lateVisits.length > 0) {
    paragraphs.push(`另有${facts.lateVisits.length}次检查在上期截止前到访、其后上传，已作补录计入本期。`);
  }
  if (facts.previous) {
    const { documentNumber, receipts } = facts.previous;
    paragraphs.push(`上期通报（${documentNumber}）已签收${rate(receipts)}。`);
  }
  return paragraphs.join('\n');
}

function practiceText(facts: CircularFacts): string {
  if (facts.practice.length === 0) return '本期检查记录中没有单列的经验做法。';
  return facts.practice.map((p, i) => `${i + 1}.${p.unit.name}：${sentence(p.text)}`).join('\n');
}

function problemsText(facts: CircularFacts): string {
  const total = facts.issues.length;
  if (total === 0) return '本期没有新登记的问题。';
  const ranked = facts.categories
    .map((c) => ({ title: c.title, n: sumBySeverity(c.issues) }))
    .filter((c) => c.n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, 3)
    .map((c) => `${c.title}（${c.n}个）`);
  const disputed = facts.issues.filter((i) => i.disputed).length;
  return (
    `本期新登记问题${total}个，主要集中在${ranked.join('、')}。具体情况如下，逐校清单见附件1。` +
    (disputed > 0 ? `其中${disputed}个问题申辩正在办理，本通报不点名。` : '')
  );
}

function requirementsText(facts: CircularFacts): string {
  const c = facts.closeout;
  const nextDue = facts.issues
    .filter((i: CircularIssue) => i.closedOn === null && i.dueOn !== null)
    .map((i) => i.dueOn as string)
    .sort()
    .at(-1);
  const lines = [
    '（一）压实整改责任。各有关单位要对照附件1逐条制定整改措施，明确责任人和完成时限' +
      (nextDue
        ? `，本期新登记问题须在各自期限内（最迟${chineseDate(nextDue)}）申请销号。`
        : '，按期申请销号。'),
    facts.ledger.overdue > 0
      ? `（二）抓紧办结逾期问题。期末仍有逾期问题${facts.ledger.overdue}个，有关单位要立即整改并书面说明原因；` +
        '仍不落实的，按规定督办、约谈直至问责。'
      : '（二）巩固整改成果。期末没有逾期问题，各单位要对已销号问题开展回头看，防止反弹。',
    c.recurrencesConfirmed > 0
      ? `（三）严防问题反弹。本期认定反弹${c.recurrencesConfirmed}个，有关单位要查明原因、举一反三，完善长效机制。`
      : '（三）坚持举一反三。各学校要对照本通报所列问题开展自查，自查发现的问题自行整改，不作通报。',
    '（四）规范核验销号。责任督学要按规定到校核验，谁核验、谁负责；申请人、核验人、审批人不得为同一人。',
  ];
  return lines.join('\n');
}

function severities(counts: Record<Severity, number>): string {
  return (Object.keys(SEVERITY_TITLES) as Severity[])
    .map((s) => `${SEVERITY_TITLES[s]}${counts[s]}个`)
    .join('、');
}

const sentence = (text: string): string =>
  /[。！？；]$/.test(text.trim()) ? text.trim() : `${text.trim()}。`;
