/** The close-out form 销号审批表 of one issue: fact, measures, verification, opinions, photos before and after. */
import { SEVERITY_TITLES } from '#rules/circular.js';
import type { Closure, Opinion } from '#rules/closure.js';
import { dayText } from '#rules/local-date.js';
import { list } from './forms/list.js';
import { drawBeside, drawPhotos, type Photo } from './forms/photos.js';
import { type Field, rows, signedField, toSign } from './forms/rows.js';
import { section } from './forms/section.js';
import { DEMO_MARK, marksOf } from './marks.js';
import { remark } from './page/body.js';
import { type Flow, newPage } from './page/flow.js';
import { LINE } from './page/geometry.js';
import { closeSheet, openSheet, type Sheet } from './page/sheet.js';
import { drawTitle } from './page/title.js';

/** The form with its photos; `earlier`: given for requests that were returned. */
export type ClosureDocument = Closure & { before: Photo[]; after: Photo[]; earlier?: Photo[] };

/** The same closure and photos give the same bytes. */
export async function renderClosurePdf(closure: ClosureDocument): Promise<Buffer> {
  const sheet = openSheet({
    title: `问题整改销号审批表 ${closure.number}`,
    author: closure.issuer,
    date: `${closure.closedOn ?? closure.registeredOn}T00:00:00Z`,
    marks: marksOf(
      [closure.demo, DEMO_MARK],
      [closure.closedOn === null, `尚未销号　${closure.statusTitle}`],
    ),
  });
  const flow: Flow = { sheet, y: 0 };
  newPage(flow);
  drawTitle(flow, '问题整改销号审批表', closure.issuer);
  flow.y += LINE / 2;
  rows(flow, [...matter(closure), ...opinions(sheet, closure)]);
  drawReturns(flow, closure.returns);
  drawHistory(flow, closure.history);
  if (closure.before.length + closure.after.length > 0) {
    await drawBeside(flow, '整改前后对比', ['整改前', '整改后'], closure.before, closure.after);
  }
  if (closure.earlier?.length) await drawPhotos(flow, '以前申请的材料（已退回）', closure.earlier);
  return closeSheet(sheet);
}

const date = (on: string | null): string => (on === null ? '—' : dayText(on));

/** What was found and asked for. */
function matter(closure: Closure): Field[][] {
  const pair = (a: [string, string], b: [string, string]): Field[] =>
    [a, b].map(([label, value]) => ({ label, value }));
  const one = (label: string, value: string | null): Field[] => [{ label, value: value ?? '—' }];
  const again = closure.remeasuredValue === null ? '' : `（复测${closure.remeasuredValue}）`;
  return [
    pair(['问题编号', closure.number], ['整改通知书', closure.noticeNumber ?? '—']),
    pair(['被督导单位', closure.unitName], ['督学责任区', closure.zone ?? '—']),
    pair(['问题来源', closure.sourceTitle], ['问题等级', SEVERITY_TITLES[closure.severity]]),
    pair(['问题类别', closure.categoryTitle], ['督导要点', closure.itemTitle ?? '—']),
    pair(['登记日期', date(closure.registeredOn)], ['原定期限', date(closure.originalDueOn)]),
    pair(['现期限', date(closure.dueOn)], ['销号日期', date(closure.closedOn)]),
    one('问题事实', closure.finding),
    one('依据', closure.basis),
    pair(['标准值', closure.standardValue ?? '—'], ['实测值', `${closure.measuredValue ?? '—'}${again}`]),
    one('整改要求', closure.requirements),
  ];
}

/** Each with its signature at the foot: what was decided on the platform, or room to write and sign. */
function opinions(sheet: Sheet, closure: Closure): Field[][] {
  const { measures, verification, severity, leader, evidence } = closure;
  const responsible = closure.responsible ? `整改责任人：${closure.responsible}　` : '';
  const files = measures && evidence > 0 ? `佐证材料${evidence}份。` : '';
  const unit = [measures?.text ?? '', `${responsible}${files}`].filter((line) => line !== '').join('\n');
  const verified = verification
    ? `${verification.text}\n核验方式：${verification.methodTitle}${closure.remeasuredValue ? `　复测值：${closure.remeasuredValue}` : ''}`
    : '';
  // Serious issues are verified by two people.
  const second = verification?.coVerifier
    ? [`共同核验人：${verification.coVerifier}　${dayText(verification.on)}`]
    : severity === 'serious' && !verification
      ? [toSign('共同核验人')]
      : [];
  const row = (label: string, text: string, signatures: string[], lines: number): Field[] => [
    signedField(sheet, label, text, signatures, lines),
  ];
  return [
    row('整改措施\n完成情况\n（单位自验）', unit, [signature('单位负责人', measures)], 2),
    row('核验意见', verified, [signature('核验人', verification), ...second], 2),
    row(closure.officeTitle, closure.office?.text ?? '', [signature('负责人', closure.office)], 2),
    ...(severity === 'serious' || leader
      ? [row('分管局领导\n意见', leader?.text ?? '', [signature('签批人', leader)], 2)]
      : []),
  ];
}

const signature = (role: string, opinion: Opinion | null): string =>
  opinion ? `${opinion.role ?? role}：${opinion.by}　${dayText(opinion.on)}` : toSign(role);

function drawReturns(flow: Flow, returns: Closure['returns']): void {
  if (returns.length === 0) return;
  section(flow, `退回情况（${returns.length}次）`);
  list(
    flow,
    [
      { title: '次数', width: 34, align: 'center', repeat: true },
      { title: '退回日期', width: 76, align: 'center' },
      { title: '退回人', width: 60, align: 'center' },
      { title: '退回原因', width: 196 },
      { title: '退回后期限', width: 76, align: 'center' },
    ],
    returns.map((r, i) => [
      String(i + 1),
      dayText(r.on),
      r.by,
      r.reason,
      r.dueOn ? dayText(r.dueOn) : '不变',
    ]),
  );
}

function drawHistory(flow: Flow, history: Closure['history']): void {
  section(flow, '办理经过');
  if (history.length === 0) {
    remark(flow, '没有办理记录。');
    return;
  }
  list(
    flow,
    [
      { title: '时间', width: 92, align: 'center', repeat: true },
      { title: '办理事项', width: 86, align: 'center' },
      { title: '办理人', width: 64, align: 'center' },
      { title: '意见或说明', width: 200 },
    ],
    history.map((h) => [h.at, h.action, h.by, h.note ?? '']),
    { size: 10, pitch: 14 },
  );
}
