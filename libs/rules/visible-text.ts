/**
 * At least one character that can be seen: not white space, not a control character, none of those that Unicode draws as nothing
 * (U+200B, U+3164, U+FE0F and the like), nor the empty pattern of Braille.
 */
export const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;
