/** What a rectification notice 整改通知书 says, in the words that every format of it prints. */
import { SEVERITY_TITLES, type Severity } from '#rules/circular.js';
import { dayText } from '#rules/local-date.js';

export interface NoticeLine {
  issueNumber: string;
  category: string;
  finding: string;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  severity: Severity;
  /** What this problem asks for; null where the notice's own requirements say it all. */
  requirement: string | null;
  /** Local date. */
  dueOn: string;
  /** `立行立改`, `限期整改`, `长期坚持`. */
  modeTitle: string;
  /** Of 长期坚持: what is due by which local date. */
  milestones?: { on: string; text: string }[];
}

export interface NoticeDocument {
  demo: boolean;
  /** The office that issues, e.g. `云溪区人民政府教育督导室`. */
  issuer: string;
  number: string;
  unitName: string;
  /** Local date and kind of the visit; null for issues that no visit found. */
  inspectedOn: string | null;
  inspectionKind: string | null;
  inspectors: string[];
  lines: NoticeLine[];
  /** Requirements to the unit as a whole. */
  requirements: string;
  signedBy: string;
  issuedOn: string;
  /** Working days within which the unit may object, counted from service. */
  objectionDays: number;
  /** How often a deadline may be put off. */
  maxExtensions: number;
  servedOn: string | null;
  receipt: { receivedBy: string; receivedOn: string; refused: boolean; note: string | null } | null;
  /** The refusal before the receipt, where the unit signed after all. */
  refusal?: { receivedBy: string; refusedOn: string; recordedBy: string; note: string | null } | null;
}

export const NOTICE_TITLE = '教育督导整改通知书';

/**
 * Why the notice is written. 教育督导条例（国务院令第624号）articles 20 to 22: feedback and the right to object,
 * a deadline for rectification, report and verification.
 */
export function noticeOpening(notice: NoticeDocument): string {
  const team = notice.inspectors.length > 0 ? `（检查人员：${notice.inspectors.join('、')}）` : '';
  const visit =
    notice.inspectedOn === null
      ? '经督导核查'
      : `${dayText(notice.inspectedOn)}，${notice.issuer}对你单位开展${notice.inspectionKind ?? '督导检查'}${team}。经查`;
  return (
    `${visit}，你单位存在${notice.lines.length}个问题（${severityCounts(notice.lines)}）。` +
    '根据《教育督导条例》（国务院令第624号）第二十条至第二十二条的规定，现要求你单位按期整改，并将有关事项通知如下：'
  );
}

/** 严重1个，较重1个: the grades that occur, the gravest first. */
export function severityCounts(lines: readonly { severity: Severity }[]): string {
  return (['serious', 'major', 'minor'] as const)
    .map((severity) => [severity, lines.filter((line) => line.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${SEVERITY_TITLES[severity]}${count}个`)
    .join('，');
}

/** What the unit has to do, how to ask for more time, how to object. The terms are the district's. */
export function noticeSections(notice: NoticeDocument): { title: string; text: string }[] {
  const said = notice.lines.every((line) => line.requirement === notice.requirements);
  const extensions =
    notice.maxExtensions > 0
      ? `确实不能按期完成的，应当在期限届满前提出延期申请，说明理由和拟完成的日期；期限届满后不再受理延期申请。每个问题最多延期${notice.maxExtensions}次。`
      : '整改期限不予延长。';
  return [
    {
      title: '整改要求',
      text: `${said ? '' : `${notice.requirements}\n`}整改完成后，请在期限内向${notice.issuer}报告整改情况，通过督导平台申请销号，并按要求提供佐证材料。`,
    },
    { title: '延期申请', text: extensions },
    {
      title: '申辩权利',
      text: `对所列问题有异议的，可以自收到本通知书之日起${notice.objectionDays}个工作日内提出书面申辩，并附有关材料。每个问题可以申辩一次；申辩处理期间，整改期限相应顺延。`,
    },
  ];
}
