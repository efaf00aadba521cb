/**
 * Every way to fail, in one catalogue (RFC 9457). A code is never reused for another meaning.
 * `title` is what people read; `detail` (given where it is thrown) says what to do.
 */
const catalogue = {
  'request.invalid': [400, '提交的内容有误'],
  'request.malformed': [400, '请求格式有误'],
  'request.cursor_invalid': [400, '翻页标记无效'],
  'request.too_large': [413, '内容过大'],
  'request.unsupported_type': [415, '不支持的内容类型'],
  'request.headers_too_large': [431, '地址或请求头过长'],
  'request.timeout': [408, '请求超时'],
  'request.not_found': [404, '没有这个地址'],
  'request.method_not_allowed': [405, '不支持的操作方式'],
  'request.stale': [412, '内容已被他人更新'],
  'request.too_many': [429, '请求过于频繁'],
  'auth.required': [401, '请先登录'],
  'auth.invalid_credentials': [401, '用户名或密码不正确'],
  'auth.expired': [401, '凭据已失效'],
  'auth.locked': [429, '登录失败次数过多，暂时锁定'],
  'auth.address_locked': [429, '此网络地址登录失败次数过多，暂时锁定'],
  'auth.refresh_invalid': [401, '登录凭据已失效'],
  'auth.refresh_reused': [401, '登录凭据被重复使用，已全部退出'],
  'auth.password_weak': [400, '密码不符合要求'],
  'auth.password_change_required': [403, '请先修改初始密码'],
  'access.denied': [403, '没有权限'],
  'access.scope_missing': [403, '接口密钥没有这项权限'],
  'resource.not_found': [404, '没有找到'],
  'resource.conflict': [409, '与已有内容冲突'],
  'idempotency.key_reused': [422, '同一幂等键用于不同的请求'],
  'idempotency.in_flight': [409, '同一请求正在处理'],
  'idempotency.key_invalid': [400, '幂等键格式有误'],
  'idempotency.answer_lost': [422, '第一次的答复已不能再现'],
  'unit.closed': [409, '该单位已停办'],
  'import.invalid': [400, '导入文件有误，未导入任何内容'],
  'checklist.not_draft': [409, '清单已发布，不能修改'],
  'checklist.not_published': [409, '清单尚未发布'],
  'checklist.item_unknown': [400, '清单中有未收录的要点'],
  'checklist.empty': [409, '清单没有要点'],
  'checklist.draft_exists': [409, '该清单已有草稿'],
  'plan.not_draft': [409, '计划已下达，不能修改'],
  'plan.empty': [409, '计划没有安排检查'],
  'inspection.recused': [403, '应当回避'],
  'inspection.not_on_team': [403, '不是检查组成员'],
  'inspection.not_lead': [403, '只有组长可以办理'],
  'inspection.head_locked': [409, '检查已开始，不能改动对象或清单'],
  'inspection.not_open': [409, '检查已结束'],
  'inspection.submitted': [409, '检查已提交'],
  'inspection.not_submitted': [409, '检查尚未提交'],
  'inspection.incomplete': [409, '检查尚未填完'],
  'inspection.conflicts_open': [409, '还有未处理的填报冲突'],
  'inspection.id_taken': [409, '检查编号已被使用'],
  'answer.item_unknown': [400, '清单中没有这一要点'],
  'answer.reason_required': [400, '需要填写理由'],
  'answer.measure_invalid': [400, '测量值有误'],
  'answer.indicator_not_judged': [400, '监测指标不作评判'],
  'answer.operation_reused': [400, '同一操作编号用于不同内容'],
  'disposition.serious_reminder': [400, '严重问题不能只作现场提醒'],
  'disposition.issue_not_open': [400, '不能并入该问题'],
  'attachment.unknown': [400, '附件尚未上传'],
  'attachment.hash_mismatch': [400, '附件内容与校验值不符'],
  'attachment.unsupported': [415, '附件类型不支持'],
  'attachment.damaged': [400, '附件已损坏或无法识别'],
  'attachment.quota_reached': [429, '上传已达上限'],
  'attachment.too_large': [413, '附件过大'],
  'attachment.no_thumbnail': [415, '附件没有缩略图'],
  'issue.not_permitted': [403, '无权办理此项'],
  'issue.transition_not_allowed': [409, '当前状态不能办理此项'],
  'issue.missing_field': [400, '缺少必填内容'],
  'issue.field_not_of_action': [400, '此项办理不接受该内容'],
  'issue.search_too_wide': [422, '检索范围太大'],
  'issue.own_work': [403, '经办人不能办理下一环节'],
  'issue.escalation_not_upwards': [409, '督办等级只能逐级上升'],
  'issue.due_not_after': [400, '期限应当在今天之后'],
  'issue.merge_target_invalid': [400, '不能归并到该问题'],
  'notice.already_received': [409, '通知书已有签收或拒收记录'],
  'calendar.beyond_horizon': [422, '工作日历尚未维护到该日期'],
  'calendar.invalid': [400, '工作日历有误'],
  'circular.not_draft': [409, '通报不在起草阶段'],
  'circular.not_issued': [409, '通报尚未印发'],
  'circular.not_ready': [409, '通报文件尚未生成'],
  'circular.not_failed': [409, '通报没有失败，不需要重做'],
  'circular.drafter_cannot_issue': [403, '起草人不能签发'],
  'circular.number_taken': [409, '发文字号已被使用'],
  'circular.period_invalid': [400, '期间有误'],
  'circular.already_received': [409, '已签收'],
  'circular.lineage_absent': [409, '这份通报没有保存数字来源'],
  'circular.issue_blocked': [409, '通报有必须先处理的问题'],
  'circular.not_verified': [404, '查无此件'],
  'export.too_many': [429, '等待中的导出太多'],
  'export.not_ready': [409, '导出文件尚未生成'],
  'export.reach_changed': [409, '导出期间岗位或责任区有变动'],
  'export.expired': [410, '导出文件已过期'],
  'compliance.subject_unknown': [404, '没有找到该单位或区县'],
  'cursor.expired': [410, '变更标记已过期，请从头同步'],
  'server.busy': [503, '系统暂时不可用'],
  'server.error': [500, '系统出错'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof catalogue;
export const PROBLEMS = Object.fromEntries(
  Object.entries(catalogue).map(([code, [status, title]]) => [code, { status, title }]),
) as unknown as Readonly<Record<ProblemCode, { status: number; title: string }>>;

/** One wrong field: a JSON pointer into the body (or `query/…`, `header/…`), a stable code, a Chinese message. */
export type FieldError = { pointer: string; code: string; message: string };

/** What may accompany a problem beyond the catalogue's row. `extra` members are sent as they are. */
export type ProblemMore = {
  detail?: string;
  errors?: FieldError[];
  retryAfter?: number;
  extra?: Record<string, unknown>;
  cause?: unknown;
};

export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: FieldError[];
  readonly retryAfter?: number;
  readonly extra?: Record<string, unknown>;

  constructor(
    readonly code: ProblemCode,
    more: ProblemMore = {},
  ) {
    super(`${code}${more.detail ? `: ${more.detail}` : ''}`, { cause: more.cause });
    const row = PROBLEMS[code];
    this.status = row.status;
    this.title = row.title;
    this.detail = more.detail;
    this.errors = more.errors;
    this.retryAfter = more.retryAfter;
    this.extra = more.extra;
  }
}

/** Makes the error to throw: `throw problem('resource.not_found', { detail: '…' })`. */
export function problem(code: ProblemCode, more: ProblemMore | string = {}): Problem {
  return new Problem(code, typeof more === 'string' ? { detail: more } : more);
}

/** A 400 for single fields: `throw invalid({pointer: '/dueOn', code: 'too_early', message: '…'})`. */
export function invalid(...errors: FieldError[]): Problem {
  return new Problem('request.invalid', { detail: errors[0]?.message, errors });
}
