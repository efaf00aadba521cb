/** What the stories of the circular desk share: visits, drafts, the worker's part, and one eventful March. */
import { createHash, randomUUID } from 'node:crypto';
import sharp from 'sharp';
import type { RenderCircular } from '#core/circulars/documents.js';
import type { CircularSnapshot } from '#rules/circular.js';
import type { PersonName, PlaceName } from '#testkit/cast.js';
import { publishChecklist } from '#testkit/hands.js';
import { ok } from '#testkit/response.js';
import type { World } from '#testkit/world.js';
import { renderCircularJob } from '#worker/circular-render.js';

export type Answers = [itemCode: string, verdict: string, more?: object][];
const ITEMS = ['SJ-ZY-01', 'SJ-ZY-02', 'SJ-ZY-05', 'SJ-ZY-13', { itemCode: 'SJ-ZY-07', required: false }];
export const PASS: Answers = [
  ['SJ-ZY-01', 'compliant'],
  ['SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: 50 }] }],
  ['SJ-ZY-05', 'compliant'],
  ['SJ-ZY-13', 'compliant', { measures: [{ numerator: 90, denominator: 100 }] }],
];
export const FAIL: Answers = [
  ['SJ-ZY-01', 'non_compliant', { note: '二（1）班语文留了抄写', extent: 'grade' }],
  [
    'SJ-ZY-02',
    'non_compliant',
    { measures: [75, 70, 66.5].map((value) => ({ grade: 6, value })), extent: 'grade' },
  ],
  ['SJ-ZY-05', 'non_compliant', { note: '公示栏未更新' }],
  ['SJ-ZY-13', 'compliant', { measures: [{ numerator: 95, denominator: 100 }] }],
];
export const JUNIOR: Answers = [
  ['SJ-ZY-05', 'compliant'],
  ['SJ-ZY-13', 'compliant', { measures: [{ numerator: 80, denominator: 100 }] }],
  ['SJ-ZY-01', 'not_applicable', { reason: '初中' }],
  ['SJ-ZY-02', 'not_applicable', { reason: '初中' }],
];

export type Desk = Awaited<ReturnType<typeof openDesk>>;

/** A checklist for all visits, and the hands that the stories need. */
export async function openDesk(world: World) {
  world.setNow('2026-01-26');
  const checklistId = await publishChecklist(world, ITEMS);

  const act = (who: PersonName, on: string, id: string, action: string, body: object = {}) => {
    world.setNow(on);
    return ok(world.as(who).post(`/issues/${id}/transitions`, { action, ...body }));
  };
  async function photo(who: PersonName, background = '#c33'): Promise<string> {
    const payload = await sharp({ create: { width: 64, height: 48, channels: 3, background } })
      .png()
      .toBuffer();
    const hash = createHash('sha256').update(payload).digest('hex');
    await ok(world.as(who).put(`/attachments/${hash}`, undefined, { payload, type: 'image/png' }));
    return hash;
  }
  /** A visit from its arrangement to its submission; answered on one day and sent, with the record, on another. */
  async function visit(
    unit: PlaceName,
    answers: Answers,
    at: { on: string; sent?: string },
    more: { self?: true; strengths?: string; dispositions?: object[] } = {},
  ) {
    const { self, ...submission } = more;
    const [lead, ...team]: [PersonName, ...PersonName[]] = self
      ? ['liu']
      : unit === 'schoolWest'
        ? ['chen']
        : ['wang', 'feng'];
    const id = randomUUID();
    world.setNow(at.on);
    await ok(
      world.as(lead).put(`/inspections/${id}`, {
        unitId: world.cast.units[unit],
        checklistId,
        kind: self ? 'self_check' : 'routine',
        scheduledOn: at.on,
        team: [lead, ...team].map((name) => world.cast.people[name]),
        leadId: world.cast.people[lead],
      }),
    );
    const operations = answers.map(([itemCode, verdict, rest], i) => ({
      operationId: randomUUID(),
      itemCode,
      verdict,
      // The last answer is given in the afternoon: a second session of the same visit.
      answeredAt: `${at.on}T${i === answers.length - 1 ? '09:30' : '01:00'}:00.000Z`,
      ...rest,
    }));
    world.setNow(`${at.sent ?? at.on}T10:00:00.000Z`);
    await ok(world.as(lead).post(`/inspections/${id}/answers`, { operations }));
    const { issues } = await ok(
      world.as(lead).post(`/inspections/${id}/submit`, { summary: '随堂查看', ...submission }),
    );
    return { id, issues: issues as { id: string; itemCode: string; number: string }[] };
  }

  const draft = async (body: object = {}, who: PersonName = 'qian') =>
    ok(world.as(who).post('/circulars', { kind: 'monthly', period: '2026-03', ...body }));
  /** Jobs of a circular that wait in the outbox. */
  const waiting = (id: string): Promise<{ outboxId: number; key: string }[]> =>
    world.dataSource.query(
      `SELECT id AS "outboxId", key FROM outbox WHERE job = 'circular.render' AND payload->>'circularId' = $1 ORDER BY id`,
      [id],
    );
  /** What the worker does with them, one after the other. */
  async function work(id: string, render?: RenderCircular): Promise<void> {
    for (const { outboxId } of await waiting(id)) {
      await renderCircularJob(
        {
          dataSource: world.dataSource,
          files: world.files,
          publicUrl: world.config.publicUrl,
          now: world.now(),
          done: async (em) => void (await em.query(`DELETE FROM outbox WHERE id = $1`, [outboxId])),
          ...(render ? { render } : {}),
        },
        { districtId: world.cast.districts.A, circularId: id },
      );
    }
  }
  const drafted = async (body: object = {}): Promise<string> => {
    const { id } = await draft(body);
    await work(id);
    return id;
  };
  async function snapshotOf(id: string): Promise<CircularSnapshot> {
    const [row] = await world.dataSource.query(`SELECT snapshot FROM circulars WHERE id = $1`, [id]);
    return row.snapshot;
  }

  /** Something of everything that a circular counts; the circular of February is issued and received by one school. */
  async function march() {
    await visit('schoolWest', PASS, { on: '2026-02-11' });
    world.setNow('2026-03-02');
    const february = await drafted({ period: '2026-02' });
    await ok(world.as('zhao').post(`/circulars/${february}/issue`));
    await ok(world.as('liu').post(`/circulars/${february}/receipt`));

    // Made in February and sent in March: counted here, as 补录.
    await visit('schoolWu', JUNIOR, { on: '2026-02-27', sent: '2026-03-05' });
    const { issues } = await visit(
      'schoolLiu',
      FAIL,
      { on: '2026-03-10' },
      {
        strengths: '作业公示栏\n每日更新',
        dispositions: [{ itemCode: 'SJ-ZY-05', as: 'reminder', reason: '当日已更正' }],
      },
    );
    await visit('schoolLiu', FAIL, { on: '2026-03-11' }, { self: true });
    await visit('schoolWest', PASS, { on: '2026-03-12' });
    const byItem = (itemCode: string) => issues.find((issue) => issue.itemCode === itemCode)!;
    const [first, disputed] = [byItem('SJ-ZY-01'), byItem('SJ-ZY-02')];
    const served = await act('li', '2026-03-13', first.id, 'issue_notice', {
      requirements: '停止布置',
      dueOn: '2026-03-20',
    });
    await ok(world.as('liu').post(`/notices/${served.noticeId}/receipt`, { receivedBy: '刘校长' }));
    await act('li', '2026-03-13', disputed.id, 'issue_notice', {
      requirements: '压减作业',
      dueOn: '2026-03-20',
    });
    // Disputed at the cut-off: counted and not named.
    await act('liu', '2026-03-13', disputed.id, 'object', { grounds: '当日为活动日' });

    const register = async (on: string, finding: string, unit: PlaceName = 'institution') => {
      world.setNow(on);
      return ok(
        world.as('li').post('/issues', {
          unitId: world.cast.units[unit],
          category: '校外培训机构',
          finding,
          severity: 'major',
        }),
      );
    };
    const course = await register('2026-03-16', '培训结束于20:50');
    await act('li', '2026-03-16', course.id, 'issue_notice', {
      requirements: '按时结束',
      dueOn: '2026-03-25',
    });
    await act('zheng', '2026-03-18', course.id, 'request_extension', {
      reason: '排课',
      dueOn: '2026-03-27',
    });
    await act('qian', '2026-03-19', course.id, 'grant_extension', { note: '同意' });
    await act('li', '2026-03-30', course.id, 'escalate', { step: 'urging', note: '逾期未整改' });
    const mistaken = await register('2026-03-17', '登记有误');
    await act('zhao', '2026-03-17', mistaken.id, 'withdraw', { reason: '登记有误' });

    await act('liu', '2026-03-18', first.id, 'request_close', { measures: '已调整' });
    await act('wang', '2026-03-19', first.id, 'return', { reason: '二（2）班仍有', dueOn: '2026-03-20' });
    await act('liu', '2026-03-19', first.id, 'request_close', { measures: '全年级已调整' });
    await act('wang', '2026-03-24', first.id, 'verify', {
      finding: '实地查看属实',
      method: 'on_site',
      coVerifierId: world.cast.people.feng,
    });
    await act('zhao', '2026-03-24', first.id, 'close', { note: '同意销号' });
    // Seen again: one is joined to what is open, the other is a recurrence of what was closed.
    const again = await visit(
      'schoolLiu',
      FAIL,
      { on: '2026-03-26' },
      {
        dispositions: [
          { itemCode: 'SJ-ZY-02', as: 'found_again', issueId: disputed.id },
          { itemCode: 'SJ-ZY-05', as: 'reminder', reason: '当日已更正' },
        ],
      },
    );
    const recurred = again.issues.find(({ itemCode }) => itemCode === 'SJ-ZY-01')!;
    await act('wang', '2026-03-26', recurred.id, 'confirm_recurrence', { note: '同一原因' });
    const onSite = await ok(
      world.as('wang').post('/issues', {
        unitId: world.cast.units.schoolLiu,
        category: '课后服务',
        finding: '签到表缺一页',
        severity: 'minor',
        inspectionId: again.id,
      }),
    );
    await act('wang', '2026-03-26', onSite.id, 'resolve_on_site', {
      note: '当场补签',
      attachments: [await photo('wang'), await photo('wang', '#3c3')],
    });
    return { february, first, disputed, course, mistaken, recurred, onSite, again };
  }
  return { act, visit, draft, waiting, work, drafted, snapshotOf, march };
}
