/**
 * Text as people typed it, made fit to print: what cannot be seen goes, what can be seen stays.
 * Line feeds are kept (as paragraph marks); other white space becomes one space's width.
 */
const ORDINARY =
  /^[\n\x20-\x7e\u00b7\u2014\u2018-\u201d\u2026\u2103\u2160-\u216b\u2264\u2265\u3000-\u3029\u4e00-\u9fff\uff01-\uff5e]*$/;
/** Control and format characters and variation selectors; the visible Arabic number signs are no format here. */
const INVISIBLE = /(?![\n\u0600-\u0605\u06dd\u070f])[\p{Cc}\p{Cf}\p{Variation_Selector}]/gu;
const LONE_SURROGATE = /\p{Cs}/gu;
/** A Latin letter with its marks typed one by one; for the common ones there is one character. */
const COMPOSED = /[A-Za-z]\p{Mn}+/gu;

/** Removes control, zero-width and bidirectional marks; a lone surrogate becomes U+FFFD, printed as a visible mark. */
export function cleanText(text: string): string {
  if (ORDINARY.test(text)) return text;
  return text
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/[\t\v\f\u00a0\u1680\u2000-\u200a\u202f\u205f]/g, ' ')
    .replace(INVISIBLE, '')
    .replace(COMPOSED, (letter) => letter.normalize('NFC'));
}
