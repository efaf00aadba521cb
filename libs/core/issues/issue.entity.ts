import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EscalationStep, IssueStatus, Mode, Severity, Source } from '#rules/issue-lifecycle.js';
import type { Day } from '#rules/local-date.js';
import type { Measure } from '#rules/measures.js';
import type { OrderColour } from '#rules/orders.js';

/** Who did a step and when. `onBehalf`: office staff for a unit that has no user of its own. */
export type Step = { at: string; by: string; byName: string; onBehalf?: true };

/** What each step brought: shown and printed, never filtered by. Earlier rounds stay in the events. */
export type IssueProcess = {
  /** How the present deadline was computed, in the words of the calendar. */
  dueExplanation?: string;
  milestones?: { on: Day; text: string }[];
  plan?: Step & { responsiblePerson: string; plan: string };
  objection?: Step & {
    grounds: string;
    attachments: string[];
    /** Where an upheld objection leads back to. */
    from: IssueStatus;
    decision?: Step & { outcome: 'upheld' | 'accepted'; note: string };
  };
  extension?: Step & {
    reason: string;
    dueOn: Day;
    decision?: Step & { outcome: 'granted' | 'refused'; note: string; dueOn?: Day };
  };
  rectification?: Step & { measures: string; attachments: string[] };
  verification?: Step & {
    finding: string;
    method: VerificationMethod;
    coVerifierId?: string;
    coVerifierName?: string;
    measures?: Measure[];
    attachments: string[];
  };
  return?: Step & { reason: string };
  referral?: Step & {
    department: string;
    reason: string;
    result?: Step & { outcome: 'resolved' | 'sent_back'; note: string; attachments: string[] };
  };
  recurrence?: Step & { note: string };
  /** `order`: the supervision order that the step was told by. */
  escalations?: (Step & { step: EscalationStep; note: string; order?: IssuedOrder })[];
  /** An amendment reversed the failed answer: the office head decides by `withdraw`. */
  withdrawalProposal?: Step & { reason: string };
  closing?: Step & { note: string };
};

export type IssuedOrder = { id: string; number: string; colour: OrderColour; completeBy: Day | null };

export const VERIFICATION_METHODS = {
  on_site: '实地核验',
  documents: '资料核验',
  re_measurement: '复测',
  spot: '当场核验',
} as const;
export type VerificationMethod = keyof typeof VERIFICATION_METHODS;

/** One entry of the ledger (问题台账). */
@Entity('issues')
export class Issue {
  @PrimaryColumn('uuid') districtId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') number: string;
  @Column('uuid') unitId: string;
  @Column('uuid', { nullable: true }) zoneId: string | null;
  @Column('text') source: Source;
  @Column('uuid', { nullable: true }) inspectionId: string | null;
  @Column('uuid', { nullable: true }) noticeId: string | null;
  @Column('text', { nullable: true }) itemCode: string | null;
  @Column('text') category: string;
  @Column('text', { nullable: true }) basis: string | null;
  @Column('text', { nullable: true }) standardValue: string | null;
  @Column('text', { nullable: true }) measuredValue: string | null;
  @Column('text') finding: string;
  @Column('text', { nullable: true }) requirements: string | null;
  @Column('boolean') evidenceRequired: boolean;
  @Column('text') severity: Severity;
  @Column('text') severityGiven: Severity;
  @Column('text') mode: Mode;
  @Column('text') status: IssueStatus;
  @Column('text', { nullable: true }) escalation: EscalationStep | null;
  @Column('date', { nullable: true }) dueOn: Day | null;
  @Column('date', { nullable: true }) originalDueOn: Day | null;
  /** Close-out was asked for only after the deadline. */
  @Column('boolean') requestedLate: boolean;
  @Column('date', { nullable: true }) officeDueOn: Day | null;
  @Column('integer') returnCount: number;
  @Column('integer') foundAgainCount: number;
  /** Extensions granted. */
  @Column('integer') extensionCount: number;
  @Column('boolean') extensionPending: boolean;
  @Column('uuid', { nullable: true }) recurrenceOf: string | null;
  @Column('boolean') recurrenceConfirmed: boolean;
  @Column('uuid', { nullable: true }) mergedInto: string | null;
  @Column('boolean') lateEntry: boolean;
  @Column('jsonb') process: IssueProcess;
  @Column('timestamptz') registeredAt: Date;
  @Column('uuid') registeredBy: string;
  /** The day the unit was told on site; the first objection period runs from it. */
  @Column('date') feedbackOn: Day;
  @Column('date', { nullable: true }) servedOn: Day | null;
  @Column('timestamptz', { nullable: true }) closeRequestedAt: Date | null;
  @Column('timestamptz', { nullable: true }) verifiedAt: Date | null;
  @Column('uuid', { nullable: true }) verifiedBy: string | null;
  @Column('timestamptz', { nullable: true }) closedAt: Date | null;
  @Column('uuid', { nullable: true }) closedBy: string | null;
  @Column('integer') revision: number;
  @Column('timestamptz') changedAt: Date;
}
