import { basisText } from '#rules/basis.js';
import type { Category, LibraryItem, Policy, PolicyCitation, Subject } from '#rules/library.js';
import { problem } from '#rules/problems.js';
import type { Stage } from '#rules/stages.js';
import { decodeCursor, type Page, type PageQuery, pageOf } from '../foundation/paging.js';
import { library } from './load.js';

/** An item for a reader: the basis in the words of a document, the citations beside it, the origin of the data left out. */
export type LibraryItemView = Omit<LibraryItem, 'basis' | 'origins'> & {
  basis: string;
  citations: PolicyCitation[];
  /** Codes of the library's checklists that hold it. */
  checklists: string[];
};
export type ItemQuery = PageQuery & { category?: Category; stage?: Stage; subject?: Subject; q?: string };

export const listPolicies = (query: PageQuery & { q?: string }): Page<Policy> =>
  pageThrough(
    library().policies.filter((policy) => holds(query.q, policy.code, policy.title, policy.documentNumber)),
    query,
    (policy) => policy.code,
    (policy) => policy,
  );

/** In the order of the library. `q` is looked for in code, title, question and basis. */
export function listItems(query: ItemQuery): Page<LibraryItemView> {
  const found = library().items.filter(
    (item) =>
      (!query.category || item.category === query.category) &&
      (!query.stage || item.stages.includes(query.stage)) &&
      (!query.subject || item.subject === query.subject) &&
      holds(query.q, item.itemCode, item.title, item.question, basisText(item, library().policies)),
  );
  return pageThrough(found, query, (item) => item.itemCode, viewItem);
}

export type TemplateView = {
  code: string;
  title: string;
  kind: string;
  subject: Subject;
  stages: Stage[];
  policyProfile: string;
  coverage: 'full' | 'partial';
  frequency: string;
  methods: string[];
  note: string | null;
  items: { itemCode: string; required: boolean }[];
};

/** The checklists that a district can take over as a draft. */
export const listTemplates = (query: PageQuery): Page<TemplateView> =>
  pageThrough(
    library().checklists,
    query,
    (list) => list.code,
    (list) => ({
      code: list.code,
      title: list.title,
      kind: list.kind,
      subject: list.subject,
      stages: list.stages,
      policyProfile: list.policyProfile,
      coverage: list.coverage,
      frequency: list.frequency,
      methods: list.methods,
      note: list.note ?? null,
      items: list.items,
    }),
  );

function viewItem({ basis, origins: _, ...item }: LibraryItem): LibraryItemView {
  const { policies, checklists } = library();
  return {
    ...item,
    basis: basisText({ itemCode: item.itemCode, basis }, policies),
    citations: basis,
    checklists: checklists
      .filter((list) => list.items.some(({ itemCode }) => itemCode === item.itemCode))
      .map(({ code }) => code),
  };
}

function holds(q: string | undefined, ...texts: (string | null)[]): boolean {
  if (!q) return true;
  const sought = q.trim().toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(sought));
}

function pageThrough<R, T>(
  rows: readonly R[],
  query: PageQuery,
  code: (row: R) => string,
  show: (row: R) => T,
): Page<T> {
  const limit = query.limit ?? 50;
  const after = query.cursor ? rows.findIndex((row) => code(row) === decodeCursor(query.cursor!, 1)[0]) : -1;
  if (query.cursor && after === -1) throw problem('request.cursor_invalid', '请从第一页重新查询');
  const page = pageOf(rows.slice(after + 1, after + 2 + limit), limit, show, (row) => [code(row)]);
  return query.count ? { ...page, count: rows.length } : page;
}
