/**
 * Publication: an item of the library becomes an item of a published checklist. Grades and bands are resolved under the
 * district's school system and its local limits are filled in, so that what was judged under a limit stays judged
 * under it and a tablet needs nothing else to judge.
 */
import { basisText } from './basis.js';
import type { Severity } from './issue-lifecycle.js';
import type {
  Band,
  BooleanJudge,
  Category,
  Extent,
  IndicatorJudge,
  LibraryItem,
  Limit,
  MeasureJudge,
  Policy,
  PolicyProfile,
  Subject,
} from './library.js';
import { type LocalLimit, localLimitProblem, withLocalLimit } from './local-limits.js';
import { gradesOfStage, type SchoolSystem, type Stage, stageOfGrade } from './stages.js';

/** What a district may set about items; `DistrictSettings` of settings.ts has all of it. */
export type PublicationSettings = {
  schoolSystem: SchoolSystem;
  localLimits?: Record<string, LocalLimit>;
  /** Items with a veto (一票否决), and what the veto is over. */
  veto?: Record<string, { scope: string }>;
  severities?: Record<string, Severity>;
};

/** A band with its stages and every grade spelt out under the district's school system. */
export type ResolvedBand = { stages: Stage[]; grades: number[]; limit: Limit | null };
export type ResolvedMeasure = Omit<MeasureJudge, 'bands' | 'localLimit' | 'suggestedLimits'> & {
  bands?: ResolvedBand[];
};
export type ResolvedIndicator = Omit<IndicatorJudge, 'bands'> & { bands?: ResolvedBand[] };

/** An item of a published checklist version: complete in itself, never changed. */
export type ResolvedItem = {
  itemCode: string;
  title: string;
  question: string;
  /** Of an item answered with yes or no; checklists published before there were such texts have none. */
  requirement?: string;
  category: Category;
  subject: Subject;
  stages: Stage[];
  /** Every grade that the item is about. */
  grades: number[];
  schoolSystem: SchoolSystem;
  policyProfile: PolicyProfile;
  judge: BooleanJudge | ResolvedMeasure | ResolvedIndicator;
  evidence: string[];
  evidenceRequired: boolean;
  severity: Severity;
  severityByExtent?: Partial<Record<Extent, Severity>>;
  veto: boolean;
  vetoScope?: string;
  /** In the words of a document, for issues and notices. */
  basis: string;
  required: boolean;
  note?: string;
  disposition?: 'refer';
  computed?: 'ledger';
};

export type Publication = {
  policies: readonly Policy[];
  /** Of the checklist; `current` unless it says otherwise. */
  policyProfile?: PolicyProfile;
  required?: boolean;
};

/**
 * The published form of a library item. Throws RangeError for a local limit that the item does not allow: settings are
 * checked with `localLimitProblem` (local-limits.ts) when they are saved.
 */
export function resolveItem(
  item: LibraryItem,
  settings: PublicationSettings,
  { policies, policyProfile = 'current', required = true }: Publication,
): ResolvedItem {
  const told = { ...item, ...item.profiles?.[policyProfile] };
  const grades = gradesUnder(told.stages, told.grades, settings.schoolSystem);
  const severity = settings.severities?.[item.itemCode];
  const veto = settings.veto?.[item.itemCode];
  return {
    itemCode: told.itemCode,
    title: told.title,
    question: told.question,
    ...(told.judge.type === 'boolean' && { requirement: told.requirement }),
    category: told.category,
    subject: told.subject,
    stages: told.stages,
    grades,
    schoolSystem: settings.schoolSystem,
    policyProfile,
    judge: resolveJudge(told, grades, settings),
    evidence: told.evidence,
    evidenceRequired: told.evidenceRequired,
    severity: severity ?? told.severity,
    // A severity that the district chose is its own; the library's steps by extent belonged to the other one.
    ...(told.severityByExtent && !severity && { severityByExtent: told.severityByExtent }),
    veto: veto !== undefined || told.veto,
    ...(veto && { vetoScope: veto.scope }),
    basis: basisText(told, policies, policyProfile),
    required,
    ...(told.note !== undefined && { note: told.note }),
    ...(told.disposition && { disposition: told.disposition }),
    ...(told.computed && { computed: told.computed }),
  };
}

function resolveJudge(
  item: LibraryItem,
  grades: number[],
  settings: PublicationSettings,
): ResolvedItem['judge'] {
  const { judge } = item;
  const local = settings.localLimits?.[item.itemCode];
  const problem = local === undefined ? null : localLimitProblem(item, local);
  if (problem) throw new RangeError(`${item.itemCode}: ${problem.message}`);
  if (judge.type === 'boolean') return judge;
  const system = settings.schoolSystem;
  const bands = judge.bands
    ?.map((band) => resolveBand(band, grades, system))
    .filter((band) => band.grades.length > 0);
  if (judge.type === 'indicator') {
    const { bands: _, ...rest } = judge;
    return { ...rest, ...(bands && { bands }) };
  }
  const { bands: _, localLimit: __, suggestedLimits: ___, ...rest } = judge;
  const resolved: ResolvedMeasure = { ...rest, ...(bands && { bands }) };
  return local === undefined ? resolved : withLocalLimit(resolved, local, item.stages, grades, system);
}

function resolveBand(band: Band, within: number[], system: SchoolSystem): ResolvedBand {
  const stages = band.stages ?? [...new Set(within.map((grade) => stageOfGrade(grade, system) as Stage))];
  const grades = gradesUnder(stages, band.grades, system).filter((grade) => within.includes(grade));
  return {
    stages: stages.filter((stage) => gradesOfStage(stage, system).some((g) => grades.includes(g))),
    grades,
    limit: band.limit,
  };
}

/**
 * The grades of some stages, or of those the listed ones. Lists are written for 6-3: a stage listed whole stays whole
 * (junior 7–9 becomes 6–9 in a 5-4 district), of the others remains what still belongs to the stage (primary 3–6
 * becomes 3–5).
 */
function gradesUnder(
  stages: readonly Stage[],
  listed: readonly number[] | undefined,
  system: SchoolSystem,
): number[] {
  return stages.flatMap((stage) => {
    const own = gradesOfStage(stage, system);
    const whole = !listed || gradesOfStage(stage, '6-3').every((grade) => listed.includes(grade));
    return whole ? [...own] : own.filter((grade) => listed.includes(grade));
  });
}
