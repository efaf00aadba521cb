/** What is printed beside a circular's figures: which annexes it carries, and the short hash it is verified by. */

/** Annexes in the order in which they are printed; the desk may leave some out. */
export const CIRCULAR_ANNEXES = ['issues', 'closeout', 'figures'] as const;
export type CircularAnnex = (typeof CIRCULAR_ANNEXES)[number];

/** `附件2` among several, `附件` where it is the only one (GB/T 9704—2012, 7.3.4); null where it is left out. */
export function annexLabel(annexes: readonly CircularAnnex[], annex: CircularAnnex): string | null {
  const at = annexes.indexOf(annex);
  if (at < 0) return null;
  return annexes.length === 1 ? '附件' : `附件${at + 1}`;
}

/** Hexadecimal digits of the short hash: 64 bits, more than anybody can search through for a second circular. */
export const SHORT_HASH = 16;

/** The first digits of a snapshot's SHA-256, as the public page takes them. */
export const shortHash = (hash: string): string => hash.slice(0, SHORT_HASH);

/** `0123 4567 89ab cdef`: in groups of four, as printed for people to compare. */
export const groupedHash = (hash: string): string => hash.replace(/.{4}(?=.)/g, '$& ');
