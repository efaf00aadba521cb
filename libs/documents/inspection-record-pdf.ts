/** The inspection record 督导记录表: what was checked, judged and said, what became of it, with signatures and photos. */
import { SEVERITY_TITLES, type Severity } from '#rules/circular.js';
import { dayText } from '#rules/local-date.js';
import { type ListRow, list } from './forms/list.js';
import { drawPhotos, type Photo } from './forms/photos.js';
import { rows } from './forms/rows.js';
import { section } from './forms/section.js';
import { drawSignatures, type FormSignature } from './forms/signatures.js';
import { DEMO_MARK, marksOf } from './marks.js';
import { remark } from './page/body.js';
import { type Flow, newPage } from './page/flow.js';
import { LINE } from './page/geometry.js';
import { closeSheet, openSheet } from './page/sheet.js';
import { drawTitle } from './page/title.js';

export interface RecordAnswer {
  itemCode: string;
  title: string;
  category: string;
  /** `达标`, `不达标`, `不适用`, `未查`, `已记录`. */
  verdictTitle: string;
  /** Measured values in words; null where none. */
  measured: string | null;
  /** Standard in words: a limit, or what is required of a yes or no. */
  standard: string;
  note: string | null;
  /** The verdict that the figures gave, where a person overruled it, with the reason. */
  overruled?: { suggested: string; reason: string } | null;
}

export type RecordSignature = FormSignature;

/** Several people said different things without having seen each other's; the lead settled it. */
export interface Disagreement {
  itemCode: string;
  title: string;
  /** `王建国（9月8日 8:40）：达标`, oldest first. */
  said: string[];
  /** What stands; null while it is open. */
  settled: string | null;
}

export interface InspectionRecord {
  demo: boolean;
  issuer: string;
  unitName: string;
  zone: string | null;
  kindTitle: string;
  /** `责任督学常规督导表（月度）第3版`. */
  checklist: string;
  /** The local date of the visit. */
  inspectedOn: string;
  /** In words, where sessions lie on several days: 2026年11月22日至23日. */
  inspectedDays?: string;
  /** `9月8日 8:00—11:30`, one for each session. */
  sessions: string[];
  lead: string;
  team: string[];
  submittedAt: string | null;
  /** 补录: submitted after the month of the visit was over. */
  lateEntry?: boolean;
  answers: RecordAnswer[];
  disagreements?: Disagreement[];
  summary: string;
  strengths: string | null;
  /** `ended`: what became of one that does not stand any more (已撤销). */
  issues: {
    number: string;
    severity: Severity;
    finding: string;
    dueOn: string | null;
    ended?: string | null;
  }[];
  /** Failed items that joined an issue already open there. */
  foundAgain?: { title: string; number: string }[];
  /** Failed items kept as a reminder on the spot, with the reason. */
  reminders: { title: string; reason: string }[];
  /** `changes`: each answer touched, before and after. */
  amendments: { at: string; by: string; reason: string; changes?: string[] }[];
  signatures: RecordSignature[];
  photos: Photo[];
}

/** The same record and photos give the same bytes. */
export async function renderInspectionRecordPdf(record: InspectionRecord): Promise<Buffer> {
  const sheet = openSheet({
    title: `教育督导记录表 ${record.unitName} ${record.inspectedOn}`,
    author: record.issuer,
    date: `${record.inspectedOn}T00:00:00Z`,
    marks: marksOf(
      [record.demo, DEMO_MARK],
      [record.submittedAt === null, '尚未提交'],
      [record.lateEntry === true, '补录'],
    ),
  });
  const flow: Flow = { sheet, y: 0 };
  newPage(flow);
  drawTitle(flow, '教育督导记录表', record.issuer);
  flow.y += LINE / 2;
  drawHead(flow, record);
  drawAnswers(flow, record.answers);
  drawJudgements(flow, record);
  drawOutcome(flow, record);
  section(flow, '签名确认');
  await drawSignatures(flow, record.signatures);
  remark(flow, '被督导单位负责人签名表示已听取现场反馈；对督导意见有异议的，可以依照规定申辩。');
  await drawPhotos(flow, `现场照片（${record.photos.length}张）`, record.photos);
  return closeSheet(sheet);
}

function drawHead(flow: Flow, record: InspectionRecord): void {
  const [first, last] = [record.sessions[0], record.sessions.at(-1)];
  rows(flow, [
    [
      { label: '被督导单位', value: record.unitName },
      { label: '督学责任区', value: record.zone ?? '—' },
    ],
    [
      { label: '督导类型', value: record.kindTitle },
      { label: '督导日期', value: record.inspectedDays ?? dayText(record.inspectedOn) },
    ],
    [{ label: '督导清单', value: record.checklist }],
    [
      { label: '督导组长', value: record.lead },
      { label: '督导成员', value: record.team.join('、') || '—' },
    ],
    [
      {
        label: '到离校时段',
        value:
          first === last ? (first ?? '—') : `${record.sessions.join('；')}（共${record.sessions.length}次）`,
      },
    ],
    [{ label: '提交时间', value: record.submittedAt ?? '尚未提交' }],
    [{ label: '要点判定', value: tallyText(record.answers) }],
    [{ label: '督导意见', value: record.summary || '—', atLeast: 3 }],
    [{ label: '好的做法', value: record.strengths || '—' }],
  ]);
}

const VERDICTS = ['达标', '不达标', '已记录', '不适用', '未查'];

/** 共32项：达标16，不达标6，已记录5，不适用5. */
function tallyText(answers: RecordAnswer[]): string {
  const counts = VERDICTS.map(
    (title) => [title, answers.filter((a) => a.verdictTitle === title).length] as const,
  );
  const told = counts.filter(([, count]) => count > 0).map(([title, count]) => `${title}${count}`);
  return `共${answers.length}项${told.length > 0 ? `：${told.join('，')}` : ''}`;
}

function drawAnswers(flow: Flow, answers: RecordAnswer[]): void {
  section(flow, `一、督导要点（${answers.length}项）`);
  if (answers.length === 0) {
    remark(flow, '没有记录督导要点。');
    return;
  }
  list(
    flow,
    [
      { title: '要点编码', width: 60, align: 'center', repeat: true },
      { title: '要点和情况说明', width: 142 },
      { title: '标准', width: 132 },
      { title: '实测值', width: 64 },
      { title: '判定', width: 44, align: 'center' },
    ],
    answerRows(answers),
    { size: 10, pitch: 14 },
  );
}

function answerRows(answers: RecordAnswer[]): ListRow[] {
  const groups = new Map<string, RecordAnswer[]>();
  for (const answer of answers) groups.set(answer.category, [...(groups.get(answer.category) ?? []), answer]);
  return [...groups].flatMap(([category, group]): ListRow[] => [
    { span: `${category}（${group.length}项）` },
    ...group.map((a): ListRow => {
      const verdict = a.overruled ? `${a.verdictTitle}\n（改判）` : a.verdictTitle;
      return [
        a.itemCode,
        a.note ? `${a.title}\n说明：${a.note}` : a.title,
        a.standard,
        a.measured ?? '—',
        { text: verdict, face: a.verdictTitle === '不达标' ? 'hei' : 'fang' },
      ];
    }),
  ]);
}

/** What people decided against the figures or against each other. Left out where there was nothing of the kind. */
function drawJudgements(flow: Flow, { answers, disagreements = [] }: InspectionRecord): void {
  const overruled = answers.flatMap((a) => (a.overruled ? [{ ...a, ...a.overruled }] : []));
  if (overruled.length > 0) {
    section(flow, `人工改判（${overruled.length}项）`);
    const columns = [
      { title: '要点编码', width: 62, align: 'center', repeat: true },
      { title: '要点', width: 120 },
      { title: '按实测值', width: 56, align: 'center' },
      { title: '改判为', width: 50, align: 'center' },
      { title: '理由', width: 154 },
    ] as const;
    const told = overruled.map((a) => [a.itemCode, a.title, a.suggested, a.verdictTitle, a.reason]);
    list(flow, [...columns], told);
  }
  if (disagreements.length > 0) {
    section(flow, `填报不一致的处理（${disagreements.length}项）`);
    list(
      flow,
      [
        { title: '要点编码', width: 62, align: 'center', repeat: true },
        { title: '要点', width: 110 },
        { title: '各自填报', width: 180 },
        { title: '组长确认', width: 90 },
      ],
      disagreements.map((d) => [d.itemCode, d.title, d.said.join('\n'), d.settled ?? '尚未确认']),
    );
  }
}

function drawOutcome(flow: Flow, { issues, foundAgain = [], reminders, amendments }: InspectionRecord): void {
  section(flow, `二、列入问题台账（${issues.length}个）`);
  if (issues.length === 0) remark(flow, '本次督导没有列入台账的问题。');
  else {
    list(
      flow,
      [
        { title: '序号', width: 28, align: 'center', repeat: true },
        { title: '问题编号', width: 96, align: 'center' },
        { title: '问题', width: 194 },
        { title: '等级', width: 34, align: 'center' },
        { title: '整改期限', width: 90, align: 'center' },
      ],
      issues.map((i, index) => [
        String(index + 1),
        i.number,
        i.finding,
        SEVERITY_TITLES[i.severity],
        i.ended ?? (i.dueOn ? dayText(i.dueOn) : '待下发通知'),
      ]),
    );
  }
  if (foundAgain.length > 0) {
    section(flow, `再次查见，并入已有问题（${foundAgain.length}项）`);
    remark(flow, foundAgain.map(({ title, number }, i) => `${i + 1}.${title}：并入${number}`).join('\n'));
  }
  section(flow, `三、现场提醒（${reminders.length}项）`);
  remark(flow, reminders.map((r, i) => `${i + 1}.${r.title}：${r.reason}`).join('\n') || '没有现场提醒。');
  if (amendments.length > 0) {
    section(flow, `四、提交后更正（${amendments.length}次）`);
    const lines = amendments.flatMap((a) => [`${a.at}　${a.by}：${a.reason}`, ...(a.changes ?? [])]);
    remark(flow, lines.join('\n'));
  }
}
