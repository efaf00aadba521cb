/**
 * What a password must be. A district may ask for more in its settings (GB/T 22239-2019 8.1.4.1: complexity and regular
 * change are demanded, the figures are its own).
 */
export type PasswordPolicy = {
  /** Characters at least. */
  minLength: number;
  /** Kinds of characters at least, of four: capital letters, small letters, digits, others. Not asked from LONG on. */
  minKinds: number;
  /** Days after which it must be changed; 0: never. */
  maxAgeDays: number;
};

export const DEFAULT_PASSWORD_POLICY: PasswordPolicy = { minLength: 10, minKinds: 3, maxAgeDays: 0 };
export const LONGEST_PASSWORD = 128;
/** A sentence of this length is strong without odd characters. */
const LONG = 16;
/** What guessers try first, compared without case and what is hung on at the ends. */
const COMMON = [
  'password',
  'passw0rd',
  'p@ssword',
  'p@ssw0rd',
  'qwerty',
  'admin',
  'abc123',
  'iloveyou',
  'woaini',
];
const ROWS = [
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz2wsx3edc4rfv',
];

/** Why a password is refused, in Chinese, or null when it may be used. `names`: the user's own names, not to be inside. */
export function passwordFault(
  password: string,
  names: readonly string[],
  policy: PasswordPolicy,
): string | null {
  const length = [...password].length;
  if (length < policy.minLength) return `密码至少 ${policy.minLength} 个字符`;
  if (length > LONGEST_PASSWORD) return `密码最多 ${LONGEST_PASSWORD} 个字符`;
  const kinds = [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  if (length < LONG && kinds < policy.minKinds) {
    return `密码应含大写字母、小写字母、数字、其他符号中的至少 ${policy.minKinds} 种（或不少于 ${LONG} 个字符）`;
  }
  const lower = password.toLowerCase();
  if (names.some((name) => name.length >= 3 && lower.includes(name.toLowerCase())))
    return '密码不能包含用户名或姓名';
  if (new Set(lower).size < 5) return '密码中重复的字符过多';
  const core = lower.replace(/^[^a-z]+|[^a-z]+$/g, '');
  if (COMMON.includes(core) || ROWS.some((row) => `${row}${row}${row}`.includes(lower)))
    return '密码过于常见，容易被猜中';
  return null;
}
