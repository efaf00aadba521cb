/** The basis (依据) of an item in the words of an official document: 《title》（document number）第n条. */
import type { LibraryItem, Policy, PolicyCitation, PolicyProfile } from './library.js';

const NUMERALS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/**
 * The policies that an item rests on under a profile, joined by `；`. A clause number is named only where it was checked
 * against the text. Local rules of other places and mere data are no basis; an item that rests on none names itself.
 * Throws RangeError for a policy that is not in the list.
 */
export function basisText(
  item: Pick<LibraryItem, 'itemCode' | 'basis'>,
  policies: readonly Policy[],
  profile: PolicyProfile = 'current',
): string {
  const clauses = new Map<Policy, Set<number>>();
  for (const citation of citationsOf(item.basis, profile)) {
    const policy = policies.find(({ code }) => code === citation.policy);
    if (!policy) throw new RangeError(`${item.itemCode} rests on an unknown policy: ${citation.policy}`);
    if (!policy.citable) continue;
    const named = clauses.get(policy) ?? new Set();
    if (citation.clause !== undefined && citation.clauseVerified === true) named.add(citation.clause);
    clauses.set(policy, named);
  }
  const parts = [...clauses].map(([policy, named]) => {
    const numbers = [...named].sort((a, b) => a - b).map((clause) => `第${numeral(clause)}条`);
    return `${policyText(policy)}${numbers.join('、')}`;
  });
  return parts.length > 0 ? parts.join('；') : `本区督导要点（${item.itemCode}）`;
}

/** 《title》（document number）; the date stands in where no number is known. */
export function policyText(policy: Policy): string {
  const known = policy.documentNumber ?? dateText(policy.issuedOn);
  // A title within a title takes single book-title marks (GB/T 15834).
  const title = policy.title.replaceAll('《', '〈').replaceAll('》', '〉');
  return `《${title}》${known ? `（${known}）` : ''}`;
}

function citationsOf(basis: readonly PolicyCitation[], profile: PolicyProfile): PolicyCitation[] {
  return basis.filter((citation) => citation.profiles?.includes(profile) ?? true);
}

function dateText(date: string | null): string | null {
  if (date === null) return null;
  const units = ['年', '月', '日'];
  return date
    .split('-')
    .map((part, index) => `${Number(part)}${units[index]}`)
    .join('');
}

/** 一 to 九十九. */
function numeral(value: number): string {
  const [tens, ones] = [Math.floor(value / 10), value % 10];
  if (tens === 0) return NUMERALS[ones] as string;
  return `${tens > 1 ? NUMERALS[tens] : ''}十${NUMERALS[ones]}`;
}
