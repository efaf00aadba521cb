/** The close-out form 销号审批表 of one issue: fact, measures, verification, opinions, photos before and after. */
import { chineseDate, SEVERITY_TITLES, type Severity } from '#rules/circular.js';
import { caption, tableOrRemark } from './page/body.js';
import { type Flow, newPage } from './page/flow.js';
import { form } from './page/form.js';
import { LINE } from './page/geometry.js';
import { drawPhotos, type Photo } from './page/photos.js';
import { closeSheet, DEMO_MARK, marksOf, openSheet } from './page/sheet.js';
import { drawTitle } from './page/title.js';

/** What somebody wrote and when; null while nobody has. */
export interface Opinion {
  text: string;
  by: string;
  /** Local date. */
  on: string;
}

export interface ClosureDocument {
  demo: boolean;
  issuer: string;
  number: string;
  unitName: string;
  zone: string | null;
  sourceTitle: string;
  categoryTitle: string;
  itemTitle: string | null;
  severity: Severity;
  statusTitle: string;
  finding: string;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  /** Measured again at verification. */
  remeasuredValue: string | null;
  registeredOn: string;
  noticeNumber: string | null;
  originalDueOn: string | null;
  dueOn: string | null;
  requirements: string | null;
  /** The unit's account of what it did, by whom and when. */
  measures: Opinion | null;
  verification: (Opinion & { methodTitle: string; coVerifier: string | null }) | null;
  office: Opinion | null;
  /** For serious issues; the row is printed for them alone. */
  leader: Opinion | null;
  closedOn: string | null;
  /** The history in words, oldest first. */
  history: { at: string; action: string; by: string; note: string | null }[];
  before: Photo[];
  after: Photo[];
}

/** The same closure and photos give the same bytes. */
export async function renderClosurePdf(closure: ClosureDocument): Promise<Buffer> {
  const sheet = openSheet({
    title: `问题整改销号审批表 ${closure.number}`,
    author: closure.issuer,
    date: `${closure.closedOn ?? closure.registeredOn}T00:00:00Z`,
    marks: marksOf([closure.demo, DEMO_MARK], [closure.closedOn === null, '尚未销号']),
  });
  const flow: Flow = { sheet, y: 0 };
  newPage(flow);
  drawTitle(flow, '问题整改销号审批表', closure.issuer);
  flow.y += LINE / 2;
  const date = (on: string | null): string => (on === null ? '—' : chineseDate(on));
  const { verification } = closure;
  form(flow, [
    {
      pairs: [
        ['问题编号', closure.number],
        ['整改通知书', closure.noticeNumber ?? '—'],
      ],
    },
    {
      pairs: [
        ['被督导单位', closure.unitName],
        ['督学责任区', closure.zone ?? '—'],
      ],
    },
    {
      pairs: [
        ['来源', closure.sourceTitle],
        ['等级', SEVERITY_TITLES[closure.severity]],
      ],
    },
    {
      pairs: [
        ['类别', closure.categoryTitle],
        ['要点', closure.itemTitle ?? '—'],
      ],
    },
    {
      pairs: [
        ['登记日期', date(closure.registeredOn)],
        ['原定期限', date(closure.originalDueOn)],
      ],
    },
    {
      pairs: [
        ['现期限', date(closure.dueOn)],
        ['销号日期', closure.closedOn ? date(closure.closedOn) : closure.statusTitle],
      ],
    },
    { pairs: [['问题', closure.finding]] },
    { pairs: [['依据', closure.basis ?? '—']] },
    {
      pairs: [
        ['标准值', closure.standardValue ?? '—'],
        ['实测值', measuredText(closure)],
      ],
    },
    { pairs: [['整改要求', closure.requirements ?? '—']] },
    { pairs: [['整改措施\n完成情况', opinionText(closure.measures, '申请单位负责人')]], atLeast: 4 },
    {
      pairs: [
        [
          '核验意见',
          opinionText(verification, '核验人') +
            (verification
              ? `\n核验方式：${verification.methodTitle}　共同核验人：${verification.coVerifier ?? '—'}`
              : ''),
        ],
      ],
      atLeast: 4,
    },
    { pairs: [['督导室意见', opinionText(closure.office, '审批人')]], atLeast: 4 },
    ...(closure.severity === 'serious'
      ? [
          {
            pairs: [['分管领导\n意见', opinionText(closure.leader, '签批人')] as [string, string]],
            atLeast: 4,
          },
        ]
      : []),
  ]);
  flow.y += LINE / 2;
  caption(flow, '办理经过');
  tableOrRemark(
    flow,
    [
      { title: '时间', width: 84, align: 'center', repeat: true },
      { title: '办理', width: 70, align: 'center' },
      { title: '办理人', width: 70, align: 'center' },
      { title: '意见或说明', width: 218 },
    ],
    closure.history.map((h) => [h.at, h.action, h.by, h.note ?? '']),
    '没有办理记录。',
    { size: 9, pitch: 13 },
  );
  await drawPhotos(flow, '整改前照片', closure.before);
  await drawPhotos(flow, '整改后照片', closure.after);
  return closeSheet(sheet);
}

function measuredText(closure: ClosureDocument): string {
  const again = closure.remeasuredValue === null ? '' : `（复测${closure.remeasuredValue}）`;
  return `${closure.measuredValue ?? '—'}${again}`;
}

/** The opinion with name and date under it, or room to write and sign. */
function opinionText(opinion: Opinion | null, role: string): string {
  if (opinion === null) return `\n\n${role}（签名）：　　　　　　　　　　年　　月　　日`;
  return `${opinion.text}\n${role}：${opinion.by}　${chineseDate(opinion.on)}`;
}
