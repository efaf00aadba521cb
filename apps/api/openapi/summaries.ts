import { DOCX, PDF, XLSX } from '../http/media-types.js';

/**
 * What each route is for, in the words of its users: the reference's text. A route without a row fails
 * tests/laws/openapi.spec.ts, and so does a row without its route.
 */
export type RouteNote = {
  summary: string;
  /** Media type of what is streamed; JSON otherwise. */
  produces?: string;
  /** Streamed with an ETag: a known one is answered 304, as JSON always is. */
  tagged?: true;
  /** Statuses it may answer beyond those of its kind of route (document.ts). */
  also?: readonly number[];
};

const table: Readonly<Record<string, string | RouteNote>> = {
  'GET /healthz': '进程是否存活',
  'GET /readyz': '是否可以服务：数据库可达且已迁移；附后台任务状态',
  'GET /metrics': { summary: '运行指标（Prometheus），只对内网开放', produces: 'text/plain' },
  'GET /api/docs': { summary: '接口参考（本页）', produces: 'text/html' },
  'GET /api/docs/problems': { summary: '错误代码一览', produces: 'text/html' },
  'GET /openapi.json': '本接口的 OpenAPI 3.1 描述',

  'POST /auth/login': '登录，取得访问令牌与刷新令牌',
  'POST /auth/refresh': '用刷新令牌换取新的令牌',
  'POST /auth/logout': '退出登录',
  'POST /auth/password': '修改本人密码',
  'GET /me': '本人信息',
  'GET /me/work-package': '平板离线工作包：检查任务、清单、单位及其未销号问题',

  'GET /schools': '学校列表',
  'POST /schools': '新增学校',
  'GET /schools/import-template.xlsx': { summary: '学校导入表模板', produces: XLSX },
  'GET /schools/{id}': '一所学校',
  'GET /schools/{id}/summary.pdf': { summary: '学校的教育督导情况一览（PDF），默认本学期', produces: PDF },
  'PATCH /schools/{id}': '修改学校',
  'POST /schools/import': '从表格导入学校（全部成功或全部不导入）',
  'GET /institutions': '校外培训机构列表',
  'POST /institutions': '新增校外培训机构',
  'GET /institutions/{id}': '一个校外培训机构',
  'GET /institutions/{id}/summary.pdf': {
    summary: '培训机构的教育督导情况一览（PDF），默认本学期',
    produces: PDF,
  },
  'PATCH /institutions/{id}': '修改校外培训机构',
  'GET /departments': '部门列表',
  'POST /departments': '新增部门',
  'GET /departments/{id}': '一个部门',
  'PATCH /departments/{id}': '修改部门',
  'GET /zones': '督学责任区列表',
  'POST /zones': '新增督学责任区',
  'GET /zones/{id}': '一个督学责任区',
  'PATCH /zones/{id}': '修改督学责任区',
  'GET /users': '人员列表',
  'POST /users': '新增人员',
  'GET /users/{id}': '一名人员',
  'PATCH /users/{id}': '修改人员：岗位、所属、停用',

  'GET /policies': '政策依据',
  'GET /checklist-items': '督导要点库',
  'GET /checklist-templates': '随系统提供的清单样本',
  'GET /checklists': '督导清单列表',
  'POST /checklists': '起草督导清单',
  'GET /checklists/{id}': '一份督导清单',
  'PATCH /checklists/{id}': '修改清单草稿',
  'POST /checklists/{id}/publish': '发布清单',
  'POST /checklists/{id}/revise': '修订清单，得到新的草稿',
  'GET /checklists/{id}/export.xlsx': { summary: '清单工作簿', produces: XLSX },
  'POST /checklists/import': '从工作簿导入清单草稿',

  'GET /plans': '督导计划列表',
  'POST /plans': '起草督导计划',
  'GET /plans/{id}': '一份督导计划',
  'PATCH /plans/{id}': '修改督导计划',
  'POST /plans/{id}/launch': '下达计划',

  'GET /inspections': '检查列表',
  'PUT /inspections/{id}': '建立或修改检查（可重复提交）',
  'GET /inspections/{id}': '一次检查',
  'POST /inspections/{id}/cancel': '取消检查',
  'POST /inspections/{id}/answers': '同步填报：任意次序、可重复',
  'POST /inspections/{id}/submit': '提交检查',
  'POST /inspections/{id}/archive': '检查归档',
  'POST /inspections/{id}/amendments': '提交后的更正',
  'GET /inspections/{id}/record.pdf': { summary: '检查记录（PDF）', produces: PDF, also: [409] },

  'PUT /attachments/{sha256}': '上传附件',
  'GET /attachments/{sha256}': { summary: '附件', produces: 'application/octet-stream', tagged: true },
  'GET /attachments/{sha256}/thumbnail': { summary: '附件缩略图', produces: 'image/jpeg', tagged: true },

  'GET /issues': { summary: '问题台账', also: [422] },
  'POST /issues': '登记问题',
  'GET /issues/{id}': '一个问题',
  'GET /issues/{id}/events': '问题的办理历史',
  'POST /issues/{id}/transitions': '办理问题',
  'POST /issues/transitions': '批量办理问题',
  'GET /issues/{id}/supervision-order.pdf': {
    summary: '督办单（PDF）：最近一份，或 number 指明的一份',
    produces: PDF,
  },
  'GET /issues/{id}/closure.pdf': { summary: '销号审批表（PDF），未销号时注明', produces: PDF },
  'GET /notices': '整改通知书列表',
  'GET /notices/{id}': '一份整改通知书',
  'POST /notices/{id}/receipt': '签收整改通知书',
  'GET /notices/{id}/pdf': { summary: '整改通知书（PDF）', produces: PDF },
  'GET /notices/{id}/docx': { summary: '整改通知书（可编辑文件）', produces: DOCX },

  'POST /exports': '申请导出问题台账，由后台生成',
  'GET /exports/{id}': '导出任务的进度与结果',
  'GET /exports/{id}/file': {
    summary: '下载导出文件',
    produces: 'application/octet-stream',
    also: [409, 410],
  },

  'GET /circulars': '督查通报列表',
  'POST /circulars': '起草督查通报，由后台生成',
  'GET /circulars/{id}': '一份督查通报',
  'PATCH /circulars/{id}': '修改通报文字、附件和主送抄送机关',
  'POST /circulars/{id}/issue': '签发通报',
  'POST /circulars/{id}/retry': '重新生成失败的通报',
  'POST /circulars/{id}/receipt': '签收通报',
  'GET /circulars/{id}/receipts': { summary: '通报签收情况', also: [409] },
  'GET /circulars/{id}/figures': { summary: '通报的全部指标', also: [409] },
  'GET /circulars/{id}/figures/{key}': { summary: '一项指标背后的问题、答案等，以锁定时为准', also: [409] },
  'GET /circulars/{id}/rehearsal': { summary: '签发前预审：将有哪些不同，有哪些要先处理', also: [409] },
  'GET /public/verify/{hash}': '核验已印发的通报',
  'GET /circulars/{id}/pdf': { summary: '通报（PDF）', produces: PDF, also: [409] },
  'GET /circulars/{id}/docx': { summary: '通报文字（可编辑文件）', produces: DOCX, also: [409] },
  'GET /circulars/{id}/xlsx': { summary: '通报附表（工作簿）', produces: XLSX, also: [409] },

  'GET /compliance/units': '各单位合规状态',
  'GET /compliance/schools/{idOrCode}': '一所学校的合规状态',
  'GET /compliance/schools/{idOrCode}/items': '一所学校各要点的合规状态',
  'GET /compliance/districts/{code}': '全区合规状态',
  'GET /compliance/changes': { summary: '合规状态的变更流', also: [410] },

  'GET /measurements': '测量值',
  'GET /calendar/deadline': { summary: '按工作日推算期限', also: [422] },
  'GET /settings/calendars': '各年工作日历',
  'GET /settings/calendars/{year}': '某年的工作日历',
  'PUT /settings/calendars/{year}': '修改某年的工作日历',
  'GET /settings': '本区设置',
  'PATCH /settings': '修改本区设置',
  'GET /api-keys': '接口密钥列表',
  'POST /api-keys': '新建接口密钥（只显示一次）',
  'DELETE /api-keys/{id}': '作废接口密钥',
  'GET /audit-log': '操作历史',
  'GET /audit-log/verify': '核验操作历史是否完整、未被改动',
};

export const ROUTE_NOTES: Readonly<Record<string, RouteNote>> = Object.fromEntries(
  Object.entries(table).map(([route, note]) => [route, typeof note === 'string' ? { summary: note } : note]),
);

/** Chapters of the reference, by the first part of the path. */
export const CHAPTERS: Readonly<Record<string, string>> = {
  auth: '登录与本人',
  me: '登录与本人',
  schools: '单位与人员',
  institutions: '单位与人员',
  departments: '单位与人员',
  zones: '单位与人员',
  users: '单位与人员',
  policies: '督导清单',
  'checklist-items': '督导清单',
  checklists: '督导清单',
  'checklist-templates': '督导清单',
  plans: '计划与检查',
  inspections: '计划与检查',
  attachments: '附件',
  issues: '问题台账',
  notices: '问题台账',
  exports: '问题台账',
  circulars: '督查通报',
  public: '督查通报',
  compliance: '合规状态',
  measurements: '指标与统计',
  calendar: '日历与设置',
  settings: '日历与设置',
  'api-keys': '接口密钥',
  'audit-log': '操作历史',
};
export const OTHER_CHAPTER = '运行';
