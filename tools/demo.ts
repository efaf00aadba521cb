/**
 * `npm run demo`: the main job through the API of a running server, told as people would tell it,
 * from the assignment of an inspection to the issued circular. Leaves the documents in ./out.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { demoPassword, demoPasswordFile } from '#core/demo/password.js';
import { loadConfig } from '#platform/config.js';
import { SEVERITIES, type Severity } from '#rules/issue-lifecycle.js';
import { addDays, localDay, weekday } from '#rules/local-date.js';
import { Person, Refused } from './demo/client.js';

type Item = {
  itemCode: string;
  title: string;
  stages: string[];
  severity: Severity;
  required: boolean;
  judge: {
    type: string;
    passWhen?: boolean;
    comparator?: string;
    limit?: unknown;
    bands?: { stages?: string[]; grades?: number[]; limit: unknown }[];
    metric?: string;
  };
};
type Issue = {
  id: string;
  number: string;
  severity: Severity;
  status: string;
  finding: string;
  dueOn: string | null;
  allowedActions: string[];
};

const config = loadConfig();
const server = process.env.DUDAO_URL ?? `http://${config.host}:${config.port}`;
let step = 0;
const tell = (text: string) => void process.stdout.write(`${String(++step).padStart(2)}. ${text}\n`);
const also = (text: string) => void process.stdout.write(`    ${text}\n`);

async function main(): Promise<void> {
  if (!config.demoPassword && !demoPasswordFile(config)) {
    throw new Error(`${config.dataDir} 中没有演示口令，请用 DEMO_PASSWORD 给出演示账户现在的口令`);
  }
  const password = demoPassword(config);
  const users: Record<string, { id: string; name: string; unitId?: string }> = {};
  const person = async (name: string): Promise<Person> => {
    const one = new Person(server, `demo_${name}`, password);
    users[name] = await one.login();
    return one;
  };
  const [head, staff, leader, sysadmin] = [
    await person('head'),
    await person('staff'),
    await person('leader'),
    await person('sysadmin'),
  ];
  const [inspector, school, clerk] = [
    await person('inspector'),
    await person('school'),
    await person('school_clerk'),
  ];
  // The zone's officer verifies beside the inspector and says nothing of their own.
  await person('zone');
  tell(
    `登录 ${server}：督导室主任${users.head!.name}、工作人员${users.staff!.name}、责任督学${users.inspector!.name}、校长${users.school!.name}等 ${Object.keys(users).length} 人`,
  );

  const unitId = users.school!.unitId!;
  const unit = await staff.get(`/schools/${unitId}`);
  const today = localDay(new Date());
  const { items: checklists } = await staff.get('/checklists?status=published&code=CL-SJ');
  const checklist = await staff.get(`/checklists/${checklists[0].id}`);
  const plan = await staff.post('/plans', {
    title: `${today.slice(0, 7)} “双减”专项督查（演示）`,
    kind: 'special',
    checklistId: checklist.id,
    startsOn: today,
    endsOn: today,
    assignments: [
      {
        unitId,
        scheduledOn: today,
        leadId: users.inspector!.id,
        team: [users.inspector!.id, users.zone!.id],
      },
    ],
  });
  await staff.post(`/plans/${plan.id}/launch`);
  tell(
    `${users.staff!.name}下达督导计划《${plan.title}》：对${unit.name}使用《${checklist.title}》第 ${checklist.version} 版，组长${users.inspector!.name}`,
  );

  const pack = await inspector.get('/me/work-package');
  const { items: mine } = await inspector.get(`/inspections?planId=${plan.id}`);
  const inspectionId: string = mine[0].id;
  tell(
    `${users.inspector!.name}带着离线任务包到校（${pack.inspections.length} 项任务、${pack.checklists.length} 份清单）`,
  );

  const photo = await inspector.upload(await picture('BEFORE'), 'image/jpeg');
  const failing = ['SJ-ZY-02', ...Object.keys(FOUND)];
  const operations = (checklist.items as Item[]).map((item) => operation(item, unit.stages, failing, photo));
  const sync = await inspector.post(`/inspections/${inspectionId}/answers`, {
    operations,
    sentAt: new Date().toISOString(),
  });
  const again = await inspector.post(`/inspections/${inspectionId}/answers`, {
    operations,
    sentAt: new Date().toISOString(),
  });
  const outcomes = (results: { outcome: string }[]) =>
    [...new Set(results.map((r) => r.outcome))]
      .map((outcome) => `${outcome} ${results.filter((r) => r.outcome === outcome).length}`)
      .join('、');
  tell(
    `回到有信号处同步 ${operations.length} 条答案（${outcomes(sync.results)}）；网络重发一遍（${outcomes(again.results)}）`,
  );
  const rejected = sync.results.filter((r: { outcome: string }) => r.outcome === 'rejected');
  for (const one of rejected) also(`被退回：${JSON.stringify(one)}`);

  const submitted = await inspector.post(`/inspections/${inspectionId}/submit`, {
    summary: '作业管理、考试管理总体有序，三处问题须整改。',
    strengths: '课后服务课程丰富，家长反映良好。',
  });
  const issues: Issue[] = submitted.issues;
  tell(`提交检查记录，问题自动进入台账：`);
  for (const issue of issues)
    also(`${issue.number}［${SEVERITIES[issue.severity]}］${issue.finding.slice(0, 60)}`);

  const client = await sysadmin.post('/api-keys', { name: '演示对接系统', scopes: ['compliance:read'] });
  const status = async () =>
    (await (
      await fetch(`${server}/api/v1/compliance/schools/${unit.code}`, {
        headers: { authorization: `Bearer ${client.key}` },
      })
    ).json()) as { status: string; open: number };
  const before = await status();
  tell(`外部系统凭接口密钥读取${unit.name}：${before.status}，未销号 ${before.open} 件`);

  const ids = issues.map((issue) => issue.id);
  const longest = await staff
    .get(`/calendar/deadline?from=${today}&workingDays=30`)
    .catch((error: unknown) => error);
  const unknown = longest instanceof Refused && longest.problem.code === 'calendar.beyond_horizon';
  if (longest instanceof Refused && !unknown) throw longest;
  if (unknown) also(`工作日历尚未维护到 30 个工作日之后，系统不猜测，由${users.staff!.name}直接填写期限`);
  const served = await staff.post('/issues/transitions', {
    action: 'issue_notice',
    issueIds: ids,
    requirements: '举一反三，按期整改到位并报送佐证材料。',
    ...(unknown ? { dueOn: fridayAfter(today) } : {}),
  });
  const noticed: Issue[] = served.results.map((r: { issue: Issue }) => r.issue);
  const notice = await school.get(`/notices/${(await school.get(`/issues/${ids[0]}`)).noticeId}`);
  tell(
    `${users.staff!.name}下发整改通知书 ${notice.number}，一次检查一份，共 ${notice.lines.length} 项，期限：${noticed.map((i) => i.dueOn).join('、')}`,
  );
  await school.post(`/notices/${notice.id}/receipt`, { receivedBy: users.school!.name });
  tell(`${users.school!.name}签收通知书`);

  const after = await school.upload(await picture('AFTER'), 'image/jpeg');
  for (const issue of noticed) {
    await clerk.post(`/issues/${issue.id}/transitions`, {
      action: 'plan',
      responsiblePerson: '教导主任',
      plan: '一周内全面排查，建立年级统筹和公示制度。',
    });
    await school.post(`/issues/${issue.id}/transitions`, {
      action: 'request_close',
      measures: '已逐班整改，重新公示并由年级组每日统筹。',
      attachments: [after],
    });
  }
  tell(`学校报送整改方案，整改后附照片申请销号（${noticed.length} 件）`);

  for (const issue of noticed) {
    await inspector.post(`/issues/${issue.id}/transitions`, {
      action: 'verify',
      finding: '现场复核，整改属实。',
      method: 'on_site',
      ...(issue.severity === 'serious' ? { coVerifierId: users.zone!.id } : {}),
    });
  }
  tell(`${users.inspector!.name}到校核验；严重问题由${users.zone!.name}共同核验`);
  const selfClose = await inspector
    .post(`/issues/${ids[0]}/transitions`, { action: 'close', note: '我来销号' })
    .catch((error: unknown) => error);
  if (selfClose instanceof Refused)
    also(`核验人自己销号被拒绝：${selfClose.problem.title}（${selfClose.problem.code}）`);
  for (const issue of noticed) {
    const closer = issue.severity === 'serious' ? head : staff;
    await closer.post(`/issues/${issue.id}/transitions`, { action: 'close', note: '同意销号。' });
  }
  const left = await status();
  tell(`审批销号完毕；外部系统再读${unit.name}：${left.status}，未销号 ${left.open} 件`);

  const period = today.slice(0, 7);
  // Told a second time in one month: what follows an issued circular corrects it.
  const [issued] = (await staff.get(`/circulars?status=issued&period=${period}&limit=1`)).items;
  const draft = await staff.post('/circulars', {
    kind: 'monthly',
    period,
    cutoff: new Date().toISOString(),
    ...(issued ? { corrects: issued.id } : {}),
  });
  tell(`${users.staff!.name}起草 ${period} 督查通报，后台任务冻结数据并排版`);
  let circular = await until(staff, draft.id, (c) => c.status === 'draft' || c.status === 'failed');
  if (circular.status === 'failed') throw new Error(`通报生成失败：${circular.error}`);
  also(`数据截至 ${circular.cutoff}，快照 ${circular.snapshotHash.slice(0, 16)}…`);
  await staff.patch(`/circulars/${draft.id}`, {
    narrative: { requirements: '各校要对照问题清单举一反三，于下月五日前书面报告整改情况。' },
  });
  await until(staff, draft.id, (c) => c.status === 'draft' && c.files.length === 3);
  const figure = await staff.get(`/circulars/${draft.id}/figures/overview.met_rate?limit=1`);
  also(`${figure.title} ${figure.printed}，来自 ${figure.rows} 项答案，可逐项调阅`);
  const rehearsal = await leader.get(`/circulars/${draft.id}/rehearsal`);
  tell(
    `签发前预审：${rehearsal.findings.length} 条提示，${rehearsal.blocked ? '须先处理' : '没有必须先处理的'}`,
  );
  for (const { text } of rehearsal.findings) also(text);
  const own = await staff.post(`/circulars/${draft.id}/issue`, {}).catch((error: unknown) => error);
  if (own instanceof Refused) also(`起草人自己签发被拒绝：${own.problem.title}（${own.problem.code}）`);
  await leader.post(`/circulars/${draft.id}/issue`, {});
  circular = await until(leader, draft.id, (c) => c.status === 'issued' && c.files.length === 3);
  tell(`${users.leader!.name}签发：${circular.documentNumber}，${circular.issuedOn}`);
  // Nobody is logged in: as the QR code opens it.
  const genuine = await new Person(server, 'public', '').get(
    `/public/verify/${circular.snapshotHash.slice(0, 16)}`,
  );
  also(`公众扫码核验：${genuine.documentNumber}，${genuine.issuer}印发`);
  await school.post(`/circulars/${draft.id}/receipt`, {});
  tell(`${users.school!.name}签收通报`);

  await mkdir('out', { recursive: true });
  for (const format of ['pdf', 'xlsx', 'docx']) {
    const file = join('out', `circular-${today.slice(0, 7)}.${format}`);
    await writeFile(file, await leader.download(`/circulars/${draft.id}/${format}`));
    also(`已保存 ${file}`);
  }
  for (const [file, path] of [
    ['notice.pdf', `/notices/${notice.id}/pdf`],
    ['record.pdf', `/inspections/${inspectionId}/record.pdf`],
    ['closure.pdf', `/issues/${ids[0]}/closure.pdf`],
  ] as const) {
    await writeFile(join('out', file), await staff.download(path));
    also(`已保存 ${join('out', file)}`);
  }
}

/** What the inspector found on yes-or-no items, told as a fact: beside a title that is a requirement 存在此情况 says its opposite. */
const FOUND: Record<string, string> = {
  'SJ-KS-06': '五年级两个班在班级群公布单元练习成绩和名次',
  'SJ-KH-12': '五年级课后服务只公示课程名称，未公示时间、师资和场地',
};

/** An answer to one item: three fail on purpose, everything else is met or does not apply to this school. */
function operation(item: Item, stages: string[], failing: string[], photo: string): object {
  const base = {
    operationId: crypto.randomUUID(),
    itemCode: item.itemCode,
    answeredAt: new Date().toISOString(),
  };
  const stage = item.stages.find((one) => stages.includes(one));
  if (!stage) return { ...base, verdict: 'not_applicable', reason: '本校无此学段' };
  if (item.judge.type === 'boolean') {
    return failing.includes(item.itemCode)
      ? {
          ...base,
          verdict: 'non_compliant',
          extent: 'grade',
          note: FOUND[item.itemCode],
          attachments: [photo],
        }
      : { ...base, verdict: 'compliant' };
  }
  if (item.judge.type === 'indicator') return { ...base, verdict: 'not_checked' };
  const limit =
    item.judge.bands?.find((band) => !band.stages || band.stages.includes(stage))?.limit ?? item.judge.limit;
  if (limit === null || limit === undefined) return { ...base, verdict: 'not_checked' };
  const fails = failing.includes(item.itemCode) && typeof limit === 'number';
  const value = fails ? limit + 15 : limit;
  const grades = item.judge.bands?.find((band) => band.stages?.includes(stage))?.grades;
  return {
    ...base,
    verdict: fails ? 'non_compliant' : 'compliant',
    measures: [{ stage, value, ...(grades?.length ? { grade: grades[0] } : {}) }],
    ...(fails ? { extent: 'grade', attachments: [photo] } : {}),
  };
}

async function until(
  person: Person,
  id: string,
  done: (circular: { status: string; files: unknown[] }) => boolean,
) {
  for (let i = 0; i < 600; i++) {
    const circular = await person.get(`/circulars/${id}`);
    if (done(circular)) return circular;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('通报在两分钟内没有生成，请检查后台任务进程是否在运行');
}

/** The Friday of the third week from a day on. */
const fridayAfter = (day: string): string => addDays(day, 14 + ((5 - weekday(day) + 7) % 7));

/** A photo of the camera's kind, made here. */
function picture(label: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><rect width="800" height="600" fill="#dfe7ee"/><rect x="120" y="110" width="560" height="380" fill="#fff" stroke="#456" stroke-width="6"/><text x="400" y="320" font-size="64" text-anchor="middle" fill="#345">${label}</text></svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
}

main().catch((error: unknown) => {
  process.stderr.write(`演示中断：${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
