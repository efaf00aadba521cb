/**
 * Answers of a team that works offline on several tablets, merged item by item.
 *
 * The state of an item is a function of the operations accepted for it, each with the ordinal under which it was stored
 * (its revision). A client names the revision it has seen; so "x has seen y" is `x.baseRevision >= y.revision`, and what a
 * client has seen never changes afterwards, in whatever order the rest arrives. Hence any order, any splitting and any
 * number of deliveries end in the same answers.
 */
import { canonicalJson } from './canonical-json.js';
import type { Extent } from './library.js';
import type { Measure, Verdict } from './verdict.js';

export const VERDICTS = ['compliant', 'non_compliant', 'not_applicable', 'not_checked'] as const;

/** What a person said about an item. */
export type AnswerContent = {
  verdict: Verdict;
  measures: Measure[];
  reason: string | null;
  extent: Extent | null;
  note: string | null;
  /** SHA-256 of photos and scans. */
  attachments: string[];
};

export type Amendment = { id: string; reason: string };

/** An operation that was accepted and stored. */
export type AcceptedOperation = {
  operationId: string;
  content: AnswerContent;
  userId: string;
  /** Whether its author led the team when it was received: the lead settles conflicts. */
  byLead: boolean;
  /** As the tablet's clock said, ISO 8601. */
  answeredAt: string;
  /** Milliseconds: `effectiveAt`. */
  effectiveAt: number;
  /** 1 for the first operation stored for the item, and so on without gaps. */
  revision: number;
  /** The revision its author had seen; 0 for none. */
  baseRevision: number;
  suggestedVerdict: 'compliant' | 'non_compliant' | null;
  /** Given for a correction after submission, which always stands over what it corrects. */
  amendment?: Amendment;
};

/** One content with who gave it and when. */
export type GivenAnswer = AnswerContent & {
  operationId: string;
  suggestedVerdict: 'compliant' | 'non_compliant' | null;
  answeredAt: string;
  /** Corrected for the tablet's skew and never later than its receipt, ISO 8601. */
  effectiveAt: string;
  answeredBy: string;
};

export type StoredAnswer = GivenAnswer & {
  itemCode: string;
  /** How many operations were accepted for the item: what a client names as `baseRevision`. */
  revision: number;
  /** What others said without having seen it, and it without having seen them; the lead settles. */
  conflict?: GivenAnswer[];
  /** The correction after submission that stands. */
  amended?: Amendment;
};

export type MergeOutcome = 'applied' | 'superseded' | 'conflict';
export type MergedItem = { answer: StoredAnswer; outcomes: Map<string, MergeOutcome> };

/** ms; no answer waits longer on a tablet. Beyond it the two clocks contradict each other, and no calendar has the day. */
const LONGEST_WAIT = 100 * 365 * 86_400_000;

/**
 * When an operation counts as answered, in ms: its tablet's clock corrected by the skew at sending, never after its receipt.
 * All three in ms; without `sentAt` the clock is taken as right. A clock that makes no sense leaves the receipt.
 */
export function effectiveAt(answeredAt: number, receivedAt: number, sentAt?: number): number {
  const skew = sentAt === undefined ? 0 : receivedAt - sentAt;
  const at = Math.min(answeredAt + skew, receivedAt);
  return receivedAt - at > LONGEST_WAIT ? receivedAt : at;
}

/** One text for one content: equal texts are the same answer. The order of photos says nothing. */
const contentKey = (content: AnswerContent): string =>
  canonicalJson({
    verdict: content.verdict,
    measures: content.measures,
    reason: content.reason,
    extent: content.extent,
    note: content.note,
    attachments: [...content.attachments].sort(),
  });

/** Which of two stands: the later one; among equals the one made on the other, then the larger operation id. */
type Rank = { at: number; depth: number; operationId: string };
const outranks = (a: Rank, b: Rank): boolean =>
  a.at !== b.at ? a.at > b.at : a.depth !== b.depth ? a.depth > b.depth : a.operationId > b.operationId;

type Ranked = { operation: AcceptedOperation; key: string; rank: Rank };
type Voice = {
  /** Which of the person's own answers stands. */
  head: Ranked;
  /** The newest operation, and the newest whose content differs from that one's: enough to know what somebody has missed. */
  newest: { key: string; revision: number };
  newestOther: number;
};

/**
 * The answer that stands for an item and the outcome of each operation at the moment it was stored. Operations in the
 * order of their revisions, at least one.
 *
 * Two people are in conflict when the answers of each that stand differ and they gave different contents without seeing
 * each other's, and the lead has not answered since on a revision that shows both.
 */
export function mergeItem(itemCode: string, operations: readonly AcceptedOperation[]): MergedItem {
  const voices = new Map<string, Voice>();
  /** By pair of people: the revision from which on somebody has seen the latest of their contradictions. */
  const contradictions = new Map<string, { people: [string, string]; revision: number }>();
  const outcomes = new Map<string, MergeOutcome>();
  const history: { standing: Ranked; disputed: boolean }[] = [];
  let settledTo = 0;
  let standing: Ranked | undefined;

  const disputes = () =>
    [...contradictions.values()].filter(
      ({ people: [a, b], revision }) =>
        revision > settledTo && voices.get(a)!.head.key !== voices.get(b)!.head.key,
    );

  for (const operation of operations) {
    // Nobody has seen what came after: a revision from the future (a restored server) is taken as all there is.
    const base = Math.min(operation.baseRevision, operation.revision - 1);
    const key = contentKey(operation.content);
    const seen = history[base - 1];
    const rank: Rank = { at: operation.effectiveAt, depth: 0, operationId: operation.operationId };
    // A settlement and a correction stand over what they were made on, whatever the clock of that tablet says.
    const above = operation.amendment
      ? standing
      : operation.byLead && seen?.disputed
        ? seen.standing
        : undefined;
    if (above && above.rank.at >= rank.at) {
      rank.at = above.rank.at;
      rank.depth = above.rank.depth + 1;
    }
    const ranked = { operation, key, rank };

    for (const [other, voice] of voices) {
      if (other === operation.userId || operation.amendment) continue;
      const missed = voice.newest.key !== key ? voice.newest.revision : voice.newestOther;
      if (missed <= base) continue;
      const people: [string, string] =
        other < operation.userId ? [other, operation.userId] : [operation.userId, other];
      contradictions.set(people.join(), { people, revision: operation.revision });
    }
    if (operation.amendment) settledTo = operation.revision;
    else if (operation.byLead) settledTo = Math.max(settledTo, base);

    voices.set(operation.userId, spoken(voices.get(operation.userId), ranked));
    if (!standing || outranks(rank, standing.rank)) standing = ranked;
    const open = disputes();
    outcomes.set(
      operation.operationId,
      open.some(({ people }) => people.includes(operation.userId))
        ? 'conflict'
        : standing === ranked
          ? 'applied'
          : 'superseded',
    );
    history.push({ standing, disputed: open.length > 0 });
  }
  if (!standing) throw new RangeError(`no operation for ${itemCode}`);

  const { amendment } = standing.operation;
  const disputed = disputes();
  const others = [...voices]
    .filter(
      ([person, voice]) =>
        disputed.some(({ people }) => people.includes(person)) && voice.head.key !== standing!.key,
    )
    .map(([, voice]) => given(voice.head.operation))
    .sort((a, b) => (a.operationId < b.operationId ? -1 : 1));
  const answer: StoredAnswer = {
    itemCode,
    ...given(standing.operation),
    revision: operations.length,
    ...(others.length > 0 && { conflict: others }),
    ...(amendment && { amended: amendment }),
  };
  return { answer, outcomes };
}

function spoken(before: Voice | undefined, ranked: Ranked): Voice {
  const { key, operation } = ranked;
  const newest = { key, revision: operation.revision };
  if (!before) return { head: ranked, newest, newestOther: 0 };
  const head = outranks(ranked.rank, before.head.rank) ? ranked : before.head;
  const newestOther = before.newest.key === key ? before.newestOther : before.newest.revision;
  return { head, newest, newestOther };
}

function given(operation: AcceptedOperation): GivenAnswer {
  return {
    ...operation.content,
    operationId: operation.operationId,
    suggestedVerdict: operation.suggestedVerdict,
    answeredAt: operation.answeredAt,
    effectiveAt: new Date(operation.effectiveAt).toISOString(),
    answeredBy: operation.userId,
  };
}
