import type { IssueAction } from '#rules/issue-lifecycle.js';
import type { Deed } from './change.js';
import { resolveOnSite, returnIssue, verify } from './deeds-field.js';
import {
  acceptObjection,
  close,
  confirmRecurrence,
  escalate,
  grantExtension,
  merge,
  refer,
  refuseExtension,
  regrade,
  settleReferral,
  uphold,
  withdraw,
} from './deeds-office.js';
import { closeOwn, object, plan, requestClose, requestExtension } from './deeds-unit.js';

/** Every action but issue_notice, which makes one document of several issues (notify.ts). */
export const DEEDS: Readonly<Record<Exclude<IssueAction, 'issue_notice'>, Deed>> = {
  resolve_on_site: resolveOnSite,
  plan,
  object,
  uphold,
  accept_objection: acceptObjection,
  request_extension: requestExtension,
  grant_extension: grantExtension,
  refuse_extension: refuseExtension,
  request_close: requestClose,
  verify,
  close,
  return: returnIssue,
  refer,
  settle_referral: settleReferral,
  regrade,
  merge,
  confirm_recurrence: confirmRecurrence,
  escalate,
  withdraw,
  close_own: closeOwn,
};
