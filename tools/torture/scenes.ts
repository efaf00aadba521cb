import { createHash, randomInt, randomUUID } from 'node:crypto';
import pg from 'pg';
import sharp from 'sharp';
import { embeddedUrl } from '#platform/embedded-postgres.js';
import { localDay } from '#rules/local-date.js';

/** Which request a route will take: whose, at which address, with which body. */
export type Scene = {
  token?: string;
  params?: Record<string, string>;
  query?: string;
  body?: Body;
  type?: string;
};
export type Body = Record<string, unknown> | Buffer;
export type Call = <T = Thing>(person: string, method: string, path: string, body?: unknown) => Promise<T>;
type Thing = { id: string; number: string };
type List<T = Thing> = { items: T[] };

export const PASSWORD = 'Torture-2026-fuzz';
const today = () => localDay(new Date());
const code = () => String(randomInt(3_702_100_000, 3_702_999_999));

/**
 * For routes that a made-up payload hardly ever suits, what must be there first: `PUT /inspections/{id}` with a team that
 * may go there, a visit that was submitted, a person whose password is known … Each call makes it anew.
 */
export class Scenes {
  constructor(
    private readonly call: Call,
    private readonly tokens: Readonly<Record<string, string>>,
    private readonly dataDir: string,
  ) {}

  /** The request that the route will take; undefined where any payload may. */
  async of(route: string): Promise<Scene | undefined> {
    const make = this.scenes[route];
    return make && (await make());
  }

  get routes(): string[] {
    return Object.keys(this.scenes);
  }

  private readonly scenes: Record<string, () => Promise<Scene>> = {
    'POST /api/v1/auth/login': async () => {
      const { username } = await this.person();
      return { body: { username, password: PASSWORD } };
    },
    'POST /api/v1/auth/refresh': async () => {
      const { refreshToken } = await this.session();
      return { body: { refreshToken } };
    },
    'POST /api/v1/auth/logout': async () => ({ token: (await this.session()).accessToken }),
    'POST /api/v1/auth/password': async () => ({
      token: (await this.session()).accessToken,
      body: { oldPassword: PASSWORD, newPassword: `New-${PASSWORD}-${randomInt(1e6)}` },
    }),
    'POST /api/v1/users': async () => ({ token: this.tokens['sysadmin']!, body: newPerson() }),
    'PATCH /api/v1/users/{id}': async () => ({
      token: this.tokens['sysadmin']!,
      params: { id: (await this.person()).id },
      body: { name: '改过的名字', phone: '0532-12345678', disabled: randomInt(2) === 0 },
    }),
    'POST /api/v1/api-keys': async () => ({
      token: this.tokens['sysadmin']!,
      body: { name: '市级平台', scopes: ['compliance:read'], ratePerMinute: 600 },
    }),
    'DELETE /api/v1/api-keys/{id}': async () => {
      const { id } = await this.call('sysadmin', 'POST', '/api-keys', {
        name: '待作废',
        scopes: ['issues:read'],
      });
      return { token: this.tokens['sysadmin']!, params: { id } };
    },
    'PUT /api/v1/attachments/{sha256}': async () => {
      const background = { r: randomInt(256), g: randomInt(256), b: randomInt(256) };
      const create = { width: randomInt(1, 60), height: randomInt(1, 60), channels: 3 as const, background };
      const body = await sharp({ create }).jpeg().toBuffer();
      const sha256 = createHash('sha256').update(body).digest('hex');
      return { token: this.tokens['inspector']!, params: { sha256 }, body, type: 'image/jpeg' };
    },
    'POST /api/v1/schools/import': async () => {
      const { zones } = await this.me('inspector');
      const rows = Array.from({ length: 3 }, () => `${code()},导入小学,小学,"${zones[0]!.name}"`);
      const body = Buffer.from(['学校代码,学校名称,学段,责任区', ...rows].join('\n'));
      return { token: this.tokens['staff']!, body, type: 'text/csv' };
    },
    'POST /api/v1/checklists/import': async () => {
      const id = await this.shortList();
      const body = await this.call<Buffer>('staff', 'GET', `/checklists/${id}/export.xlsx`);
      const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
      return { token: this.tokens['staff']!, body, type };
    },
    'PUT /api/v1/inspections/{id}': async () => ({
      token: this.tokens['staff']!,
      params: { id: randomUUID() },
      body: await this.head(),
    }),
    'POST /api/v1/inspections/{id}/cancel': async () => {
      const id = randomUUID();
      await this.call('staff', 'PUT', `/inspections/${id}`, await this.head());
      return { token: this.tokens['staff']!, params: { id }, body: { reason: '学校临时停课' } };
    },
    'POST /api/v1/inspections/{id}/answers': async () => {
      const id = await this.visit();
      return { token: this.tokens['inspector']!, params: { id }, body: answered() };
    },
    'POST /api/v1/inspections/{id}/submit': async () => {
      const id = await this.visit();
      await this.call('inspector', 'POST', `/inspections/${id}/answers`, answered());
      const body = { summary: '作业管理总体有序。', strengths: '公示及时。' };
      return { token: this.tokens['inspector']!, params: { id }, body };
    },
    'POST /api/v1/inspections/{id}/archive': async () => {
      const { items } = await this.call<List>('staff', 'GET', '/inspections?status=submitted&limit=50');
      return { token: this.tokens['staff']!, params: { id: items[randomInt(items.length)]!.id } };
    },
    'POST /api/v1/inspections/{id}/amendments': async () => {
      const { items } = await this.call<List>('staff', 'GET', '/inspections?status=submitted&limit=50');
      const { id } = items[randomInt(items.length)]!;
      const { answers } = await this.call<{ answers: { itemCode: string }[] }>(
        'staff',
        'GET',
        `/inspections/${id}`,
      );
      const operation = {
        operationId: randomUUID(),
        itemCode: answers[randomInt(answers.length)]!.itemCode,
        verdict: 'not_checked',
        answeredAt: new Date().toISOString(),
      };
      return {
        token: this.tokens['head']!,
        params: { id },
        body: { reason: '核对后更正', operations: [operation] },
      };
    },
    'POST /api/v1/plans': async () => ({ token: this.tokens['staff']!, body: await this.plan() }),
    'PATCH /api/v1/plans/{id}': async () => ({
      token: this.tokens['staff']!,
      params: { id: (await this.call('staff', 'POST', '/plans', await this.plan())).id },
      body: { title: '改过的计划', note: '增加一所学校' },
    }),
    'POST /api/v1/plans/{id}/launch': async () => ({
      token: this.tokens['staff']!,
      params: { id: (await this.call('staff', 'POST', '/plans', await this.plan())).id },
    }),
    'POST /api/v1/checklists': async () => ({ token: this.tokens['staff']!, body: shortList() }),
    'PATCH /api/v1/checklists/{id}': async () => ({
      token: this.tokens['staff']!,
      params: { id: (await this.call('staff', 'POST', '/checklists', shortList())).id },
      body: { title: '改过的检查表', note: '增加说明' },
    }),
    'POST /api/v1/issues': async () => ({ token: this.tokens['staff']!, body: await this.finding() }),
    'GET /api/v1/calendar/deadline': async () => ({
      token: this.tokens['staff']!,
      query: `from=2026-09-${randomInt(10, 31)}&workingDays=${randomInt(1, 20)}`,
    }),
    'PATCH /api/v1/circulars/{id}': async () => ({
      token: this.tokens['staff']!,
      params: { id: await this.drafted() },
      body: { narrative: { overview: '本月督查有序开展。' } },
    }),
    'POST /api/v1/circulars/{id}/issue': async () => ({
      token: this.tokens['head']!,
      params: { id: await this.drafted() },
      body: { documentNumber: `演督通〔2026〕${randomInt(1e6)}号` },
    }),
    'GET /api/v1/circulars/{id}/figures': () => this.ofDraft(),
    'GET /api/v1/circulars/{id}/figures/{key}': () => this.ofDraft({ key: 'overview.visits' }),
    'GET /api/v1/circulars/{id}/rehearsal': () => this.ofDraft(),
    'GET /api/v1/public/verify/{hash}': async () => {
      const id = await this.issuedCircular();
      const { snapshotHash } = await this.call<{ snapshotHash: string }>('head', 'GET', `/circulars/${id}`);
      return { params: { hash: snapshotHash.slice(0, randomInt(2) ? 16 : 64) } };
    },
    'POST /api/v1/notices/{id}/receipt': async () => {
      const issue = await this.issue();
      const { noticeId } = await this.call<{ noticeId: string }>(
        'staff',
        'POST',
        `/issues/${issue.id}/transitions`,
        NOTICE,
      );
      return {
        token: this.tokens['school']!,
        params: { id: noticeId },
        body: { receivedBy: '收发室', note: '已收' },
      };
    },
    'POST /api/v1/issues/{id}/transitions': async () => ({
      token: this.tokens['staff']!,
      params: { id: (await this.issue()).id },
      body: NOTICE,
    }),
    'GET /api/v1/issues/{id}/supervision-order.pdf': async () => {
      const { id } = await this.issue();
      await this.call('staff', 'POST', `/issues/${id}/transitions`, NOTICE);
      const escalate = { action: 'escalate', step: 'supervision_order', note: '逾期未改，限期办结。' };
      await this.call('head', 'POST', `/issues/${id}/transitions`, escalate);
      return { token: this.tokens['staff']!, params: { id } };
    },
    'POST /api/v1/issues/transitions': async () => ({
      token: this.tokens['staff']!,
      body: { ...NOTICE, issueIds: [(await this.issue()).id] },
    }),
    'PATCH /api/v1/settings': async () => ({
      token: this.tokens['head']!,
      body: { maxExtensions: randomInt(1, 4), recurrenceMonths: randomInt(6, 13) },
    }),
    'PUT /api/v1/settings/calendars/{year}': async () => {
      const { source, holidays, workdays } = await this.call<Record<string, unknown>>(
        'head',
        'GET',
        '/settings/calendars/2025',
      );
      return {
        token: this.tokens['head']!,
        params: { year: '2025' },
        body: { source, holidays, workdays },
      };
    },
    'GET /api/v1/compliance/districts/{code}': async () => {
      const { items } = await this.call<List<{ unit: { districtCode: string } }>>(
        'staff',
        'GET',
        '/compliance/units?limit=1',
      );
      return { token: this.tokens['staff']!, params: { code: items[0]!.unit.districtCode } };
    },
    'POST /api/v1/circulars/{id}/receipt': async () => {
      // A unit receives once; what it received is taken back for the next time.
      await this.sql('DELETE FROM circular_receipts');
      const { items } = await this.call<List>('staff', 'GET', '/circulars?status=issued');
      return {
        token: this.tokens['school']!,
        params: { id: items[0]?.id ?? (await this.issuedCircular()) },
        body: { note: '已收到，已传达。' },
      };
    },
    'POST /api/v1/circulars/{id}/retry': async () => {
      const id = await this.drafted();
      // No request makes one fail: somebody pulled the plug.
      await this.sql(`UPDATE circulars SET status = 'failed', error = '演练：生成中断' WHERE id = $1`, [id]);
      return { token: this.tokens['staff']!, params: { id } };
    },
  };

  private async person(): Promise<{ id: string; username: string }> {
    const given = newPerson();
    const { id } = await this.call('sysadmin', 'POST', '/users', given);
    return { id, username: given.username };
  }

  private async session(): Promise<{ accessToken: string; refreshToken: string }> {
    const { username } = await this.person();
    return this.call('nobody', 'POST', '/auth/login', { username, password: PASSWORD });
  }

  /** A circular whose documents are made. */
  private async drafted(): Promise<string> {
    type Circulars = { items: { id: string; period: string; corrects: string | null }[] };
    const of = async (query: string) =>
      (await this.call<Circulars>('staff', 'GET', `/circulars?limit=200&status=${query}`)).items;
    // One that may still be issued: the first of its period, or a correction.
    const drafts = async () => {
      const issued = new Set((await of('issued')).map(({ period }) => period));
      return (await of('draft')).find(({ corrects, period }) => corrects !== null || !issued.has(period))?.id;
    };
    const there = await drafts();
    if (there) return there;
    const month = `2026-${String(randomInt(1, 10)).padStart(2, '0')}`;
    const [issued] = await of(`issued&period=${month}`);
    const correction = issued ? { corrects: issued.id } : {};
    const body = { kind: 'monthly', period: month, cutoff: `${month}-20T08:00:00.000Z`, ...correction };
    await this.call('staff', 'POST', '/circulars', body);
    for (let i = 0; i < 300; i++) {
      const made = await drafts();
      if (made) return made;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('no circular was made within 30 s');
  }

  private async ofDraft(more: Record<string, string> = {}): Promise<Scene> {
    return { token: this.tokens['staff']!, params: { id: await this.drafted(), ...more } };
  }

  private async issuedCircular(): Promise<string> {
    const id = await this.drafted();
    await this.call('head', 'POST', `/circulars/${id}/issue`, {});
    return id;
  }

  private me(person: string): Promise<Me> {
    return this.call(person, 'GET', '/me');
  }

  private async issue(): Promise<Thing> {
    return this.call('staff', 'POST', '/issues', await this.finding());
  }

  private async finding() {
    const { unitId } = await this.me('school');
    return { unitId, category: '作业管理', finding: '抽查两个班未公示作业。', severity: 'minor' };
  }

  private async plan() {
    const { unitId, checklistId, kind, leadId } = await this.head();
    const assignments = [{ unitId, leadId }];
    return { title: '随机计划', kind, checklistId, startsOn: today(), endsOn: today(), assignments };
  }

  /** A visit of the inspector with a list of one item. */
  private async visit(): Promise<string> {
    this.list ??= await this.shortList();
    const id = randomUUID();
    await this.call('staff', 'PUT', `/inspections/${id}`, { ...(await this.head()), checklistId: this.list });
    return id;
  }
  private list: string | undefined;

  private async shortList(): Promise<string> {
    const { id } = await this.call('staff', 'POST', '/checklists', shortList());
    await this.call('staff', 'POST', `/checklists/${id}/publish`);
    return id;
  }

  /** A visit that office staff may arrange: a school of the inspector's zone, with the inspector as its lead. */
  private async head() {
    const inspector = await this.me('inspector');
    const schools = await this.call<List>('staff', 'GET', `/schools?zoneId=${inspector.zoneIds[0]}`);
    const lists = await this.call<List<Thing & { subject: string }>>(
      'staff',
      'GET',
      '/checklists?status=published&limit=200',
    );
    return {
      unitId: schools.items[randomInt(schools.items.length)]!.id,
      checklistId: lists.items.find(({ subject }) => subject === 'school')!.id,
      kind: 'routine',
      scheduledOn: today(),
      team: [inspector.id],
      leadId: inspector.id,
    };
  }

  private async sql(text: string, values: unknown[] = []): Promise<void> {
    const client = new pg.Client({ connectionString: embeddedUrl(this.dataDir)! });
    await client.connect();
    try {
      await client.query(text, values);
    } finally {
      await client.end();
    }
  }
}

type Me = { id: string; unitId: string; zoneIds: string[]; zones: { name: string }[] };

const inDays = (n: number): string => localDay(new Date(Date.now() + n * 86_400_000));

const NOTICE = { action: 'issue_notice', dueOn: inDays(30), requirements: '按要求公示。' };

const shortList = () => ({
  code: `T${randomInt(1e9)}`,
  title: '单项检查表',
  subject: 'school',
  coverage: 'partial',
  items: [{ itemCode: 'SJ-ZY-01', required: true }],
});

const answered = () => ({
  sentAt: new Date().toISOString(),
  operations: [
    {
      operationId: randomUUID(),
      itemCode: 'SJ-ZY-01',
      verdict: 'compliant',
      note: '抽查三个班',
      answeredAt: new Date().toISOString(),
    },
  ],
});

const newPerson = () => ({
  username: `t${randomUUID().slice(0, 18)}`,
  name: '测试人员',
  roles: ['office_staff'],
  password: PASSWORD,
});
