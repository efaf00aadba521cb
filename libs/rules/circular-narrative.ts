/** The text of a circular composed from its figures: what the drafter starts from. */
import type { CircularFacts, CircularNarrative } from './circular.js';
import { SEVERITY_TITLES, type Severity, sumBySeverity } from './circular-labels.js';
import { nextDue, token, untokened } from './circular-tokens.js';
import { dayText, monthText } from './local-date.js';

/** 事由＋文种; a correction names what it corrects. */
export function circularTitle(facts: Pick<CircularFacts, 'period' | 'corrects'>): string {
  const title = `关于${monthText(facts.period)}教育督导（“双减”）情况的通报`;
  return facts.corrects ? `关于更正${facts.corrects.documentNumber}文件有关内容的通报` : title;
}

/** The parts a drafter may edit, each in paragraphs divided by line feeds; figures are tokens (circular-tokens.ts). */
export function narrativeTemplate(facts: CircularFacts): CircularNarrative {
  return {
    ...(facts.corrects && { lead: correctionText(facts.issuer, facts.corrects) }),
    overview: overviewText(facts),
    practice: practiceText(facts),
    problems: problemsText(facts),
    requirements: requirementsText(facts),
  };
}

function overviewText(facts: CircularFacts): string {
  const paragraphs = [
    visitsText(facts),
    registeredText(facts),
    `本通报数据截至${token('text.cutoff')}，其后的变化不影响本通报；学校自查发现的问题不计入本通报。`,
  ];
  if (facts.lateVisits.length > 0) {
    paragraphs.push(`另有${token('late.visits')}次检查在上期截止前到访、其后上传，已作补录计入本期。`);
  }
  if (facts.previous) {
    paragraphs.push(`上期通报（${facts.previous.documentNumber}）已签收${token('previous.receipts')}。`);
  }
  return paragraphs.join('\n');
}

/** What nothing was counted for is not told: a district may have no training institutions. */
function visitsText({ overview: o }: CircularFacts): string {
  const [month, district] = [token('text.period'), token('text.district')];
  if (o.visits === 0) return `${month}，${district}没有已提交的督导检查。`;
  const kinds = o.visitsByKind
    .filter((k) => k.visits > 0)
    .map((k) => `${k.title}${token(`overview.visits.${k.kind}`)}次`);
  const coverage = [
    o.schools.denominator > 0 ? [`学校覆盖率${token('overview.schools')}`] : [],
    o.institutions.denominator > 0 ? [`校外培训机构覆盖率${token('overview.institutions')}`] : [],
  ].flat();
  return (
    `${month}，${district}共开展督导检查${token('overview.visits')}次（${token('overview.sessions')}场）` +
    `${kinds.length > 0 ? `，其中${kinds.join('、')}` : ''}，参加督学${token('overview.inspectors')}人。` +
    (coverage.length > 0 ? `${coverage.join('，')}。` : '') +
    (o.answersJudged > 0
      ? `共判定督导要点${token('overview.met_rate.denominator')}项，达标率${token('overview.met_rate')}。`
      : '')
  );
}

function registeredText({ overview: o }: CircularFacts): string {
  const issues = sumBySeverity(o.issuesRegistered);
  const told = [
    issues > 0
      ? `本期新登记问题${token('overview.issues')}个（${severities()}），立行立改${token('overview.resolved_on_site')}个`
      : '本期没有新登记的问题',
    ...(issues > 0 || o.reminders > 0 ? [`现场提醒${token('overview.reminders')}项`] : []),
  ].join('，');
  return o.notices > 0
    ? `${told}；下发整改通知书${token('overview.notices')}份，已签收${token('overview.notices_received.numerator')}份。`
    : `${told}，没有下发整改通知书。`;
}

/** What a correction begins with: which circular, why, and every main figure that was another one in it. */
function correctionText(
  issuer: string,
  { documentNumber, title, issuedOn, changes = [] }: NonNullable<CircularFacts['corrects']>,
): string {
  const main = changes.filter(({ key }) => !/^(category|measurement)\./.test(key));
  const told = main.map(({ key, title: of, unit, before, after }) => {
    // A rate tells its unit by itself.
    const count = /[/—]/.test(before + after) ? '' : unit;
    return `${of}由${before}${count}更正为${token(key)}${count}`;
  });
  const others = changes.length - main.length;
  if (others > 0) told.push(`各类要点和监测数值更正${others}项`);
  const why =
    changes.length === 0
      ? '通报的统计数据不变，有关文字内容需要更正。'
      : `通报的部分统计数据需要更正：${told.join('；')}。`;
  return (
    `${dayText(issuedOn)}，${issuer}印发了《${title}》（${documentNumber}）。经核实，${why}` +
    '现将更正后的情况通报如下，原通报与本通报不一致的，以本通报为准。'
  );
}

/** A paragraph a unit, in the order of their first visits: what several visits found good there is told together, and once. */
function practiceText(facts: CircularFacts): string {
  if (facts.overview.visits === 0) return '本期没有督导检查，没有单列的经验做法。';
  if (facts.practice.length === 0) return '本期检查记录中没有单列的经验做法。';
  const units = new Map<string, { name: string; told: Set<string> }>();
  for (const { unit, text } of facts.practice) {
    const known = units.get(unit.id) ?? { name: unit.name, told: new Set() };
    units.set(unit.id, known);
    known.told.add(sentence(text));
  }
  return [...units.values()]
    .map(({ name, told }, i) => untokened(`${i + 1}.${name}：${[...told].join('')}`))
    .join('\n');
}

function problemsText(facts: CircularFacts): string {
  const total = facts.issues.length;
  if (total === 0) return '本期没有新登记的问题。';
  const ranked = facts.categories
    .map((c) => ({ category: c.category, title: c.title, n: sumBySeverity(c.issues) }))
    .filter((c) => c.n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, 3)
    .map((c) => `${c.title}（${token(`category.${c.category}.issues`)}个）`);
  return (
    `本期新登记问题${token('overview.issues')}个，主要集中在${ranked.join('、')}。具体情况如下${token('annex.issues.see')}。` +
    (facts.overview.disputed > 0
      ? `其中${token('overview.disputed')}个问题申辩正在办理或已撤销，本通报不点名。`
      : '')
  );
}

/** What is asked for where there is something to ask it about: a quiet month has no problems to be held against. */
function requirementsText(facts: CircularFacts): string {
  const { closeout: c, ledger } = facts;
  const [registered, open] = [facts.issues.length > 0, ledger.open > 0];
  const asked = [
    registered
      ? `压实整改责任。各有关单位要对照${token('annex.issues')}逐条制定整改措施，明确责任人和完成时限` +
        (nextDue(facts)
          ? `，本期新登记问题须在各自期限内（最迟${token('text.next_due')}）申请销号。`
          : '，按期申请销号。')
      : open &&
        `压实整改责任。期末台账未销号问题${token('ledger.open')}个，各有关单位要明确责任人和完成时限，按期整改、申请销号。`,
    ledger.overdue > 0
      ? `抓紧办结逾期问题。期末仍有逾期问题${token('ledger.overdue')}个，有关单位要立即整改并书面说明原因；` +
        '仍不落实的，按规定督办、约谈直至问责。'
      : `巩固整改成果。期末没有${open ? '逾期' : '未销号'}问题，各单位要对已销号问题开展回头看，防止反弹。`,
    c.recurrencesConfirmed > 0
      ? `严防问题反弹。本期认定反弹${token('closeout.recurrences')}个，有关单位要查明原因、举一反三，完善长效机制。`
      : `坚持举一反三。各学校要对照${registered ? '本通报所列问题' : '督导要点'}开展自查，自查发现的问题自行整改，不作通报。`,
    (registered || open) &&
      '规范核验销号。责任督学要按规定到校核验，谁核验、谁负责；申请人、核验人、审批人不得为同一人。',
  ].filter((text) => text !== false);
  return asked.map((text, i) => `（${'一二三四'[i]}）${text}`).join('\n');
}

const severities = (): string =>
  (Object.keys(SEVERITY_TITLES) as Severity[])
    .map((s) => `${SEVERITY_TITLES[s]}${token(`overview.issues_${s}`)}个`)
    .join('、');

const sentence = (text: string): string =>
  /[。！？；]$/.test(text.trim()) ? text.trim() : `${text.trim()}。`;
