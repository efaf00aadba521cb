import { API_SCOPES, type ApiScope } from '#rules/actor.js';
import { Choices, Count, Id, Instant, Int, NestedList, Text } from '../http/fields.js';

const MOST_PER_MINUTE = 60_000;

export class NewApiKeyDto {
  @Text({ max: 100, description: '用这个密钥的系统' }) name: string;
  @Choices(API_SCOPES, { min: 1 }) scopes: ApiScope[];
  @Int({ optional: true, min: 1, max: MOST_PER_MINUTE, description: '每分钟次数，默认 600' })
  ratePerMinute?: number;
  @Instant({ optional: true }) expiresAt?: string;
}
export class ApiKeyView {
  @Id() id: string;
  @Text() name: string;
  @Text({ description: '密钥开头几位，用于辨认' }) prefix: string;
  @Choices(API_SCOPES) scopes: ApiScope[];
  @Int() ratePerMinute: number;
  @Instant() createdAt: Date;
  @Id() createdBy: string;
  @Instant({ nullable: true }) expiresAt: Date | null;
  @Instant({ nullable: true }) revokedAt: Date | null;
}
export class CreatedApiKeyView extends ApiKeyView {
  @Text({ description: '只显示这一次，请妥善保存' }) key: string;
}
export class ApiKeyPage {
  @NestedList(() => ApiKeyView) items: ApiKeyView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}
