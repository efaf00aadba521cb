/** The frozen circular: facts, figures and text together, and the text as it is printed. */
import type { CircularFacts } from './circular.js';
import { type Figure, figuresOf } from './circular-figures.js';
import { CIRCULAR_ANNEXES, type CircularAnnex } from './circular-imprint.js';
import { narrativeTemplate } from './circular-narrative.js';
import { fillNarrative, tokenTexts } from './circular-tokens.js';

/** The parts of the text that a drafter may edit; paragraphs are lines. */
export interface CircularNarrative {
  /** 导语, over the first heading: what a correction corrects and why. Absent unless there is one. */
  lead?: string;
  overview: string;
  practice: string;
  problems: string;
  requirements: string;
}

/** What is printed beside the figures of one revision: the desk's choices and the signature. */
export type CircularImprint = {
  /** As registered; null while a draft. */
  documentNumber: string | null;
  /** Local date `YYYY-MM-DD`; null while a draft. */
  issuedOn: string | null;
  draft: boolean;
  /** SHA-256 of the snapshot's canonical JSON, hexadecimal. */
  hash: string;
  /** The text as edited, in plain words; the figures stay those of the snapshot. */
  narrative: CircularNarrative;
  /** The annexes it carries, in order. */
  annexes: CircularAnnex[];
  /** 主送、抄送机关 as the desk chose them, without colon or full stop. */
  recipients: string[];
  copyRecipients: string[];
  /** The public page that says whether this circular is genuine (to be printed as a QR code) and its short hash; null while a draft. */
  verify: { url: string; shortHash: string } | null;
};

/** The frozen circular: facts, every figure by its stable key, and the text composed from them. */
export interface CircularSnapshot extends CircularFacts {
  figures: Figure[];
  /** The text in plain words, with every annex. */
  narrative: CircularNarrative;
  /** The same text with its figures as tokens, and what stands in place of each; absent in schema 1. */
  template?: CircularNarrative;
  tokens?: Record<string, string>;
  /** The circular that was frozen, and what stands behind its figures: the hash of the snapshot covers it. Absent in schema 1. */
  circularId?: string;
  lineage?: LineageSummary;
}

/** SHA-256 (hexadecimal) over `lineageLines`, and how much it is. */
export interface LineageSummary {
  hash: string;
  subjects: number;
  figures: number;
}

/** Adds to the facts what follows from them: the figures by key and the default text. */
export function freezeCircular(
  facts: CircularFacts,
  frozen: { circularId?: string; lineage?: LineageSummary } = {},
): CircularSnapshot {
  const [template, tokens] = [narrativeTemplate(facts), tokenTexts(facts)];
  const narrative = fillNarrative(template, tokens, CIRCULAR_ANNEXES);
  return { ...facts, figures: figuresOf(facts), narrative, template, tokens, ...frozen };
}

/** The text that stands, tokens and all: parts as edited over what the figures say. */
export const narrativeOf = (
  snapshot: Pick<CircularSnapshot, 'narrative' | 'template'>,
  edits: Partial<CircularNarrative>,
): CircularNarrative => ({ ...(snapshot.template ?? snapshot.narrative), ...edits });

/**
 * The one place where tokens become figures: the text as documents print it. A circular frozen before there were tokens
 * (schema 1) has plain text alone, which stays as it is.
 */
export const narrativeText = (
  snapshot: Pick<CircularSnapshot, 'narrative' | 'template' | 'tokens'>,
  edits: Partial<CircularNarrative>,
  annexes: readonly CircularAnnex[],
): CircularNarrative => {
  const narrative = narrativeOf(snapshot, edits);
  return snapshot.tokens ? fillNarrative(narrative, snapshot.tokens, annexes) : narrative;
};
