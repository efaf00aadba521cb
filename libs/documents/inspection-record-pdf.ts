/** The inspection record 督导记录表: what was checked, judged and said, with signatures and photos. */
import { chineseDate, SEVERITY_TITLES, type Severity } from '#rules/circular.js';
import { caption, remark, tableOrRemark } from './page/body.js';
import { ensure, type Flow, newPage } from './page/flow.js';
import { form } from './page/form.js';
import { AREA, baseline, LINE, SIZE } from './page/geometry.js';
import { drawPhotos, drawPicture, type Photo, type PictureSource } from './page/photos.js';
import { closeSheet, DEMO_MARK, drawText, marksOf, openSheet } from './page/sheet.js';
import { drawTitle } from './page/title.js';

export interface RecordAnswer {
  itemCode: string;
  title: string;
  category: string;
  /** `达标`, `不达标`, `不适用`, `未查`, `已记录`. */
  verdictTitle: string;
  /** Measured values in words; null where none. */
  measured: string | null;
  /** Standard in words; null where the item is a yes or no. */
  standard: string | null;
  note: string | null;
}

export interface RecordSignature {
  /** `督导组长`, `学校负责人`. */
  role: string;
  name: string;
  /** Local minute `2026-09-08 17:40`; null while unsigned. */
  signedAt: string | null;
  /** The handwriting as PNG, where it was taken on the tablet. */
  image: PictureSource | null;
}

export interface InspectionRecord {
  demo: boolean;
  issuer: string;
  unitName: string;
  zone: string | null;
  kindTitle: string;
  /** `责任督学常规督导表（月度）第3版`. */
  checklist: string;
  /** The first session's local date. */
  inspectedOn: string;
  /** `9月8日 8:00—11:30`, one for each session. */
  sessions: string[];
  lead: string;
  team: string[];
  submittedAt: string | null;
  answers: RecordAnswer[];
  summary: string;
  strengths: string | null;
  issues: { number: string; severity: Severity; finding: string; dueOn: string | null }[];
  /** Failed items kept as a reminder on the spot, with the reason. */
  reminders: { title: string; reason: string }[];
  amendments: { at: string; by: string; reason: string }[];
  signatures: RecordSignature[];
  photos: Photo[];
}

/** The same record and photos give the same bytes. */
export async function renderInspectionRecordPdf(record: InspectionRecord): Promise<Buffer> {
  const sheet = openSheet({
    title: `教育督导记录表 ${record.unitName} ${record.inspectedOn}`,
    author: record.issuer,
    date: `${record.inspectedOn}T00:00:00Z`,
    marks: marksOf([record.demo, DEMO_MARK], [record.submittedAt === null, '尚未提交']),
  });
  const flow: Flow = { sheet, y: 0 };
  newPage(flow);
  drawTitle(flow, '教育督导记录表', record.issuer);
  flow.y += LINE / 2;
  form(flow, [
    {
      pairs: [
        ['被督导单位', record.unitName],
        ['督学责任区', record.zone ?? '—'],
      ],
    },
    {
      pairs: [
        ['督导类型', record.kindTitle],
        ['督导日期', chineseDate(record.inspectedOn)],
      ],
    },
    { pairs: [['督导清单', record.checklist]] },
    { pairs: [['到校时段', record.sessions.join('；') || '—']] },
    {
      pairs: [
        ['督导组长', record.lead],
        ['督导成员', record.team.join('、') || '—'],
      ],
    },
    { pairs: [['督导意见', record.summary || '—']], atLeast: 3 },
    { pairs: [['好的做法', record.strengths || '—']] },
  ]);
  flow.y += LINE / 2;

  caption(flow, `督导要点（${record.answers.length}项）`);
  tableOrRemark(
    flow,
    [
      { title: '编码', width: 58, align: 'center', repeat: true },
      { title: '要点', width: 140 },
      { title: '判定', width: 40, align: 'center' },
      { title: '标准', width: 54 },
      { title: '实测', width: 64 },
      { title: '说明', width: 110 },
    ],
    answerRows(record.answers),
    '没有记录督导要点。',
    { size: 9, pitch: 13 },
  );
  flow.y += LINE / 2;

  caption(flow, `列入问题台账（${record.issues.length}个）`);
  tableOrRemark(
    flow,
    [
      { title: '问题编号', width: 80, align: 'center', repeat: true },
      { title: '问题', width: 240 },
      { title: '等级', width: 34, align: 'center' },
      { title: '期限', width: 74, align: 'center' },
    ],
    record.issues.map((i) => [
      i.number,
      i.finding,
      SEVERITY_TITLES[i.severity],
      i.dueOn ? chineseDate(i.dueOn) : '待下发通知',
    ]),
    '本次督导没有列入台账的问题。',
  );
  if (record.reminders.length > 0) {
    flow.y += LINE / 2;
    caption(flow, `现场提醒（${record.reminders.length}项）`);
    remark(flow, record.reminders.map((r, i) => `${i + 1}.${r.title}：${r.reason}`).join('\n'));
  }
  if (record.amendments.length > 0) {
    flow.y += LINE / 2;
    caption(flow, '提交后更正');
    remark(flow, record.amendments.map((a) => `${a.at}　${a.by}：${a.reason}`).join('\n'));
  }
  await drawSignatures(flow, record.signatures);
  await drawPhotos(flow, '现场照片', record.photos);
  return closeSheet(sheet);
}

function* byCategory(answers: RecordAnswer[]): Generator<[string, RecordAnswer[]]> {
  const groups = new Map<string, RecordAnswer[]>();
  for (const answer of answers) groups.set(answer.category, [...(groups.get(answer.category) ?? []), answer]);
  yield* groups;
}

function answerRows(answers: RecordAnswer[]) {
  return [...byCategory(answers)].flatMap(([category, group]) => [
    { span: category },
    ...group.map((a) => [
      a.itemCode,
      a.title,
      a.verdictTitle,
      a.standard ?? '—',
      a.measured ?? '—',
      a.note ?? '',
    ]),
  ]);
}

/** Two signatures to a row: the handwriting over the line, or room to sign by hand. */
async function drawSignatures(flow: Flow, signatures: RecordSignature[]): Promise<void> {
  const height = 64;
  const width = AREA.width / 2;
  flow.y += LINE / 2;
  for (let i = 0; i < signatures.length; i += 2) {
    ensure(flow, height);
    for (const [column, signature] of signatures.slice(i, i + 2).entries()) {
      const x = AREA.left + column * width;
      const label = `${signature.role}（签名）：`;
      const text = { face: 'fang', size: SIZE.smallFourth } as const;
      const used = drawText(flow.sheet, label, x, baseline(flow.y + 10, SIZE.smallFourth, 20), text);
      if (signature.image) await drawPicture(flow.sheet, signature.image, x + used, flow.y, 90, 36);
      else
        drawText(
          flow.sheet,
          signature.signedAt ? signature.name : '',
          x + used,
          baseline(flow.y + 10, SIZE.smallFourth, 20),
          { ...text, face: 'kai' },
        );
      drawText(
        flow.sheet,
        `${signature.image ? `${signature.name}　` : ''}${signature.signedAt ?? '　　　　年　　月　　日'}`,
        x,
        baseline(flow.y + 36, SIZE.fifth, 18),
        { face: 'fang', size: SIZE.fifth },
      );
    }
    flow.y += height;
  }
}
