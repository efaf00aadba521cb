import type { GivenAnswer, StoredAnswer } from '#rules/answers.js';
import { concerns, stagesOf } from '#rules/inspection-result.js';
import type { Ctx } from '../foundation/context.js';
import { checklistOf, type Found } from './find.js';
import type { Disposition, InspectionKind, InspectionStatus, Signature } from './inspection.entity.js';

export type InspectionView = {
  id: string;
  status: InspectionStatus;
  kind: InspectionKind;
  unitId: string;
  unit: { id: string; code: string; name: string; kind: string; zoneId: string | null; stages: string[] };
  checklistId: string;
  checklist: { id: string; code: string; version: number; title: string; coverage: 'full' | 'partial' };
  planId: string | null;
  scheduledOn: string;
  visitedOn: string | null;
  leadId: string;
  team: string[];
  members: { id: string; name: string }[];
  /** Items that concern the unit, those answered, and those in conflict. */
  progress: { items: number; answered: number; conflicts: number };
  summary: string | null;
  strengths: string | null;
  signatures: Signature[];
  dispositions: Disposition[];
  judged: number;
  met: number;
  lateEntry: boolean;
  createdAt: Date;
  submittedBy: string | null;
  submittedAt: Date | null;
  cancelledBecause: string | null;
  revision: number;
  updatedAt: Date;
};

/** An inspection without its answers. */
export async function showInspection(
  ctx: Ctx,
  { inspection, unit, team, members }: Found,
): Promise<InspectionView> {
  const checklist = await checklistOf(ctx, inspection.checklistId);
  const stages = stagesOf(unit);
  const items = checklist.items.filter((item) => concerns(item, stages));
  const answers = Object.values(inspection.answers);
  return {
    id: inspection.id,
    status: inspection.status,
    kind: inspection.kind,
    unitId: unit.id,
    unit: {
      id: unit.id,
      code: unit.code,
      name: unit.name,
      kind: unit.kind,
      zoneId: unit.zoneId,
      stages: unit.stages,
    },
    checklistId: checklist.id,
    checklist: {
      id: checklist.id,
      code: checklist.code,
      version: checklist.version,
      title: checklist.title,
      coverage: checklist.coverage,
    },
    planId: inspection.planId,
    scheduledOn: inspection.scheduledOn,
    visitedOn: inspection.visitedOn,
    leadId: inspection.leadId,
    team,
    members: members.map(({ id, name }) => ({ id, name })),
    progress: {
      items: items.length,
      answered: answers.length,
      conflicts: answers.filter((answer) => answer.conflict).length,
    },
    summary: inspection.summary,
    strengths: inspection.strengths,
    // Spelt out in one order: as jsonb keeps them they come back in another, and a repeat must answer the same.
    signatures: inspection.signatures.map(({ role, name, attachment, signedAt }) => ({
      role,
      name,
      attachment,
      signedAt,
    })),
    dispositions: inspection.dispositions.map(({ itemCode, as, issueId, reason }) => ({
      itemCode,
      as,
      issueId,
      reason,
    })),
    judged: inspection.judged,
    met: inspection.met,
    lateEntry: inspection.lateEntry,
    createdAt: inspection.createdAt,
    submittedBy: inspection.submittedBy,
    submittedAt: inspection.submittedAt,
    cancelledBecause: inspection.cancelledBecause,
    revision: inspection.revision,
    updatedAt: inspection.updatedAt,
  };
}

export type Conflict = { itemCode: string; answers: GivenAnswer[] };

/** The answers in the order of the checklist. */
export function listAnswers(
  answers: Readonly<Record<string, StoredAnswer>>,
  items: readonly { itemCode: string }[],
): StoredAnswer[] {
  return items.flatMap(({ itemCode }) => answers[itemCode] ?? []);
}

/** Where people contradict each other: the answer that stands for now first, then the others'. */
export const listConflicts = (answers: readonly StoredAnswer[]): Conflict[] =>
  answers.flatMap(({ conflict, itemCode, revision: _, amended: __, ...standing }) =>
    conflict ? [{ itemCode, answers: [standing, ...conflict] }] : [],
  );
